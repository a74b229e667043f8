# shellcheck shell=bash
# Backups and drills by hand, and what their jobs run: each is a job called backup.NAME or drill.NAME (operate/jobs.sh), whose
# command is Slipway itself, in a session of its own.
# Reads: HERE, APP, DIR, NAME (as an option: the only one). Sets: JOB, JOB_DIR, RUN_ID, BY, RUN, REASON_FILE, POINT, BYTES, LABELS.

# backup APP [--name NAME] [--token TEXT]: takes them now, one after the other, and shows what is said of it.
command_backup() { act_by_hand backup "$@"; }

# drill APP [--name NAME] [--token TEXT]: restores the newest of each aside, and checks it.
command_drill() { act_by_hand drill "$@"; }

act_by_hand() {
  local name names='' worst=0
  use_application "${2:-}"
  parse_options "$1" "${@:3}"
  use_jobs || fail "no release of $APP is deployed on this host"
  for name in $NAMES_OF_JOBS; do
    if [[ $name == "$1.${NAME:-*}" || ($name == "$1."* && -z $NAME) ]]; then names+="$name "; fi
  done
  if [ -z "$names" ]; then
    use_backup "${NAME:-data}"
    fail "the backup $NAME of $APP has no $1 of its own; declare one"
  fi
  for name in $names; do
    apart job "$APP" --job "$name" --token "${TOKEN:-by hand: $(id -un) $(timestamp)}"
    if [ "$CODE" -ne 0 ]; then worst=$CODE; fi
  done
  exit "$worst"
}

# become_act: this very process becomes what the job does.
become_act() { exec setsid --wait "$HERE/slipway" act "$APP" "$JOB" "$RUN_ID" "$BY" </dev/null; }

# act APP JOB RUN BY: a run of it. It ends with why, in $JOB_DIR/reason, where it fails.
command_act() {
  local act name
  use_application "$1"
  JOB=$2 RUN_ID=$3 BY=$4 TOKEN=$4 JOB_DIR=$DIR/.jobs/$2 REASON_FILE=$DIR/.jobs/$2/reason
  note_session
  rm -f "$REASON_FILE"
  use_jobs || fail "no release of $APP is deployed on this host"
  of_job act act
  of_job name of
  use_backup "$name"
  make_work "$act"
  RUN=$WORK/$RUN_ID POINT='' BYTES='' LOCKED=''
  printf -v BEGAN '%(%s)T' -1
  label_for "$RUN_ID"
  trap 'end_act $?' EXIT
  trap 'exit 143' TERM
  if [ "$act" = drill ]; then
    drill
  else
    take_backup
    say "the backup $NAME of $APP is $POINT, $BYTES bytes"
  fi
}

