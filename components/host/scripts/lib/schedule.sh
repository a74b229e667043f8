# shellcheck shell=bash
# When a job is due, by the clock of its time zone. Nothing here starts a program.
# Reads: MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS (numbers with a space around each; nothing for any), FIXED (neither minutes nor
# hours have "*" or a step), ZONE. Sets: DUE.

# latest_due FROM UNTIL: sets DUE to the newest minute after FROM, up to UNTIL, in which it is due (seconds since 1970), to nothing
# where there is none. A fixed time that comes twice as the clocks go back counts once; one that they leave out as they go
# forward counts at the first minute after the gap.
latest_due() {
  local at=$(($2 - $2 % 60)) from=$(($1 - $1 % 60)) step=60 later='' offset later_offset=0 CLOCK
  local -x TZ=$ZONE
  DUE=''
  while [ "$at" -ge "$from" ]; do
    read_clock "$at"
    offset=$((CLOCK[5]))
    if [ -n "$later" ] && [ "$offset" -ne "$later_offset" ]; then
      if [ "$step" -gt 60 ]; then
        # Somewhere in this step the clocks changed.
        at=$((later - 60)) step=60
        continue
      fi
      if left_out "$later" "$offset" "$later_offset"; then
        DUE=$later
        return
      fi
    fi
    if [ "$at" -gt "$from" ] && clock_is_due && ! came_before "$at" "$offset"; then
      DUE=$at
      return
    fi
    later=$at later_offset=$offset step=60
    # No other minute of this hour can be due.
    if ! { day_is_due && is_in "$HOURS" "${CLOCK[3]}"; } && [ "${CLOCK[4]}" -gt 0 ]; then step=$((CLOCK[4] * 60)); fi
    at=$((at - step))
    if [ "$at" -lt "$from" ] && [ "$later" -gt "$from" ]; then at=$from; fi
  done
}

# read_clock SECONDS: sets CLOCK to day, month, weekday, hour, minute and seconds before or after UTC, as TZ of the caller has it.
read_clock() {
  local text
  printf -v text '%(%d %m %w %H %M %z)T' "$1"
  # shellcheck disable=SC2206 # words
  CLOCK=($text)
  text=${CLOCK[5]}
  CLOCK=($((10#${CLOCK[0]})) $((10#${CLOCK[1]})) "${CLOCK[2]}" $((10#${CLOCK[3]})) $((10#${CLOCK[4]}))
    "${text:0:1}$((10#${text:1:2} * 3600 + 10#${text:3:2} * 60))")
}

clock_is_due() { day_is_due && is_in "$HOURS" "${CLOCK[3]}" && is_in "$MINUTES" "${CLOCK[4]}"; }

# day_is_due: where both days and weekdays are given, one of the two is enough.
day_is_due() {
  is_in "$MONTHS" "${CLOCK[1]}" || return 1
  if [ -n "$DAYS" ] && [ -n "$WEEKDAYS" ]; then
    is_in "$DAYS" "${CLOCK[0]}" || is_in "$WEEKDAYS" "${CLOCK[2]}"
  else
    is_in "$DAYS" "${CLOCK[0]}" && is_in "$WEEKDAYS" "${CLOCK[2]}"
  fi
}

is_in() { [[ -z $1 || $1 == *" $2 "* ]]; }

# left_out SECONDS BEFORE AFTER: a fixed time among those that the clocks left out when they went forward at SECONDS, from BEFORE
# to AFTER (seconds from UTC).
left_out() {
  local -x TZ=UTC
  local CLOCK at
  if [ -z "$FIXED" ] || [ "$3" -le "$2" ]; then return 1; fi
  for ((at = $1 + $2; at < $1 + $3; at += 60)); do
    read_clock "$at"
    if clock_is_due; then return; fi
  done
  return 1
}

# came_before SECONDS OFFSET: a fixed time that the clocks showed before they went back, within the last three hours.
came_before() {
  local CLOCK before
  if [ -z "$FIXED" ]; then return 1; fi
  read_clock $(($1 - 10800))
  before=$((CLOCK[5]))
  if [ "$before" -le "$2" ]; then return 1; fi
  read_clock $(($1 - before + $2))
  [ "$((CLOCK[5]))" -eq "$before" ]
}
