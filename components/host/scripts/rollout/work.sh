# shellcheck shell=bash
# The rollout itself, in a session of its own, and its supervisor. `roll_out` is the table of contents.
# Reads: HERE, APP, DIR. Sets: RUN, RELEASE, PREVIOUS, TOKEN, OWNER, CONFIRM, KEEP, REASON_FILE, FAILED_AT, VERSION.

# supervise: runs the rollout as a child, so that a killed rollout is turned back at once.
command_supervise() {
  local code=0
  use_application "$1"
  RUN=$2
  setsid "$HERE/slipway" work "$APP" "$RUN" &
  wait $! || code=$?
  end_session $!
  if [ -f "$DIR/rollout.json" ]; then
    # The rollout ended without tidying up after itself: killed, or failed where it must not.
    load_request
    recover_interrupted || true
    if [ -e "$RUN/finished" ]; then code=0; else code=1; fi
  fi
  printf '%s' "$code" >"$RUN/status.new" && mv "$RUN/status.new" "$RUN/status"
  drop_lock
}

# end_session ID: what is left of a killed rollout must not go on beside the way back. A migration's one-off has a
# process group of its own (timeout), but belongs to the rollout's session.
end_session() {
  local tries left
  for ((tries = 0; tries < 20; tries++)); do
    left=$(ps -o pid= -s "$1") || return 0
    # shellcheck disable=SC2086 # one argument per id
    kill -KILL $left 2>/dev/null || true
    nap 0.05
  done
}

load_request() {
  # One value a line: none of them has a line break.
  {
    read -r RELEASE
    read -r TOKEN
    read -r OWNER
    read -r CONFIRM
    read -r KEEP
  } < <(jq -r '.release, .token, .owner, .confirm, .keep' "$RUN/request.json")
  PREVIOUS=$(deployed release)
  REASON_FILE=$RUN/reason
}

# work: the rollout, and after a failing step the way back.
command_work() {
  use_application "$1"
  RUN=$2
  load_request
  read_manifest "$RELEASE"
  begin_rollout
  set +e
  (
    set -e
    roll_out
  )
  local code=$?
  set -e
  if [ "$code" -eq 0 ]; then
    finish
    say "$APP $(manifest "$RELEASE" .version) (release $RELEASE) serves and is confirmed"
    return
  fi
  turn_back
  return 1
}

roll_out() {
  step preflight preflight_all
  step accessory update_accessories
  if [ -n "$(manifest "$RELEASE" .backup)" ]; then step backup one_off backup; fi
  if [ -n "$(manifest "$RELEASE" '.mounted[]')" ]; then step volumes prepare_volumes; fi
  if [ -n "$(manifest "$RELEASE" .migration)" ]; then step migration one_off migration; fi
  step start each_strategy start
  step health each_strategy await
  step exchange each_strategy exchange
  step switch switch_routes
  step verify verify
  if [ "$(manifest "$RELEASE" .observe)" -ne 0 ]; then step observe observe; fi
  await_confirmation
  make_current
}

preflight_all() {
  local service
  preflight "$RELEASE"
  for service in $(services "$RELEASE"); do
    if routed "$RELEASE" "$service"; then
      ensure_proxy
      return
    fi
  done
}

# turn_back: goes back to what ran before, and says what happened and what runs now.
turn_back() {
  local reason
  FAILED_AT=$(now)
  reason=$(cat "$REASON_FILE" 2>/dev/null || true)
  reason=${reason:-"step $(cat "$RUN/step" 2>/dev/null || printf unknown) failed; the lines above say why"}
  # A rollout of an older version may have left a reason of any length.
  reason=$(short "$reason" "$OUR_LINE_LIMIT")
  VERSION=$(jq -r .version "$DIR/rollout.json")
  revert
  ledger deploy reverted "$RELEASE" "$reason"
  VERSION=''
  rm -f "$DIR/rollout.json"
  if [ -n "$PREVIOUS" ]; then
    say "reverted: $APP $(manifest "$PREVIOUS" .version) (release $PREVIOUS) serves as before. Reason: $reason"
  else
    say "reverted: $APP did not run before and does not run now. Reason: $reason"
  fi
}
