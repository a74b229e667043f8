# shellcheck shell=bash
# A deployment. What can fail unnoticed happens here, connected; the rollout runs detached from the connection, so
# that a lost connection or a killed `pulumi` leaves something that finishes or goes back by itself.

parse_deploy() {
  use_application "${1:-}"
  shift
  RELEASE='' ASKED='' TOKEN='' OWNER='' LOCK_WAIT=0 CONFIRM=0 KEEP=5
  while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail "$1 needs a value"
    case $1 in
      --release) RELEASE=$2 ;;
      --token) TOKEN=$2 ;;
      --owner) OWNER=$2 ;;
      --version) ASKED=$2 ;; # what a refused deployment is recorded as; a release knows its own
      --lock-wait) LOCK_WAIT=$2 ;;
      --confirm-within) CONFIRM=$2 ;;
      --keep) KEEP=$2 ;;
      *) fail "unknown option $1" ;;
    esac
    shift 2
  done
  [[ $RELEASE =~ ^[0-9a-f]{12}$ ]] || fail "--release must be the 12 hexadecimal digits that name a release"
}

# ensure_folder: the application's folder, made with sudo where /opt belongs to root.
ensure_folder() {
  mkdir -p "$DIR" 2>/dev/null || sudo -n install -d -m 0750 -o "$(id -u)" -g "$(id -g)" "$DIR" 2>/dev/null ||
    fail "cannot make $DIR; run once on this host: sudo install -d -o $(id -un) $DIR"
  mkdir -p "$DIR/run" "$DIR/releases"
}

command_deploy() {
  local run
  parse_deploy "$@"
  ensure_folder
  sweep
  RUN=$(mktemp -d "$DIR/run/$(date -u +%Y%m%dT%H%M%S).XXXXXX")
  REASON_FILE=$RUN/reason
  trap leave_unstaged EXIT
  PREVIOUS=$(deployed release)
  run=$(follow_same)
  if [ -n "$run" ] && follow_running "$run"; then return; fi
  receive
  (stage_and_say)
  until obtain_lock; do
    run=$(follow_same)
    [ -n "$run" ] || fail_locked
    if follow_running "$run"; then return; fi
  done
  PREVIOUS=$(deployed release)
  [ ! -f "$DIR/rollout.json" ] || recover_interrupted
  # Another deployment or a recovery may have removed the release meanwhile.
  intact "$RELEASE" || (stage_and_say)
  trap - EXIT
  rm -f "$INCOMING"
  if already_there; then return; fi
  start_detached
}

# obtain_lock: a holder that has not written its journal yet may be deploying the same release: it gets a few seconds.
obtain_lock() {
  local deadline
  deadline=$(($(now) + (LOCK_WAIT > 3 ? LOCK_WAIT : 3) * 1000))
  until take_lock 1 "$TOKEN"; do
    [ -z "$(follow_same)" ] && [ "$(now)" -lt "$deadline" ] || return 1
  done
}

stage_and_say() {
  trap 'rm -rf "$CREDENTIALS"' EXIT
  stage "$RELEASE"
  printf 'pull %s\n' "$PULL_TOOK" >>"$RUN/steps"
  say "$(printf '%-10s %6s s' pull "$(seconds "$PULL_TOOK")")"
}

# leave_unstaged: a deployment that ended before the lock is recorded too, and leaves nothing else.
leave_unstaged() {
  local code=$?
  [ "$code" -eq 0 ] || [ ! -s "$RUN/reason" ] || (VERSION=$ASKED ledger deploy refused "$RELEASE" "$(cat "$RUN/reason")") || true
  # Under the lock, as another deployment may be about to use the release.
  if [ "$code" -ne 0 ] && [ -d "$DIR/releases/$RELEASE" ] && [ ! -e "$DIR/releases/$RELEASE/confirmed" ] && take_lock 0 "$TOKEN"; then
    rm -rf "$DIR/releases/$RELEASE"
    drop_lock
  fi
  rm -rf "$RUN" "${INCOMING:-}"
}

# already_there: the release runs as it should; only the token is taken over.
already_there() {
  [ "$PREVIOUS" = "$RELEASE" ] && [ -z "$(differences)" ] || return 1
  adopt
  rm -rf "$RUN"
  drop_lock
  say "$APP $(deployed version) (release $RELEASE) already runs; nothing to do"
}

# adopt: the host remembers the name that the newest run gave to the deployment. The caller holds the lock.
adopt() {
  jq -c --arg token "$TOKEN" --arg owner "$OWNER" '.token = $token | if $owner == "" then . else .owner = $owner end' \
    "$DIR/deployment.json" | replace "$DIR/deployment.json"
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

# supervise: runs the rollout as a child, so that a killed rollout is turned back at once.
command_supervise() {
  use_application "$1"
  RUN=$2
  local code=0
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

# end_session ID: what is left of a killed rollout must not go on beside the way back; the one-off of a migration has
# a process group of its own (timeout), but the rollout's session.
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
  } \
    < <(jq -r '.release, .token, .owner, .confirm, .keep' "$RUN/request.json")
  PREVIOUS=$(deployed release)
  REASON_FILE=$RUN/reason
}

# work: the rollout itself. A failing step ends in `revert`.
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
  [ -z "$(manifest "$RELEASE" .backup)" ] || step backup one_off backup
  [ -z "$(manifest "$RELEASE" '.mounted[]')" ] || step volumes prepare_volumes
  [ -z "$(manifest "$RELEASE" .migration)" ] || step migration one_off migration
  step start start_rolling
  step health await_rolling
  step exchange exchange
  step switch switch_routes
  step verify verify
  [ "$(manifest "$RELEASE" .observe)" -eq 0 ] || step observe observe
  await_confirmation
  make_current
}

preflight_all() {
  local service
  preflight "$RELEASE"
  for service in $(services "$RELEASE"); do
    ! routed "$RELEASE" "$service" || {
      ensure_proxy
      break
    }
  done
}

# turn_back: revert, and say what happened and what runs now.
turn_back() {
  local reason
  FAILED_AT=$(now)
  reason=$(cat "$REASON_FILE" 2>/dev/null || true)
  reason=${reason:-"step $(cat "$RUN/step" 2>/dev/null || printf unknown) failed; the lines above say why"}
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
