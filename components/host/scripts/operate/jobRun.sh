# shellcheck shell=bash
# One run of a job: a fresh container of the release that serves, with its environment, networks and volumes, but without its ports.
# Reads: HERE, APP, DIR, JOB, JOB_DIR. Sets: RUN_ID, DUE, BY, RELEASE, BEGAN, RUN.

# What a container may take to end by itself, and what is kept of what a run prints (bytes, lines, runs).
GRACE=10 KEPT_BYTES=1048576 LAST_LINES=200 KEPT_RUNS=10

# command_attempt APP JOB RUN DUE BY: DUE is empty for one that somebody asked for. It has a session of its own.
command_attempt() {
  use_application "$1"
  JOB=$2 RUN_ID=$3 DUE=$4 BY=$5 JOB_DIR=$DIR/.jobs/$2
  # Its application may have gone meanwhile.
  if [ ! -d "$JOB_DIR" ]; then return; fi
  exec 2>>"$JOB_DIR/$RUN_ID.log"
  if ! take_job; then
    # Another tick may have begun the very same; and whoever only looks holds the lock for a moment.
    nap 3
    if ! take_job; then
      if ! was_started; then note_run skipped "the run before it was still under way"; fi
      drop_empty_log
      return
    fi
  fi
  if was_started; then
    drop_empty_log
    return
  fi
  if [ -f "$JOB_DIR/running" ]; then reap; fi
  # Without Docker it is left to the next tick.
  if [ -f "$JOB_DIR/running" ]; then
    drop_empty_log
    return
  fi
  if ! use_jobs || [[ $'\n'$NAMES_OF_JOBS$'\n' != *$'\n'"$JOB"$'\n'* ]]; then
    drop_empty_log
    return
  fi
  begin_run
  run_job
}

# was_started: of the time at which it is due.
was_started() {
  text_of "$JOB_DIR/started"
  [ -n "$DUE" ] && [ "$TEXT" = "$DUE" ]
}

# take_job: exit code 1 where a run is under way.
take_job() {
  exec 9>>"$JOB_DIR/lock"
  flock --nonblock 9 || { exec 9>&- && return 1; }
}

# begin_run: from here on it counts as run, whatever becomes of it.
begin_run() {
  printf -v BEGAN '%(%s)T' -1
  jq -cn --arg run "$RUN_ID" --arg release "$RELEASE" --arg version "$(manifest "$RELEASE" .version)" --arg by "$BY" \
    --arg due "$DUE" --arg began "$BEGAN" '{run: $run, release: $release, version: $version, by: $by, due: $due, began: $began}' |
    replace "$JOB_DIR/running"
  if [ -n "$DUE" ]; then replace "$JOB_DIR/started" <<<"$DUE"; fi
}

run_job() {
  local timeout act deadline process code=0 pause=0.05 overdue='' looks=0
  RUN=$JOB_DIR
  of_job timeout timeout
  of_job act act
  milliseconds "$timeout"
  now
  deadline=$((NOW + MS))
  (if [ -n "$act" ]; then become_act; else run_in_container "$((MS / 1000 + 60))"; fi 2>&1 | redacted '' | keep_output "$JOB_DIR/$RUN_ID.log") 9>&- &
  process=$!
  while kill -0 "$process" 2>/dev/null; do
    if [ -z "$overdue" ] && is_over "$deadline"; then
      overdue=yes
      if [ -n "$act" ]; then stop_act; fi
      stop_run "slipway.run=$RUN_ID"
    fi
    looks=$((looks + 1))
    if [ "$looks" -gt 40 ]; then pause=0.5; fi
    nap "$pause"
  done
  wait "$process" || code=$?
  if [ -n "$act" ]; then conclude_act "$code" "$overdue" "$timeout"; else conclude_run "$code" "$overdue" "$timeout"; fi
}

# run_in_container SECONDS: becomes Docker Compose, which tells nothing of its own but errors; the limit is for one that hangs.
run_in_container() {
  local service words QUIET=yes
  of_job service service
  of_job words 'command[]'
  mapfile -t words <<<"$words"
  ready_one_off "$RELEASE" "$service"
  become_compose "$1" --file "$DIR/releases/$RELEASE/compose.yaml" --file "$RUN/one-off.json" run \
    --label "slipway.job=$APP.$JOB" --label "slipway.run=$RUN_ID" --no-deps -T "$service" "${words[@]}" </dev/null
}

