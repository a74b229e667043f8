# shellcheck shell=bash
# A deployment. What can fail unnoticed happens here, connected; the rollout runs detached from the connection, so
# that a lost connection or a killed `pulumi` leaves something that finishes or goes back by itself.
# Reads: PULL_TOOK. Sets: APP, DIR, RUN (folder of this deployment), NEW (of what becomes its release), REASON_FILE, RELEASE,
# PREVIOUS, and from its options ASKED (what a refused deployment is recorded as; a release knows its own version), TOKEN,
# OWNER, LOCK_WAIT, CONFIRM (seconds), KEEP (releases), TAKE_OVER and OUTSIDE.

# parse_deploy COMMAND APP OPTION…
parse_deploy() {
  use_application "${2:-}"
  parse_options "$1" "${@:3}"
}

# ensure_folder: the application's folder, made with sudo where /opt belongs to root.
ensure_folder() {
  make_folders "$DIR/run" "$DIR/releases" 2>/dev/null && return
  sudo -n install -d -m 0750 -o "$(id -u)" -g "$(id -g)" "$DIR" 2>/dev/null && mkdir -p "$DIR/run" "$DIR/releases" ||
    fail "cannot make $DIR; run once on this host: sudo install -d -o $(id -un) $DIR"
}

command_deploy() {
  local run
  parse_deploy deploy "$@"
  check_owner
  ensure_folder
  sweep
  forget_half_written "$DIR" "$DIR"/{releases,secrets,release-files,run}
  # A newer bootstrap removes old scripts, but none that somebody waits in.
  { : >"$HERE/used"; } 2>/dev/null || touch "$HERE"
  new_run
  NEW=$DIR/releases/.new.$$.${RUN##*/}
  mkdir "$RUN" "$NEW"
  trap leave_unstaged EXIT
  PREVIOUS=$(deployed release)
  run=$(follow_same)
  if [ -n "$run" ] && follow_running "$run"; then return; fi
  refuse_if_frozen
  receive
  (stage_and_say)
  until obtain_lock; do
    run=$(follow_same)
    [ -n "$run" ] || fail_locked
    if follow_running "$run"; then return; fi
  done
  refuse_if_reserved
  refuse_if_frozen
  settle_before_deploying
  PREVIOUS=$(deployed release)
  check_owner
  # Another deployment or a recovery may have removed the release meanwhile.
  if [ ! -d "$DIR/releases/$RELEASE" ]; then (stage_and_say); fi
  trap - EXIT
  if [ -e "$DIR/reserved" ]; then rm -f "$DIR/reserved"; fi
  if already_there; then
    adopt "$TOKEN" "$OWNER"
    rm -rf "$RUN" "$NEW"
    drop_lock
    say "$APP $(deployed version) (release $RELEASE) already runs; nothing to do"
    return
  fi
  start_detached
}

# settle_before_deploying: what an interruption left is settled first. Where nothing serves, only a deployment can help.
settle_before_deploying() {
  settle_restore_left
  if [ ! -f "$DIR/rollout.json" ]; then return; fi
  conclude
  if read_journal; then end_run "${J[".run"]}" "$CODE"; fi
  if [ "$CODE" -ne 6 ]; then return; fi
  EXIT_CODE=6 fail "what an interrupted deployment of $APP left on this host cannot be settled; the lines above say why. Release $RELEASE was not begun"
}

# new_run: names the folder of this deployment's log, reason and steps.
new_run() {
  printf -v RUN '%s/run/%(%Y%m%dT%H%M%S)T.%06x' "$DIR" -1 $((RANDOM << 9 ^ RANDOM))
  REASON_FILE=$RUN/reason
}

# obtain_lock: a holder that has not written its journal yet may be deploying the same release: it gets a few seconds. A
# recovery ends by itself, and would come again every minute.
obtain_lock() {
  local start patience
  now
  start=$NOW
  until take_lock 1 "$TOKEN"; do
    patience=$((LOCK_WAIT > 3 ? LOCK_WAIT : 3))
    if [ "$patience" -lt 300 ] && [[ $(lock_holder) == recovery* ]]; then patience=300; fi
    if [ -n "$(follow_same)" ] || is_over $((start + patience * 1000)); then return 1; fi
  done
}

stage_and_say() {
  stage "$RELEASE"
  took pull "$PULL_TOOK"
}

# leave_unstaged: a deployment that ended before the lock is recorded too, and leaves nothing else.
leave_unstaged() {
  local code=$?
  if [ "$code" -ne 0 ]; then
    if [ -s "$RUN/reason" ]; then
      (ledger deploy refused "$RELEASE" "$ASKED" "$(cat "$RUN/reason")") || true
      # In a shell of its own: in a trap, a bare return gives the code that came before it.
      (notify_event "${RUN##*/}.refused" failure "$APP $ASKED was refused before its rollout" "$(cat "$RUN/reason")") || true
    fi
    # Under the lock, as another deployment may be about to use the release; a journal may need it.
    if [ -d "$DIR/releases/$RELEASE" ] && take_lock 0 "$TOKEN"; then
      if [ ! -e "$DIR/rollout.json" ]; then (forget_release "$RELEASE") || true; fi
      drop_lock
    fi
  fi
  rm -rf "$RUN" "$NEW"
}

# already_there: the release runs as it should; only the token is to be taken over.
already_there() { [ "$PREVIOUS" = "$RELEASE" ] && [ -z "$(differences)" ]; }
