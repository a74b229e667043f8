# shellcheck shell=bash
# Jobs: one-offs by a schedule, of the release that serves. The watch calls this every minute; what is due is started apart, so
# that nobody waits for it. `.jobs/NAME` in the application's folder has what is known of a job:
#   looked   up to when it was asked whether it is due (seconds since 1970)
#   started  the time at which it was due last and was run, skipped or missed
#   running  the run that is under way (JSON); lock is held by it
#   last     what became of the last one, as jobs.jsonl has it; RUN.log what it printed
# Reads: ROOT, HERE, APP, DIR, RELEASE. Sets: JOB, JOB_DIR.

# A time that is found later than this was missed; and how far back one is looked for.
LATE=180 MONTH=$((31 * 86400))

# jobs_due: of all applications; each apart, so that none keeps another from its own.
jobs_due() {
  local folder
  for folder in "$ROOT"/*/releases/; do
    folder=${folder%/releases/}
    if may_have_jobs "$folder"; then apart tick "${folder##*/}"; fi
  done
}

may_have_jobs() {
  if [ -d "$1/.jobs" ]; then return; fi
  text_of "$1/current/manifest.json"
  [[ $TEXT == *'"jobs":'* ]]
}

# command_tick APP: ends what was interrupted, and starts what is due.
command_tick() {
  local now
  use_application "$1"
  reap_all
  use_jobs || return 0
  printf -v now '%(%s)T' -1
  for JOB in $NAMES_OF_JOBS; do
    JOB_DIR=$DIR/.jobs/$JOB
    if runs_here; then apart_here look_at_job "$now"; fi
  done
  forget_jobs
}

# use_jobs: sets RELEASE to the one that serves, and NAMES_OF_JOBS. Exit code 1: nothing is deployed, or it cannot be read.
use_jobs() {
  RELEASE=$(deployed release)
  [ -n "$RELEASE" ] && read_manifest "$RELEASE" && NAMES_OF_JOBS=${MANIFEST["$RELEASE.jobs@"]-}
}

of_job() { printf -v "$1" '%s' "${MANIFEST["$RELEASE.jobs.$JOB.$2"]-}"; }

# runs_here: on all hosts, or on the one that the release names; an owner ends with the host's name.
runs_here() {
  local host owner
  of_job host host
  if [ -z "$host" ]; then return; fi
  owner=$(deployed owner)
  [ "${owner##*@}" = "$host" ]
}

# look_at_job NOW: one that is new here is not due for what was before.
look_at_job() {
  local now=$1 from started missed
  make_folders "$JOB_DIR"
  from=$(number_in looked "$now")
  started=$(number_in started "$now")
  if [ -z "$from" ]; then
    rm -f "$JOB_DIR/looked"
    note_looked "$now"
    return
  fi
  if [ -n "$started" ] && [ "$started" -gt "$from" ]; then from=$started; fi
  if [ "$from" -lt $((now - MONTH)) ]; then from=$((now - MONTH)); fi
  use_schedule
  latest_due "$from" "$now"
  if [ -z "$DUE" ]; then
    note_looked "$now"
    return
  fi
  name_run
  of_job missed missed
  if [ "$missed" = skip ] && [ $((now - DUE)) -ge "$LATE" ]; then
    note_run missed "the host was off, or nobody looked, when it was due"
    return
  fi
  if is_held_up || ! docker_answers; then return; fi
  # It notes the time itself: if it does not come to that, the next tick starts it again.
  setsid "$HERE/slipway" attempt "$APP" "$JOB" "$RUN_ID" "$DUE" schedule </dev/null >/dev/null 2>&1 9>&- &
}

# number_in NAME NOW: a time that it keeps; nothing for one that is no time, or is still to come, as after a clock that was wrong.
number_in() {
  text_of "$JOB_DIR/$1"
  if [[ $TEXT =~ ^[1-9][0-9]{0,11}$ ]] && [ "$TEXT" -le $(($2 + LATE)) ]; then printf '%s' "$TEXT"; fi
}

# note_looked NOW: written over, not anew: ten digits are there whole or not at all, without waiting for the disk every minute.
note_looked() { printf '%s' "$1" 1<>"$JOB_DIR/looked"; }

use_schedule() {
  local part
  for part in MINUTES HOURS DAYS MONTHS WEEKDAYS; do
    of_job "$part" "${part,,}[]"
    if [ -n "${!part}" ]; then printf -v "$part" ' %s ' "${!part//$'\n'/ }"; fi
  done
  of_job FIXED fixed
  of_job ZONE zone
  ZONE=${ZONE:-UTC}
}

# is_held_up: the release that serves was stopped for a migration with which it does not work, or for a restore.
is_held_up() {
  text_of "$DIR/rollout.json"
  [[ $TEXT == *'"undo":'* || -e $DIR/restore.json ]]
}

# name_run: sets RUN_ID; by it the runs of a job are sorted by time.
name_run() { printf -v RUN_ID '%(%Y%m%dT%H%M%S)T-%06x' -1 $((RANDOM << 9 ^ RANDOM)); }

# reap_all: of each run whose processes are gone, whatever the release that serves declares now.
reap_all() {
  local file
  for file in "$DIR"/.jobs/*/running; do
    if [ ! -f "$file" ]; then continue; fi
    JOB_DIR=${file%/running}
    JOB=${JOB_DIR##*/}
    if take_job; then apart_here reap; fi
    exec 9>&-
  done
}

# apart_here COMMAND…: so that no job keeps another from its own; but in no condition, where bash goes on after a failure.
apart_here() {
  "$@" &
  wait "$!" || true
}

# forget_jobs: one that is declared no more begins anew when it comes back.
forget_jobs() {
  local folder
  for folder in "$DIR"/.jobs/*/; do
    folder=${folder%/}
    if [[ -f $folder/looked && $'\n'$NAMES_OF_JOBS$'\n' != *$'\n'"${folder##*/}"$'\n'* ]]; then rm -f "$folder/looked"; fi
  done
}

# zones_known RELEASE: a time zone that the host does not have would silently be UTC.
zones_known() {
  local name zone
  for name in ${MANIFEST["$1.jobs@"]-}; do
    zone=${MANIFEST["$1.jobs.$name.zone"]-}
    if knows_zone "${zone:-UTC}"; then continue; fi
    fail "the job $name of $APP goes by the clock of $zone, which this host does not know; install its time zones (sudo apt-get install tzdata), or declare another timeZone. Nothing was changed."
  done
}