# keep_output FILE: the beginning of stdin, and its last lines. A full disk stops no job.
keep_output() {
  local line bytes=0 dropped=0 last=()
  while IFS= read -r line; do
    bytes=$((bytes + ${#line} + 1))
    if [ "$bytes" -le "$KEPT_BYTES" ]; then
      { printf '%s\n' "$line" >>"$1"; } 2>/dev/null || true
    else
      last[dropped++ % LAST_LINES]=$line
    fi
  done
  if [ "$dropped" -gt "$LAST_LINES" ]; then last=("[$((dropped - LAST_LINES)) lines are not kept]" "${last[@]:dropped%LAST_LINES}" "${last[@]:0:dropped%LAST_LINES}"); fi
  if [ "$dropped" -gt 0 ]; then { printf '%s\n' "${last[@]}" >>"$1"; } 2>/dev/null || true; fi
}

# stop_run LABEL: by SIGTERM, then by SIGKILL.
stop_run() {
  local id ids
  with_labels "$1" 2>/dev/null || return 0
  ids=("${FOUND_IDS[@]}")
  for id in "${ids[@]}"; do DOCKER_LIMIT=$((GRACE + 30)) engine POST "/containers/$id/stop?t=$GRACE" 2>/dev/null || true; done
}

# conclude_run CODE OVERDUE TIMEOUT: what became of it, as Docker says, not only the program that waited for it. Where Docker
# does not answer, the next tick concludes.
conclude_run() {
  local state
  inspected "slipway.run=$RUN_ID" 2>/dev/null || {
    wait_for_docker || return 0
    inspected "slipway.run=$RUN_ID" 2>/dev/null || return 0
  }
  field Status "$DOCUMENTS"
  state=$FIELD
  field ExitCode "$DOCUMENTS"
  if [ -n "$2" ]; then
    note_run overdue "it took longer than its deadline of $3 s" "$1"
  elif [ -z "$state" ]; then
    note_run failed "its container could not be started" "$1"
  elif [ "$state" = running ] || [ "$FIELD" != "$1" ]; then
    note_run interrupted "Docker or the host was stopped under it" ''
  elif [ "$1" -eq 0 ]; then
    note_run succeeded '' 0
  else
    field OOMKilled "$DOCUMENTS"
    if [ "$FIELD" = true ]; then note_run failed "it had no memory left" "$1"; else note_run failed '' "$1"; fi
  fi
  clear_run "slipway.run=$RUN_ID"
}

# conclude_act CODE OVERDUE TIMEOUT: what Slipway itself did for the job, as it says.
conclude_act() {
  text_of "$JOB_DIR/reason"
  if [ -n "$2" ]; then
    note_run overdue "it took longer than its deadline of $3 s" "$1"
  elif [ "$1" -eq 0 ]; then
    note_run succeeded '' 0
  elif [ "$1" -gt 128 ]; then
    note_run interrupted "its processes were ended" ''
  else
    note_run failed "$TEXT" "$1"
  fi
  clear_run "slipway.run=$RUN_ID"
}

# reap: ends what is left of a run whose processes are gone. The caller holds its lock; without Docker it is left to the next tick.
reap() {
  text_of "$JOB_DIR/running"
  field run "$TEXT"
  RUN_ID=$FIELD
  stop_act
  with_labels "slipway.job=$APP.$JOB" 2>/dev/null || return 0
  stop_run "slipway.job=$APP.$JOB"
  find_run
  if [ -z "$TEXT" ]; then note_interrupted; fi
  clear_run "slipway.job=$APP.$JOB"
}

# clear_run LABEL: only when no container is left, the run is over.
clear_run() {
  local id ids
  with_labels "$1" 2>/dev/null || return 0
  ids=("${FOUND_IDS[@]}")
  for id in "${ids[@]}"; do remove_container "$id" true; done
  clear_act
  rm -f "$JOB_DIR/running"
}

drop_empty_log() { if [ ! -s "$JOB_DIR/$RUN_ID.log" ]; then rm -f "$JOB_DIR/$RUN_ID.log"; fi; }
