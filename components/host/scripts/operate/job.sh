# shellcheck shell=bash
# Jobs by hand: a run now, and what a run printed.
# Reads: HERE, APP, DIR. Sets: JOB, JOB_DIR, RUN_ID, TOKEN, WHICH.

# job APP --job NAME [--token TEXT]: runs it now, as its schedule would, and shows what it prints. It goes on if the connection ends.
command_job() {
  local process
  use_application "${1:-}"
  parse_options job "${@:2}"
  JOB_DIR=$DIR/.jobs/$JOB
  use_jobs || fail "no release of $APP is deployed on this host"
  [[ $'\n'$NAMES_OF_JOBS$'\n' == *$'\n'"$JOB"$'\n'* ]] ||
    fail "release $RELEASE of $APP has no job $JOB; its jobs are: $(short "${NAMES_OF_JOBS//$'\n'/ }")"
  runs_here || fail "the job $JOB of $APP runs on another host, which its release names: $(manifest "$RELEASE" ".jobs.$JOB.host")"
  ! is_held_up || EXIT_CODE=3 fail "$APP is stopped for a migration or a restore; try again when that has ended. Nothing was run."
  make_folders "$JOB_DIR"
  take_job || { nap 1 && take_job; } || EXIT_CODE=3 fail "the job $JOB of $APP is under way already; try again when it has ended. Nothing was run."
  exec 9>&-
  docker_answers || fail "Docker does not answer on this host; start it (systemctl start docker). Nothing was run."
  name_run
  setsid "$HERE/slipway" attempt "$APP" "$JOB" "$RUN_ID" '' "${TOKEN:-by hand: $(id -un) $(timestamp)}" </dev/null >/dev/null 2>&1 &
  process=$!
  follow_run "$process"
}

# follow_run PID: shows its lines until it has ended; fails where it did.
follow_run() {
  local line ended='' unfinished='' log=$JOB_DIR/$RUN_ID.log
  # The run makes it as well; whoever comes first.
  : >>"$log"
  exec 8<"$log"
  until [ -n "$ended" ]; do
    nap 0.1
    if ! kill -0 "$1" 2>/dev/null; then ended=yes; fi
    while IFS= read -r line; do
      say "$unfinished$line"
      unfinished=''
    done <&8
    unfinished+=$line
  done
  exec 8<&-
  find_run
  [ -n "$TEXT" ] || fail "the run of the job $JOB of $APP was ended before its end; slipway inspect tells what became of it within a minute"
  field result "$TEXT"
  if [ "$FIELD" = succeeded ]; then
    field seconds "$TEXT"
    say "the job $JOB of $APP ended well after $FIELD s"
    return
  fi
  fail "the job $JOB of $APP did not end well: $(jq -r '"\(.result)\(if .code then " with \(.code)" else "" end)\(if .reason then ", \(.reason)" else "" end)"' <<<"$TEXT"); its lines stand above"
}

# output APP --job NAME [--run RUN]: what a run of it printed, default the last that printed anything.
command_output() {
  local file last=''
  use_application "${1:-}"
  parse_options output "${@:2}"
  for file in "$DIR/.jobs/$JOB/"${WHICH:-*}.log; do
    if [ -s "$file" ]; then last=$file; fi
  done
  [ -n "$last" ] || fail "no output of ${WHICH:-a run} of the job $JOB of $APP is kept on this host; a run that printed nothing has none"
  cat "$last"
}
