# shellcheck shell=bash
# Docker, which may hang: every call has a limit, and none keeps the application's lock (descriptor 9) after its caller.
# Reads: APP, DIR, SLIPWAY_DOCKER_LIMIT (seconds, of the environment: no call gets more). Sets: COMPOSE.

# docker ARGS…: ends after DOCKER_LIMIT seconds, else after the usual limit for what is asked.
docker() {
  local limit=${DOCKER_LIMIT:-} code=0
  if [ -z "$limit" ]; then
    case $1 in
      pull) limit=1800 ;;
      run | start | stop | network) limit=120 ;;
      *) limit=30 ;;
    esac
  fi
  at_most "$limit"
  limit=$LIMIT
  timeout --kill-after 5 "$limit" docker "$@" 9>&- || code=$?
  if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
    printf 'Docker did not answer within %s s (docker %s)\n' "$limit" "$1" >&2
  fi
  return "$code"
}

# at_most SECONDS: sets LIMIT to what a call of Docker gets.
at_most() {
  LIMIT=$1
  if [[ ${SLIPWAY_DOCKER_LIMIT:-} =~ ^[1-9][0-9]{0,4}$ && ${LIMIT%.*} -gt $SLIPWAY_DOCKER_LIMIT ]]; then LIMIT=$SLIPWAY_DOCKER_LIMIT; fi
}

# Compose prefers variables of its environment to the release's .env, so it gets an empty one.
COMPOSE=(env -i "PATH=$PATH" "HOME=$HOME" docker compose)

# compose RELEASE ARGS…: Docker Compose on a release's own file and environment.
compose() {
  local release=$1
  shift
  at_most "${DOCKER_LIMIT:-300}"
  timeout --kill-after 5 "$LIMIT" "${COMPOSE[@]}" --project-name "$APP" \
    --file "$DIR/releases/$release/compose.yaml" "$@" 9>&-
}

docker_answers() { DOCKER_LIMIT=5 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

wait_for_docker() {
  local deadline
  deadline=$(($(now) + 60000))
  until docker_answers; do
    if [ "$(now)" -ge "$deadline" ]; then return 1; fi
    nap 0.25
  done
}

# need_docker: waits for Docker; a deployment that is under way cannot go on, or back, without it.
need_docker() {
  wait_for_docker ||
    fail "Docker does not answer on this host; start it (systemctl start docker), and what was under way finishes by itself"
}
