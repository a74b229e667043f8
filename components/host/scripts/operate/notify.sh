# shellcheck shell=bash
# Sends what is in the outbox, by Apprise (github.com/caronc/apprise): to each target that wants it, again while it is not taken,
# for a bounded time. A target's address reaches Apprise by a descriptor; what Apprise says is not passed on, as it may hold a part of it.
# Reads: NOTIFICATIONS, OUTBOX. Sets: FOUND, TRIES, DUE, FIRST, KIND, WHY.

# Seconds that a target may take; attempts, and seconds after the first, until it is given up; deliveries at a time.
NOTIFY_LIMIT=30 NOTIFY_ATTEMPTS=10 NOTIFY_AGE=21600 NOTIFY_AT_ONCE=4

command_notify() {
  local round
  parse_options notify "$@"
  if [ -n "$TEST" ]; then
    test_targets
    return
  fi
  if [ ! -d "$OUTBOX" ]; then return; fi
  # The one that is at work takes this up as well, or the recovery does within a minute.
  exec 7>>"$NOTIFICATIONS/lock"
  if ! flock --nonblock 7; then return; fi
  find "$OUTBOX" -mindepth 1 -type f \( -path '*/.told/*' -mtime +7 -o -name '.new.*' -mmin +60 \) -delete || true
  for ((round = 0; round < 20; round++)); do
    spread_events
    send_due
    if [ -z "$FOUND" ]; then return; fi
  done
}

# spread_events: each event becomes a delivery for each target that wants it.
spread_events() {
  local event stack target
  for event in "$OUTBOX"/[a-z]*; do
    if [ ! -f "$event" ] || [[ $event == *@* ]]; then continue; fi
    while IFS=$'\t' read -r stack target; do
      ln -f "$event" "$event@${stack//\//+}@$target"
    done < <(wanted_by "$event")
    rm -f "$event"
  done
}

# wanted_by EVENT: stack and target a line. An event is told to the stack that owns the application and declares it on this host.
wanted_by() {
  cat "$NOTIFICATIONS"/stacks/*.json 2>/dev/null | jq -r --slurpfile event "$1" '$event[0] as $event
    | ($event.owner | capture("^(?<stack>[^:]+)::(?<project>[^:]+)::") // {}) as $owner
    | select(.stack == "\($owner.project)/\($owner.stack)" and (.applications | index($event.application))) | .stack as $stack | .targets[]
    | select((.applications // [$event.application] | index($event.application)) and (.on - ($event.events | split(" ")) != .on))
    | [$stack, .name] | @tsv' || true
}

# send_due: those whose time has come, some at once. Sets FOUND, if there are any.
send_due() {
  local delivery running=0
  FOUND=''
  for delivery in "$OUTBOX"/[a-z]*@*; do
    if [ ! -f "$delivery" ] || ! is_due "$delivery"; then continue; fi
    FOUND=yes
    if [ "$running" -ge "$NOTIFY_AT_ONCE" ]; then wait -n || true; else running=$((running + 1)); fi
    deliver "$delivery" &
  done
  wait
}

# is_due DELIVERY: sets TRIES, DUE and FIRST of it. A clock that was set back makes nobody wait for hours.
is_due() {
  local now
  printf -v now '%(%s)T' -1
  TRIES=0 DUE=0 FIRST=$now
  text_of "${1%/*}/.tries.${1##*/}"
  if [[ $TEXT =~ ^([0-9]{1,4})\ ([0-9]{1,12})\ ([0-9]{1,12})$ ]]; then TRIES=${BASH_REMATCH[1]} DUE=${BASH_REMATCH[2]} FIRST=${BASH_REMATCH[3]}; fi
  [ "$now" -ge "$DUE" ] || [ "$DUE" -gt $((now + 7200)) ]
}

