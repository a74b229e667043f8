# shellcheck shell=bash
# The detached rollout: starting it, and showing its log to whoever asked for it.
# Reads: HERE, APP, DIR, RUN, NEW, RELEASE, TOKEN, OWNER, CONFIRM, KEEP.

# start_detached: the caller holds the lock, which the rollout takes over. The reserve is given up when the rollout ends,
# so that how it ended can be written on a full disk, too.
start_detached() {
  local code=0 image images=''
  read_manifest "$RELEASE"
  for image in ${MANIFEST["$RELEASE.images[]"]-}; do images+="/images/$image/json "; done
  # One value a line: none of them has a line break.
  printf '%s\n' "$RELEASE" "$TOKEN" "$OWNER" "$CONFIRM" "$KEEP" "${NO_MIGRATION:-}" "$images" "${OUTSIDE:-}" >"$RUN/request"
  : >"$RUN/log"
  { printf '%262144s' '' >"$RUN/reserve"; } 2>/dev/null || true
  setsid "$HERE/slipway" supervise "$APP" "$RUN" </dev/null >>"$RUN/log" 2>&1 &
  exec 9>&-
  follow "$RUN" $! || code=$?
  if [ "$code" -ne 0 ] && [ ! -s "$RUN/status" ]; then
    REASON_FILE='' fail "the deployment of $APP was interrupted on the host; pulumi up again finds out what is left to do"
  fi
  return "$code"
}

# follow RUN [PID]: shows a rollout's log until it ends or waits for its confirmation; its exit code is the rollout's, or 1.
# PID: its supervisor, if this process started it; another's is known by the lock that it holds. Whether it ended is asked
# before the log is read, so that its last lines are never missed.
follow() {
  local run=$1 ended='' looks=0 line unfinished=''
  exec 8<"$run/log"
  until [ -n "$ended" ]; do
    nap 0.05
    looks=$((looks + 1))
    if [ -s "$run/status" ] || { [ -e "$run/activated" ] && [ ! -e "$run/again" ]; }; then
      ended=yes
    elif [ $((looks % 10)) -eq 0 ] && { if [ $# -gt 1 ]; then ! kill -0 "$2" 2>/dev/null; else lock_is_free; fi; }; then
      nap 0.3
      ended=yes
    fi
    while IFS= read -r line; do
      shorten "$unfinished$line" "$OUR_LINE_LIMIT"
      say "$SHORT"
      unfinished=''
    done <&8
    unfinished+=$line
  done
  exec 8<&-
  shorten "$unfinished" "$OUR_LINE_LIMIT"
  if [ -n "$SHORT" ]; then say "$SHORT"; fi
  if [ -e "$run/finished" ]; then return; fi
  # Activated, and waiting for its confirmation.
  if [ ! -s "$run/status" ] && [ -e "$run/activated" ] && ! lock_is_free; then return; fi
  return "$(cat "$run/status" 2>/dev/null || printf 1)"
}

# follow_same: prints the run of a deployment of the same release that is under way (a rerun after a lost connection).
follow_same() {
  if [ ! -e "$DIR/rollout.json" ] || lock_is_free; then return; fi
  jq -r --arg release "$RELEASE" 'select(.release == $release) | .run' "$DIR/rollout.json" 2>/dev/null || true
}

# follow_running RUN: the other's result is this run's, too. One that went back without a fault of the release (its
# processes were killed, its other hosts are gone) decides nothing: exit code 1, and this run deploys by itself.
follow_running() {
  local run=$1 code=0
  say "release $RELEASE of $APP is already being deployed by $(lock_holder); following it"
  touch "$run/again"
  follow "$run" || code=$?
  if [ "$code" -ne 0 ] && { [ -e "$run/retry" ] || [ ! -s "$run/status" ]; }; then
    say "it was interrupted; release $RELEASE of $APP is deployed again"
    return 1
  fi
  rm -rf "$RUN" "$NEW"
  trap - EXIT
  if [ "$code" -ne 0 ]; then exit "$code"; fi
  if [ -s "$run/status" ] && take_lock 5 "$TOKEN"; then
    if [ "$(deployed release)" = "$RELEASE" ]; then adopt "$TOKEN" "$OWNER"; fi
    drop_lock
  fi
}
