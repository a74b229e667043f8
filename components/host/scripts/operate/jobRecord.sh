# shellcheck shell=bash
# What became of the runs of jobs: `jobs.jsonl`, as the ledger has deployments, and of each job the last.
# Reads: APP, DIR, JOB, JOB_DIR, RUN_ID, DUE, BY, RELEASE, BEGAN.

# Bytes at which the oldest lines go, and lines that stay.
RECORD_BYTES=1048576 RECORD_LINES=2000

# note_run RESULT REASON [CODE]: succeeded; failed; overdue (it took too long); interrupted; skipped and missed (it did not run). One
# at a time, as several jobs may end at once, and two ticks may come to the same.
note_run() {
  local line
  exec 5>>"$DIR/.jobs/lock"
  flock --wait 30 5 || true
  if [[ $1 == skipped || $1 == missed ]]; then
    if was_started; then
      exec 5>&-
      return
    fi
    if [ -n "$DUE" ]; then replace "$JOB_DIR/started" <<<"$DUE"; fi
  fi
  line=$(jq -cn --arg time "$(timestamp)" --arg job "$JOB" --arg result "$1" --arg reason "$2" --arg code "${3:-}" --arg run "$RUN_ID" \
    --arg by "${BY:-schedule}" --arg release "${RELEASE:-}" --arg due "${DUE:-}" --arg began "${BEGAN:-}" --arg now "$(printf '%(%s)T' -1)" "$RUN_LINE")
  append_line "$DIR/jobs.jsonl" "$line" || fail "what became of the job $JOB of $APP cannot be written down; df $DIR shows whether the disk is full"
  replace "$JOB_DIR/last" <<<"$line" || true
  if [ "$(wc -c <"$DIR/jobs.jsonl")" -gt "$RECORD_BYTES" ]; then tail -n "$RECORD_LINES" "$DIR/jobs.jsonl" | replace "$DIR/jobs.jsonl" || true; fi
  exec 5>&-
  forget_output
  if [ "$1" != succeeded ]; then notify_run "$@"; fi
}

# notify_run RESULT REASON [CODE]: whoever wants to hear of jobs hears of each that did not end well, or did not run.
notify_run() {
  local TOKEN=${BY:-schedule} what="was $1"
  if [ "$1" = failed ]; then what="failed${3:+ with $3}"; fi
  notify_event "$JOB.$RUN_ID" job "the job $JOB of $APP $what" "$2"
}

RUN_LINE='
  def moment: if . == "" then "" else tonumber | todate end;
  {time: $time, job: $job, result: $result, code: (if $code == "" then "" else ($code | tonumber) end), reason: $reason, run: $run,
    by: $by, release: $release, due: ($due | moment), began: ($began | moment),
    seconds: (if $began == "" then "" else ($now | tonumber) - ($began | tonumber) end)}
  | del(.[] | select(. == ""))'

# note_interrupted: of the run that `running` tells of, as far as it can be read.
note_interrupted() {
  local values
  values=$(jq -r '"RELEASE=\(.release | strings | select(test("^[0-9a-f]{12}$"))) DUE=\(.due | select(test("^[0-9]{0,12}$")))
    BEGAN=\(.began | select(test("^[0-9]{1,12}$"))) BY=\(.by | strings | @sh)" | gsub("\n"; " ")' "$JOB_DIR/running" 2>/dev/null) || values=''
  RELEASE='' DUE='' BEGAN='' BY=''
  eval "$values"
  note_run interrupted "its processes were ended; how far it had come, nobody knows"
}

# find_run: sets TEXT to what became of RUN_ID; to nothing where it is not written down.
find_run() {
  TEXT=$(tail -n 200 "$DIR/jobs.jsonl" 2>/dev/null | grep -F "\"run\":\"$RUN_ID\"") || TEXT=''
}

# forget_output: of runs that printed nothing, and of old ones.
forget_output() {
  local logs file
  drop_empty_log
  logs=("$JOB_DIR"/*.log)
  if [ ${#logs[@]} -gt "$KEPT_RUNS" ]; then
    for file in "${logs[@]:0:${#logs[@]}-KEPT_RUNS}"; do rm -f "$file"; done
  fi
}