# end_act CODE: on every way out. What was noted already stays.
end_act() {
  local act=${WORK##*/work.}
  trap - EXIT
  if [ "$1" -ne 0 ]; then
    text_of "$REASON_FILE"
    if [ "$act" = drill ]; then
      (note_drill failed "${TEXT:-it was ended}") || true
    elif [ -z "$POINT" ]; then
      (note_backup failed "${TEXT:-it was ended}") || true
    fi
  fi
  if [ -e "$KEPT/paused" ]; then release_writers; fi
  rm -rf "$WORK"
  exit "$1"
}

# note_session: by which its processes are found, as long as they are these: process ids come again.
note_session() {
  started_at $$
  printf '%s %s\n' $$ "$STARTED" | replace "$JOB_DIR/session" || fail "the run of $JOB of $APP cannot be written down; df $DIR shows whether the disk is full"
}

# started_at PID: sets STARTED to when a process was started, as the kernel counts it (proc(5), stat, field 22).
started_at() {
  local fields
  text_of "/proc/$1/stat"
  read -ra fields <<<"${TEXT##*) }"
  STARTED=${fields[19]-}
}

# stop_act: its processes get a while to end by themselves.
stop_act() {
  local pid since ids tries
  text_of "$JOB_DIR/session"
  if [[ ! $TEXT =~ ^([0-9]+)\ ([0-9]+)$ ]]; then return; fi
  pid=${BASH_REMATCH[1]} since=${BASH_REMATCH[2]}
  started_at "$pid"
  if [[ -n $STARTED && $STARTED != "$since" ]]; then return; fi
  for ((tries = 0; tries < GRACE * 10; tries++)); do
    mapfile -t ids < <(exec ps -o pid= -s "$pid")
    if [ ${#ids[@]} -eq 0 ]; then break; fi
    # shellcheck disable=SC2068 # ps puts spaces before them
    kill "-$(if [ "$tries" -eq 0 ]; then printf TERM; elif [ "$tries" -lt $((GRACE * 9)) ]; then printf 0; else printf KILL; fi)" ${ids[@]} 2>/dev/null || true
    nap 0.1
  done
  rm -f "$JOB_DIR/session"
}

# clear_act: what a run that was ended has left besides containers.
clear_act() {
  local id ids
  if [[ $JOB != *.* ]]; then return; fi
  ids=$(docker volume ls --quiet --filter "label=slipway.job=$APP.$JOB") || return 0
  for id in $ids; do docker volume rm "$id" >/dev/null 2>&1 || true; done
  rm -rf "$DIR/.backups/${JOB#*.}/work.${JOB%%.*}" "$JOB_DIR/session"
}

# points APP [--name NAME]: what is at the destinations, the newest first, as JSON.
command_points() {
  local name all='[]' found
  use_application "${1:-}"
  parse_options points "${@:2}"
  use_jobs || fail "no release of $APP is deployed on this host"
  for name in ${NAME:-${MANIFEST["$RELEASE.backups@"]-}}; do
    use_backup "$name"
    WORK=$(mktemp -d "$KEPT/look.XXXXXX")
    trap 'rm -rf "$WORK"' EXIT
    use_destination
    find_points
    all=$(jq -c --argjson more "$POINTS" '. + $more' <<<"$all")
    rm -rf "$WORK"
  done
  jq -c 'reverse | sort_by(.time) | reverse' <<<"$all"
}

# find_points: sets POINTS to those of NAME, the newest first. A point that was not judged is suspect, and so is one that is dated
# in the future: the clock was wrong when it was taken, and it would be the newest for years. One of other data is none to choose.
find_points() {
  local text code=0 now
  text=$(in_repository snapshots --json --no-lock --host "$HOST_HERE" --tag "stack=$STACK,backup=$NAME" 2>"$WORK/said") || code=$?
  if [[ $code -eq 10 && ! -e $KEPT/taken ]]; then text='[]' code=0; fi
  [ "$code" -eq 0 ] || fail "the backups of $APP at $PLACE cannot be used: $(why_restic "$code")"
  printf -v now '%(%s)T' -1
  POINTS=$(jq -c --arg name "$NAME" --arg data "$DATA" --argjson most $((now + CLOCK_TOLERANCE)) "$SECONDS_OF"'def tag($key): [.tags // [] | .[] | select(startswith($key + "=")) | .[($key | length) + 1:]][0];
    sort_by((.time | seconds_of), (.time | capture("[.](?<part>[0-9]+)") | .part) // "") | reverse
    | map((.time | seconds_of) as $at | {name: $name, id: .short_id, time: ($at | todate), release: tag("release"), version: tag("version"),
      bytes: (.summary.total_bytes_processed // 0), file: .paths[0]}
      + if .tags | index("good") then {} else {suspect: true} end + if $at > $most then {suspect: true, ahead: true} else {} end
      + if (tag("data") // $data) != $data then {suspect: true, other: true} else {} end)' <<<"$text")
}

# Seconds since 1970 of a time as restic has it: with parts of a second, and with the offset of the clock that it was taken by.
SECONDS_OF='def seconds_of: capture("^(?<time>[^.Z+]*T[0-9:]+)[.0-9]*(Z|(?<sign>[+-])(?<hours>[0-9]+):(?<minutes>[0-9]+))$")
  | (.time + "Z" | fromdate) - (if .sign then (.sign + "1" | tonumber) * ((.hours | tonumber) * 3600 + (.minutes | tonumber) * 60) else 0 end);
'

# choose_point WHICH: sets POINT, POINT_TIME, POINT_BYTES and POINT_FILE; `latest` is the newest that is good.
choose_point() {
  local found ahead other
  find_points
  ahead=$(jq -r 'map(select(.ahead and (.other | not))) | select(length > 0) | "\(length), as of \(.[0].time)"' <<<"$POINTS")
  if [[ -n $ahead && $1 = latest ]]; then say "points of $NAME of $APP are dated in the future by this host's clock ($ahead), so none of them is taken for the newest"; fi
  found=$(jq -r --arg which "$1" '[.[] | select(if $which == "latest" then .suspect | not else .id as $id | $which | startswith($id) end)][0]
    | select(.) | "\(.id)\n\(.time)\n\(.bytes)\n\(.file)\n\(.other // false)"' <<<"$POINTS")
  if [ -z "$found" ]; then
    if [ "$1" = latest ]; then fail "no good backup $NAME of $APP is at $PLACE; take one: slipway backup $APP --name $NAME"; fi
    fail "$1 is no backup $NAME of $APP at $PLACE; slipway points $APP lists those there are"
  fi
  { read -r POINT && read -r POINT_TIME && read -r POINT_BYTES && read -r POINT_FILE && read -r other; } <<<"$found"
  [ "$other" = false ] ||
    fail "the backup $1 of $APP is of other data than $NAME is now ($WHAT of $SERVICE${MOUNT:+ at $MOUNT}), so it is not restored there; deploy the release that declared it so, or restore it by hand"
}

# dump_point: its file, on stdout.
dump_point() { in_repository dump "$POINT" "$POINT_FILE" 2>"$WORK/said"; }
