# shellcheck shell=bash
# Registries: pulls by Docker's API, which takes a login with each, and what a failed one means.
# Sets: LOGINS (by registry), REGISTRY.

declare -A LOGINS=()
# logins: of the registries of a request, as that API wants them (docs.docker.com/reference/api/engine, "Authentication").
LOGINS_OF='
  def registry: sub("\\Ahttps?://"; "") | split("/")[0] | if . == "index.docker.io" then "docker.io" else . end;
  def login: {username, password, serveraddress: .server} | tojson | @base64 | gsub("\\+"; "-") | gsub("/"; "_");
  def logins: .registries // [] | map({key: .server | registry, value: login}) | from_entries;'

# pull IMAGE: exit code 1, and why in ANSWER, where it cannot be pulled. Docker tells how far it is, a line each, and at its end
# what went wrong.
pull() {
  local login
  registry_of "$1"
  login=${LOGINS[$REGISTRY]:+"header = \"X-Registry-Auth: ${LOGINS[$REGISTRY]}\""}
  DOCKER_LIMIT=${DOCKER_LIMIT:-1800} engine POST "/images/create?fromImage=$1" --config - 2>/dev/null <<<"$login" || return
  if [[ $ANSWER != *'"errorDetail":'* ]]; then return; fi
  ANSWER=$(jq -r '.error // empty' <<<"$ANSWER")
  return 1
}

# registry_of IMAGE: sets REGISTRY, as Docker reads a reference (github.com/distribution/reference, splitDockerDomain).
registry_of() {
  REGISTRY=${1%%/*}
  if [[ $1 != */* || ($REGISTRY != *[.:]* && $REGISTRY != localhost) ]]; then REGISTRY=docker.io; fi
}

# pull_hint OUTPUT: Docker's own words are the cause; the hint says which of the usual ones it is.
pull_hint() {
  case $1 in
    *'no space left'*) printf 'The disk is full: free some space on this host (docker system df shows what uses it).' ;;
    *unauthorized* | *denied* | *'401'*) printf 'The registry refuses the login: check slipway:registries (username and password).' ;;
    *'not found'* | *'manifest unknown'*) printf 'The image is not in the registry (any more).' ;;
    *'connection refused'* | *'no such host'* | *'timeout'* | *'no route'*) printf 'The registry does not answer: is it up, and reachable from this host?' ;;
    *) printf 'See docs/operations.md, "cannot pull".' ;;
  esac
}
