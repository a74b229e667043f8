# shellcheck shell=bash
# Words that all parts share: saying things, failing, files, time.
# Reads: ROOT (folder of the applications), REASON_FILE (where `fail` leaves its reason), EXIT_CODE.
# Sets: APP, DIR (the application and its folder), NAP, NOW, MS, TEXT, REST, CODE, REASON (why this shell fails).

# say TEXT: a full disk below a log ends nothing.
say() { printf '%s\n' "$*" 2>/dev/null || true; }

# fail MESSAGE: one line that a person understands; the first one is kept as the reason for the ledger.
fail() {
  shorten "${*//$'\n'/ }"
  printf 'error: %s\n' "$SHORT" >&2
  REASON=$SHORT
  if [ -n "${REASON_FILE:-}" ] && [ ! -s "$REASON_FILE" ]; then
    { printf '%s' "$SHORT" >"$REASON_FILE"; } 2>/dev/null || true
  fi
  exit "${EXIT_CODE:-1}"
}

# timestamp: now, in UTC (lib/environment.sh).
timestamp() { printf '%(%Y-%m-%dT%H:%M:%SZ)T' -1; }

# now: sets NOW to milliseconds since the machine started, so that deadlines hold even when the clock is set meanwhile.
now() {
  read -r NOW _ </proc/uptime
  NOW=$((10#${NOW/./} * 10))
}

# is_over DEADLINE
is_over() {
  now
  [ "$NOW" -ge "$1" ]
}

# milliseconds SECONDS: sets MS.
milliseconds() { printf -v MS '%.0f' "${1}e3"; }

# nap SECONDS: waits without starting a process, by reading where nothing is ever written.
exec {NAP}<> <(:)
nap() { read -r -t "$1" -u "$NAP" || true; }

# replace FILE [OTHERS…]: atomically replaces FILE with what is on stdin, on the disk before it returns, and OTHERS too.
# Nothing at all is what a killed command leaves: then, and when any part fails, FILE stays as it is.
replace() {
  local new=$1.new.$BASHPID
  dd of="$new" conv=fsync status=none 2>/dev/null && [ -s "$new" ] && mv -fT "$new" "$1" && sync "${1%/*}" "${@:2}" && return
  rm -f "$new"
  return 1
}

# text_of FILE: sets TEXT; to nothing where it is missing.
text_of() {
  TEXT=''
  if [ -r "$1" ]; then TEXT=$(<"$1"); fi
}

# after MARK TEXT: sets REST to what follows the first MARK; to nothing where there is none. "${TEXT#*MARK}" would take seconds
# for a text of 100 KB, as bash tries every beginning of it.
after() { if [[ $2 =~ "$1"(.*) ]]; then REST=${BASH_REMATCH[1]}; else REST=''; fi; }

# apart COMMAND…: a command of this very script as a process of its own; sets CODE. Nowhere else is a part of a deployment
# run whose failure is looked at: in a condition, bash would go on after every failing command of a function.
apart() {
  CODE=0
  "$HERE/slipway" "$@" || CODE=$?
}

# use_application NAME: sets APP and DIR; refuses names that are not plain.
use_application() {
  [[ ${1:-} =~ ^[a-z][a-z0-9-]{0,38}[a-z0-9]$ && $1 != slipway && $1 != slipway-proxy ]] ||
    fail "not an application's name: $(printf '%q' "${1:-}")"
  APP=$1
  DIR=$ROOT/$APP
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
