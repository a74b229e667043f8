# shellcheck shell=bash
# The detached rollout: starting it, and showing its log to whoever asked for it.

start_detached() {
  jq -cn --arg release "$RELEASE" --arg token "$TOKEN" --arg owner "$OWNER" --arg confirm "$CONFIRM" --arg keep "$KEEP" \
    '{release: $release, token: $token, owner: $owner, confirm: ($confirm | tonumber), keep: ($keep | tonumber)}' >"$RUN/request.json"
  : >"$RUN/log"
  setsid "$HERE/slipway" supervise "$APP" "$RUN" </dev/null >>"$RUN/log" 2>&1 &
  exec 9>&-
  local code=0
  follow "$RUN" || code=$?
  [ "$code" -eq 0 ] || [ -e "$RUN/status" ] || REASON_FILE='' fail "the deployment of $APP was interrupted on the host; pulumi up again finds out what is left to do"
  return "$code"
}

# follow RUN: shows a rollout's log until it ends or waits for its confirmation; its exit code is the rollout's, or 1.
# Whether it ended is asked before the log is read, so that its last lines are never missed.
follow() {
  local run=$1 ended='' looks=0 line
  exec 8<"$run/log"
  until [ -n "$ended" ]; do
    nap 0.1
    looks=$((looks + 1))
    if [ -e "$run/status" ] || { [ -e "$run/activated" ] && [ ! -e "$run/again" ]; }; then
      ended=yes
    elif [ $((looks % 5)) -eq 0 ] && lock_is_free; then
      nap 0.3
      ended=yes
    fi
    while IFS= read -r line; do printf '%s\n' "$line"; done <&8
    printf '%s' "$line"
  done
  exec 8<&-
  [ -e "$run/status" ] || [ ! -e "$run/activated" ] || lock_is_free || return 0
  [ ! -e "$run/finished" ] || return 0
  return "$(cat "$run/status" 2>/dev/null || printf 1)"
}

# follow_same: prints the run of a deployment of the same release that is under way (a rerun after a lost connection).
follow_same() {
  lock_is_free && return
  jq -r --arg release "$RELEASE" 'select(.release == $release) | .run' "$DIR/rollout.json" 2>/dev/null || true
}

# follow_running RUN: the other's result is this run's, too. One that went back without a fault of the release (its
# processes killed, its other hosts gone) says nothing: exit code 1, and this run deploys by itself.
follow_running() {
  local run=$1 code=0
  say "release $RELEASE of $APP is already being deployed by $(lock_holder); following it"
  touch "$run/again"
  follow "$run" || code=$?
  if [ "$code" -ne 0 ] && { [ -e "$run/retry" ] || [ ! -e "$run/status" ]; }; then
    say "it was interrupted; release $RELEASE of $APP is deployed anew"
    return 1
  fi
  rm -rf "$RUN" "${INCOMING:-}"
  trap - EXIT
  [ "$code" -eq 0 ] || exit "$code"
  if [ -e "$run/status" ] && take_lock 5 "$TOKEN"; then
    [ "$(deployed release)" != "$RELEASE" ] || adopt
    drop_lock
  fi
}
