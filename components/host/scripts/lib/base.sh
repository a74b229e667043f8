# shellcheck shell=bash
# Words that all parts share: saying things, failing, files, time.
# Reads: ROOT (folder of the applications), REASON_FILE (where `fail` leaves its reason), EXIT_CODE.
# Sets: APP, DIR (the application and its folder), COMPOSE, NAP.

say() { printf '%s\n' "$*"; }

# fail MESSAGE: one line that a person understands; the first one is kept as the reason for the ledger.
fail() {
  shorten "${*//$'\n'/ }"
  printf 'error: %s\n' "$SHORT" >&2
  if [ -n "${REASON_FILE:-}" ] && [ ! -s "$REASON_FILE" ]; then
    { printf '%s' "$SHORT" >"$REASON_FILE"; } 2>/dev/null || true
  fi
  exit "${EXIT_CODE:-1}"
}

timestamp() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# now: milliseconds since the machine started, so that deadlines hold even when the clock is set meanwhile.
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

# replace FILE: atomically replaces FILE with what is on stdin. Nothing at all is what a killed command leaves: then
# FILE stays as it is.
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
  [[ ${1:-} =~ ^[a-z][a-z0-9-]{0,38}[a-z0-9]$ && $1 != slipway && $1 != slipway-proxy ]] ||
    fail "not an application's name: $(printf '%q' "${1:-}")"
  APP=$1
  DIR=$ROOT/$APP
}

# deployed KEY: a value of what was confirmed last; nothing where nothing was.
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
  if output=$("$@" 2>&1); then return; fi
  shortened <<<"$output" >&2
  return 1
}

# fetch ARGS…: an HTTP request to this very host, which no proxy of the session and no .curlrc may divert.
fetch() { curl -q --noproxy '*' --silent "$@"; }

wait_for_docker() {
  local tries
  for ((tries = 0; tries < 240; tries++)); do
    if docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then return; fi
    sleep 0.25
  done
  return 1
}

# need_docker: waits for Docker; a deployment that is under way cannot go on, or back, without it.
need_docker() {
  wait_for_docker ||
    fail "Docker does not answer on this host; start it (systemctl start docker), and what was under way finishes by itself"
}
