# shellcheck shell=bash
# Logs: what the application's containers printed, as Docker keeps it, and on request what they print from now on.
# Reads: APP, DIR, FOLLOW, SINCE, TAIL, SERVICES.

# logs APP [--services "A B"] [--since WHEN] [--tail N] [--follow]: a line each: container, |, time, text.
command_logs() {
  local DOCKER_LIMIT=120 release words=()
  use_application "${1:-}"
  parse_options logs "${@:2}"
  which_logs
  if [ -n "$FOLLOW" ]; then follow_logs; else compose "$release" "${words[@]}" </dev/null; fi
}

# which_logs: sets release and words, of the caller, to what Compose is asked for.
which_logs() {
  local service
  release=$(deployed release)
  [ -n "$release" ] || fail "no release of $APP is deployed on this host"
  words=(logs --no-color --timestamps --tail "$TAIL")
  if [ -n "$SINCE" ]; then words+=(--since "$SINCE"); fi
  if [ -n "$FOLLOW" ]; then words+=(--follow); fi
  for service in $SERVICES; do words+=("$service"); done
}

# follow_logs: until standard input ends, however the connection of whoever reads it ended; it leaves no process. Compose ends
# when all containers have, so it is asked again, from a moment before: a line may come twice.
follow_logs() {
  local follower='' watcher ended='' code=0
  trap 'ended=yes; kill "$follower" 2>/dev/null || true' TERM
  exec 3<&0
  (
    trap - TERM
    exec >/dev/null 2>&1
    while read -r _; do :; done
    kill $$
  ) <&3 &
  watcher=$!
  while [ -z "$ended" ] && [ "$code" -eq 0 ]; do
    become_compose 0 --file "$DIR/releases/$release/compose.yaml" "${words[@]}" </dev/null &
    follower=$!
    if [ -n "$ended" ]; then kill "$follower"; fi
    wait "$follower" || code=$?
    if [ -z "$ended" ]; then
      printf -v SINCE '%(%Y-%m-%dT%H:%M:%SZ)T' $((EPOCHSECONDS - 2))
      TAIL=all
      nap 1
      which_logs
    fi
  done
  kill "$watcher" 2>/dev/null || true
  if [ -n "$ended" ]; then return; fi
  return "$code"
}
