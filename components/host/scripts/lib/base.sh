# shellcheck shell=bash
# Words shared by all parts: saying things, failing, files, the ledger, time.

say() { printf '%s\n' "$*"; }

# fail MESSAGE: one line a person understands, kept as the reason for the ledger.
fail() {
  printf 'error: %s\n' "$*" >&2
  [ -z "${REASON_FILE:-}" ] || [ -s "$REASON_FILE" ] || { printf '%s' "$*" >"$REASON_FILE"; } 2>/dev/null || true
  exit "${EXIT_CODE:-1}"
}

timestamp() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# now: milliseconds since the machine started: deadlines hold even when the time of day is set meanwhile.
now() {
  local up
  read -r up _ </proc/uptime
  printf '%s' "$((10#${up/./} * 10))"
}

# nap SECONDS: waits without starting a process, by reading where nothing is ever written.
exec {NAP}<> <(:)
nap() { read -r -t "$1" -u "$NAP" || true; }

seconds() {
  local ms=$1
  printf '%d.%01d' $((ms / 1000)) $((ms % 1000 / 100))
}

# replace FILE: atomically replaces FILE by what stands on stdin. Nothing at all is what a killed command leaves: FILE stays.
replace() {
  local temporary
  temporary=$(mktemp "$1.XXXXXX")
  { cat >"$temporary" && [ -s "$temporary" ] && mv -f "$temporary" "$1"; } || {
    rm -f "$temporary"
    return 1
  }
}

# use_application NAME: sets APP and DIR; refuses names that are not plain.
use_application() {
  [[ ${1:-} =~ ^[a-z][a-z0-9-]{0,38}[a-z0-9]$ && $1 != slipway && $1 != slipway-proxy ]] || fail "not an application's name: $(printf '%q' "${1:-}")"
  APP=$1
  DIR=$ROOT/$APP
}

deployed() { if [ -f "$DIR/deployment.json" ]; then jq -r ".$1 // empty" "$DIR/deployment.json"; fi; }

# Compose prefers variables of its environment to the release's .env, so it gets an empty one.
COMPOSE=(env -i "PATH=$PATH" "HOME=$HOME" docker compose)

# compose RELEASE ARGS…: Docker Compose on a release's own file and environment.
compose() {
  local release=$1
  shift
  "${COMPOSE[@]}" --project-name "$APP" --file "$DIR/releases/$release/compose.yaml" "$@"
}

# quietly COMMAND…: shows a command's output only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1) && return 0
  printf '%s\n' "$output" >&2
  return 1
}

wait_for_docker() {
  local tries=0
  until docker version --format '{{.Server.Version}}' >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 240 ] || return 1
    sleep 0.25
  done
}
