# shellcheck shell=bash
# Docker, which may hang: every call has a limit, and none keeps the application's lock (descriptor 9) after its caller.
# What a deployment asks often goes to the Engine's API (docs.docker.com/reference/api/engine) by its socket: the command
# `docker` takes longer to start than most answers. What needs a login, a stream or a Compose file goes by the command.
# Reads: APP, DIR, SLIPWAY_DOCKER_LIMIT (seconds, of the environment: no call gets more). Sets: ANSWER, ANSWERS, COMPOSE,
# LIMIT, FIELD.

SOCKET=/var/run/docker.sock FIRST=() ANSWER=''
# Elsewhere where Docker runs without root, or a context says so.
if [ ! -S "$SOCKET" ]; then
  SOCKET=$(command docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null) || true
  SOCKET=${SOCKET#unix://}
fi

# engine METHOD PATH [ARGS…]: sets ANSWER; ARGS are curl's. It ends after DOCKER_LIMIT seconds, else after 30. Exit code 1:
# Docker refused, or did not answer; ANSWER and stderr say why.
engine() {
  local code=0
  ANSWER=$(api "$1" "$2" --write-out '\n%{http_code}' "${@:3}") || code=$?
  case $code-${ANSWER: -3} in
    # An answer that broke off has a status, too.
    0-2?? | 0-304) ANSWER=${ANSWER:0:${#ANSWER}-4} ;;
    *) refused "$1 $2" "$code" "$ANSWER" ;;
  esac
}

# ask_at_once PATH…: sets ANSWERS to what Docker says to each, to nothing where there is no such thing. Exit code 1: it did not
# answer all; ANSWER and stderr say why.
ask_at_once() {
  local paths lines line answer='' code=0
  printf -v paths '%s,' "${@#/}"
  ANSWERS=()
  lines=$(api GET "/{${paths%,}}" --fail-early --write-out '\n%{http_code}\n') || code=$?
  if [ "$code" -ne 0 ]; then refused "GET $*" "$code" || return; fi
  # An answer is one line of JSON, and then its status.
  while IFS= read -r line; do
    case $line in
      2??) ANSWERS+=("$answer") ;;
      404) ANSWERS+=('') ;;
      [345]??) refused "GET $*" 0 "$answer"$'\n'"$line" || return ;;
      ?*) answer=$line ;;
    esac
  done <<<"$lines"
  [ ${#ANSWERS[@]} -eq $# ]
}

# refused WHAT CODE ANSWER: says why, in ANSWER too, and fails.
refused() {
  if [ "$2" -eq 28 ]; then
    at_most "${DOCKER_LIMIT:-30}"
    ANSWER="Docker did not answer within $LIMIT s ($1)"
  elif [ "$2" -ne 0 ]; then
    ANSWER="Docker does not answer ($1; curl ends with $2)"
  else
    ANSWER=$(jq -r '.message // .' <<<"${3%$'\n'*}" 2>/dev/null) || ANSWER="Docker answers $3"
  fi
  printf '%s\n' "$ANSWER" >&2
  return 1
}

# api METHOD PATH [ARGS…]: PATH may have several, as curl reads {…,…}; each answer comes after the other, errors too. The
# brackets of an address of IPv6 stay. FIRST, a list of the caller, is what curl does before that. It is called in a process
# of its own, $(…), which becomes curl.
api() {
  local path=${2//\[/\\[}
  at_most "${DOCKER_LIMIT:-30}"
  exec curl -q --silent "${FIRST[@]}" --max-time "$LIMIT" --unix-socket "$SOCKET" --request "$1" "${@:3}" "http://docker${path//\]/\\]}" 9>&-
}

# told METHOD PATH JSON: what Docker is told to do.
told() { engine "$1" "$2" --header 'Content-Type: application/json' --data "$3"; }

# told_in_turn [METHOD PATH JSON]…: one after the other by one program, until it refuses one. Exit code 1 does not say why.
told_in_turn() {
  local calls=()
  at_most "${DOCKER_LIMIT:-30}"
  while [ $# -gt 0 ]; do
    if [ ${#calls[@]} -gt 0 ]; then calls+=(--next); fi
    calls+=(--silent --fail --output /dev/null --max-time "$LIMIT" --unix-socket "$SOCKET" --request "$1")
    if [ -n "$3" ]; then calls+=(--header 'Content-Type: application/json' --data "$3"); fi
    calls+=("http://docker$2")
    shift 3
  done
  curl -q --fail-early "${calls[@]}" 9>&- || return 1
}

# field NAME JSON: sets FIELD to the first value of this name: a plain text, a number, true or false. No text can look like
# a name, as a quote within it is escaped.
field() { if [[ $2 =~ \"$1\":\"?([^\",\}]*) ]]; then FIELD=${BASH_REMATCH[1]}; else FIELD=''; fi; }

# docker ARGS…: the command; it ends after DOCKER_LIMIT seconds, else after the usual limit for what is asked.
docker() {
  local limit=${DOCKER_LIMIT:-} code=0
  if [ -z "$limit" ]; then
    case $1 in
      pull) limit=1800 ;;
      run | network) limit=120 ;;
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

# Compose is a program of its own where Docker keeps its plugins (docs.docker.com/compose/install/linux); `docker compose`
# only looks for it, each time.
COMPOSE=(docker compose)
for folder in "$HOME"/.docker /usr/{local/,}lib{exec,}/docker; do
  if [ -x "$folder/cli-plugins/docker-compose" ]; then COMPOSE=("$folder/cli-plugins/docker-compose") && break; fi
done

# compose RELEASE ARGS…: Docker Compose on a release's own file and environment.
compose() { compose_within "${DOCKER_LIMIT:-300}" --file "$DIR/releases/$1/compose.yaml" "${@:2}"; }

# compose_within SECONDS ARGS…
compose_within() (become_compose "$@")

# become_compose SECONDS ARGS…: this very process becomes Docker Compose, under a limit; 0 is none.
become_compose() {
  at_most "$1"
  bare_environment
  exec timeout --kill-after 10 "$LIMIT" "${COMPOSE[@]}" --project-name "$APP" "${@:2}" 9>&-
}

# bare_environment: Compose prefers variables of its environment to the release's .env, so it gets an empty one.
bare_environment() {
  local name
  for name in $(compgen -e); do
    case $name in PATH | HOME) ;; *) export -n "${name?}" ;; esac
  done
  if [ -n "${QUIET:-}" ]; then export COMPOSE_PROGRESS=quiet; fi
}

docker_answers() { DOCKER_LIMIT=5 engine GET /_ping 2>/dev/null; }

wait_for_docker() {
  local deadline
  now
  deadline=$((NOW + 60000))
  until docker_answers; do
    if is_over "$deadline"; then return 1; fi
    nap 0.25
  done
}

# need_docker: waits for Docker; a deployment that is under way cannot go on, or back, without it.
need_docker() {
  wait_for_docker ||
    fail "Docker does not answer on this host; start it (systemctl start docker), and what was under way finishes by itself"
}