# deliver DELIVERY: once.
deliver() {
  local delivery=$1 name=${1##*/} stack target now wait
  target=${name##*@} stack=${name%@*}
  stack=${stack##*@}
  is_due "$delivery" || true
  send_to "$stack" "$target" "$(<"$delivery")"
  printf -v now '%(%s)T' -1
  TRIES=$((TRIES + 1))
  if [ -z "$WHY" ]; then
    note_delivery "$name" taken
  elif [ "$WHY" = gone ] || [ "$TRIES" -ge "$NOTIFY_ATTEMPTS" ] || [ $((now - FIRST)) -ge "$NOTIFY_AGE" ]; then
    note_delivery "$name" 'given up'
  else
    note_delivery "$name" 'not taken'
    wait=$((TRIES < 6 ? 60 << (TRIES - 1) : 3600))
    printf '%s %s %s' "$TRIES" $((now + wait)) "$FIRST" >"$OUTBOX/.tries.$name" && return
  fi
  rm -f "$delivery" "$OUTBOX/.tries.$name"
}

# send_to STACK TARGET EVENT: sets KIND of the target, and WHY it was not taken; to nothing where it was.
send_to() {
  local file=$NOTIFICATIONS/stacks/$1.json message title type said code=0
  message=$(jq -r --argjson event "$3" --arg target "$2" "$MESSAGE" "$file" 2>/dev/null) || message=''
  if [ -z "$message" ]; then
    KIND='' WHY=gone
    return
  fi
  { read -r KIND && read -r type && read -r title; } <<<"$message"
  message=${message#*$'\n'*$'\n'*$'\n'}
  said=$(timeout --kill-after 5 "$NOTIFY_LIMIT" apprise -v --config <(jq -r --arg target "$2" '.targets[] | select(.name == $target) | .url' "$file") \
    --notification-type "$type" --input-format text --title "$title" <<<"$message" 2>&1) || code=$?
  why_not "$code" "$said"
}

MESSAGE='.host as $host | .stack as $stack | .targets[] | select(.name == $target) | (.url | split("://")[0]),
  ($event.events | split(" ") | if index("failure") or index("job") then "failure" elif index("rollback") then "warning"
    elif index("start") or index("test") then "info" else "success" end),
  "\($event.title) on \($host) (\($stack))",
  ([if $event.reason != "" then "Why: \($event.reason)" else empty end,
    ($event.by | split(" ") | if .[:2] == ["by", "hand:"] then "Who: \(.[2]), by hand" elif .[0] | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T") then "Who: \(.[1])" else empty end),
    "When: \($event.time)",
    ($event.by | split(" ") | map(select(test("^https://[!-~]{1,300}$"))) | to_entries[] | "\(["Log", "Commit"][.key] // "See"): \(.value)")] | join("\n"))'

# why_not CODE OUTPUT: sets WHY, in words of its own.
why_not() {
  WHY=''
  case $1 in
    0) ;;
    124 | 137) WHY="no answer within $NOTIFY_LIMIT s" ;;
    126 | 127) WHY='apprise is not installed on this host' ;;
    *)
      if [[ $2 =~ error=([0-9]{3}) ]]; then
        WHY="the service answered ${BASH_REMATCH[1]}"
      elif [[ $2 =~ [Cc]onnection|[Ss]ocket|resolve ]]; then
        WHY='the service cannot be reached from this host, or does not answer'
      else
        WHY="apprise did not send it (exit code $1); is the address one of its own?"
      fi
      ;;
  esac
}

# note_delivery DELIVERY RESULT: a line in the log, of which the last few hundred are kept.
note_delivery() {
  local log=$NOTIFICATIONS/log size line
  line="{\"time\":\"$(timestamp)\",\"event\":$(in_json "${1%%@*}"),\"target\":$(in_json "${1##*@}"),\"kind\":$(in_json "$KIND"),\"result\":\"$2\",\"attempt\":$TRIES,\"why\":$(in_json "$WHY")}"
  { printf '%s\n' "$line" >>"$log"; } 2>/dev/null || true
  size=$(stat -c %s "$log" 2>/dev/null) || return 0
  if [ "$size" -gt 100000 ]; then tail -n 200 "$log" | replace "$log" || true; fi
}

# test_targets: a message to each target of STACK, and a line of JSON that says what became of it.
test_targets() {
  local name=${STACK//\//+} target event
  [ -n "$STACK" ] || fail "--stack is missing; slipway notify --test needs it"
  [ -r "$NOTIFICATIONS/stacks/$name.json" ] || fail "no notifications of $STACK are declared on this host; declare slipway:notifications, then run pulumi up"
  event="{\"events\":\"test\",\"title\":\"A test of Slipway's notifications\",\"reason\":\"\",\"by\":\"by hand: $(id -un) $(timestamp)\",\"time\":\"$(timestamp)\"}"
  while read -r target; do
    (
      send_to "$name" "$target" "$event"
      printf '{"target":%s,"kind":%s,"why":%s}\n' "$(in_json "$target")" "$(in_json "$KIND")" "$(in_json "$WHY")"
    ) &
  done < <(jq -r '.targets[].name' "$NOTIFICATIONS/stacks/$name.json")
  wait
}
