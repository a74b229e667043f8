# shellcheck shell=bash
# Verification: from outside, through the proxy, as a user would come in.
# Reads: RELEASE, HOME_DIR, PROXY_PORT (set by `verify`).

# How long a request may fail to reach the service. A busy proxy takes its time to read new routes; behind it the
# service was healthy a moment ago, and its users wait, too.
NO_PROXY_SECONDS=10 NO_SERVICE_SECONDS=2

# ask PATH: body, then status and seconds of a request through the proxy. Asked again while nobody answers.
ask() {
  local start answer waited
  start=$(now)
  while :; do
    # Bash warns of NUL bytes, which an answer may have.
    { answer=$(ask_once "$1") || true; } 2>/dev/null
    waited=$((($(now) - start) / 1000))
    case ${answer##*$'\n'} in
      000\ *) if [ "$waited" -ge "$NO_PROXY_SECONDS" ]; then break; fi ;;
      502\ * | 503\ * | 504\ *) if [ "$waited" -ge "$NO_SERVICE_SECONDS" ]; then break; fi ;;
      *) break ;;
    esac
    nap 0.2
  done
  printf '%s\n' "$answer"
}

ask_once() {
  local host scheme
  host=$(manifest "$RELEASE" .verification.host)
  scheme=$(manifest "$RELEASE" .verification.scheme)
  # Certificates of Caddy's own authority are not known to curl; whose certificate it is does not matter on the host itself.
  fetch --insecure --max-time 15 --resolve "$host:$PROXY_PORT:127.0.0.1" --write-out '\n%{http_code} %{time_total}' "$scheme://$host:$PROXY_PORT$1" 2>&1
}

# status_of ANSWER: the HTTP status of what `ask` printed.
status_of() {
  local last=${1##*$'\n'}
  printf '%s' "${last%% *}"
}

verify() {
  local count index PROXY_PORT
  if [ -z "$(manifest "$RELEASE" .verification)" ]; then return; fi
  PROXY_PORT=$(jq -r ".proxy.$(manifest "$RELEASE" .verification.scheme)Port" "$HOME_DIR/host.json")
  verify_version
  count=$(manifest "$RELEASE" .verification.checks.length)
  for ((index = 0; index < count; index++)); do
    smoke "$(manifest "$RELEASE" ".verification.checks.$index.path")" "$(manifest "$RELEASE" ".verification.checks.$index.status")"
  done
  response_time
}

# smoke PATH STATUS: two answers in a row with the wanted status; up to five tries.
smoke() {
  local good=0 tries status=none
  for ((tries = 0; tries < 5; tries++)); do
    status=$(status_of "$(ask "$1")")
    if [ "$status" = "$2" ]; then good=$((good + 1)); else good=0; fi
    if [ "$good" -eq 2 ]; then return; fi
    if [ "$good" -eq 0 ]; then nap 0.2; fi
  done
  fail "smoke check failed: GET $1 through the proxy answered $status, wanted $2"
}

verify_version() {
  local path field wanted answer body served
  path=$(manifest "$RELEASE" .verification.version.path)
  if [ -z "$path" ]; then return; fi
  field=$(manifest "$RELEASE" .verification.version.field)
  wanted=$(manifest "$RELEASE" .verification.version.equals)
  for _ in 1 2; do
    answer=$(ask "$path")
    body=${answer%$'\n'*}
    if [ -n "$field" ]; then
      served=$(jq -r --arg field "$field" 'getpath($field | split("."))' <<<"$body" 2>/dev/null || true)
    else
      served=$(tr -d '[:space:]' <<<"$body")
    fi
    [ "${served#v}" = "${wanted#v}" ] ||
      fail "the wrong version serves: GET $path answers \"$(short "$served" 60)\" (status $(status_of "$answer")), wanted \"$wanted\""
  done
}

response_time() {
  local limit path median
  limit=$(manifest "$RELEASE" .verification.responseTime.milliseconds)
  if [ -z "$limit" ]; then return; fi
  path=$(manifest "$RELEASE" .verification.responseTime.path)
  median=$(for _ in 1 2 3 4 5; do ask "$path" | tail -n 1 | awk '{ printf "%d\n", $2 * 1000 }'; done | sort -n | sed -n 3p)
  [ "$median" -le "$limit" ] || fail "slower than its baseline: GET $path took $median ms (median of 5), at most $limit ms are allowed"
}
