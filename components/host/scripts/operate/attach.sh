# shellcheck shell=bash
# Attach: the command of a session that somebody holds (operate/session.sh). Its streams, or its terminal, are those of this very
# process, and its exit code is this one's.
# Reads: APP, DIR. Sets: SESSION, descriptor 7.

# attach APP --session ID -- WORD…
command_attach() {
  local kind options=() terminal=()
  use_application "${1:-}"
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  parse_options attach "${options[@]}"
  [ $# -gt 1 ] || fail "no command is named; write it after --"
  shift
  SESSION=$DIR/run/session.$ID
  read -r kind RELEASE SERVICE CONTAINER 2>/dev/null <"$SESSION/kind" && ! flock --nonblock 4 4<"$SESSION/lock" ||
    fail "the session of $APP is over; run the command again"
  exec 7>"$SESSION/attached"
  flock 7
  printf '%s\n' $$ >&7
  if [ "$kind" = run ]; then attach_fresh "$@"; fi
  if [ -t 0 ]; then terminal=(--tty --env "TERM=${TERM:-xterm}"); fi
  CODE=0
  # Not by the function, as nobody knows how long it takes.
  command docker exec --interactive "${terminal[@]}" --env "SLIPWAY_SESSION=$ID" "$CONTAINER" "$@" || CODE=$?
  # It ended by itself: what it left running is meant. A session that was ended is gone already.
  { : >"$SESSION/ended"; } 2>/dev/null || true
  exit "$CODE"
}

# attach_fresh WORD…: this very process becomes Docker Compose, which removes the container in the end.
attach_fresh() {
  local words=(run --rm --no-deps --label "slipway.session=$ID")
  if [ ! -t 0 ]; then words+=(-T); fi
  bare_environment
  exec "${COMPOSE[@]}" --progress quiet --project-name "$APP" --file "$DIR/releases/$RELEASE/compose.yaml" \
    --file "$SESSION/one-off.json" "${words[@]}" "$SERVICE" "$@"
}
