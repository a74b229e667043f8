# shellcheck shell=bash
# Verification: from outside, through the proxy, as a user would come in.

# How long a request may fail to reach the service. A busy proxy takes its time to read new routes; behind it the
# service was healthy a moment ago, and its users wait, too.
NO_PROXY_SECONDS=10 NO_SERVICE_SECONDS=2

# ask PATH: body, then status and seconds of a request through the proxy, at PROXY_PORT. Asked again while nobody answers.
ask() {
  local start answer waited
  start=$(now)
  while :; do
    answer=$(ask_once "$1") || true
    waited=$((($(now) - start) / 1000))
    case ${answer##*$'\n'} in
      000\ *) [ "$waited" -lt "$NO_PROXY_SECONDS" ] || break ;;
      502\ * | 503\ * | 504\ *) [ "$waited" -lt "$NO_SERVICE_SECONDS" ] || break ;;
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
  curl --silent --insecure --max-time 15 --resolve "$host:$PROXY_PORT:127.0.0.1" --write-out '\n%{http_code} %{time_total}' "$scheme://$host:$PROXY_PORT$1" 2>&1
}

verify() {
  local count
  [ -n "$(manifest "$RELEASE" .verification)" ] || return 0
  phase verify
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
  for ((tries = 0; tries < 5 && good < 2; tries++)); do
    status=$(ask "$1" | tail -n 1 | cut -d ' ' -f 1)
    if [ "$status" = "$2" ]; then good=$((good + 1)); else
      good=0
      nap 0.2
    fi
  done
  [ "$good" -ge 2 ] || fail "smoke check failed: GET $1 through the proxy answered $status, wanted $2"
}

verify_version() {
  local path field wanted answer served
  path=$(manifest "$RELEASE" .verification.version.path)
  [ -n "$path" ] || return 0
  field=$(manifest "$RELEASE" .verification.version.field)
  wanted=$(manifest "$RELEASE" .verification.version.equals)
  for _ in 1 2; do
    answer=$(ask "$path")
    if [ -n "$field" ]; then
      served=$(sed '$d' <<<"$answer" | jq -r --arg field "$field" 'getpath($field | split("."))' 2>/dev/null || true)
    else
      served=$(sed '$d' <<<"$answer" | tr -d '[:space:]')
    fi
    [ "${served#v}" = "${wanted#v}" ] || fail "the wrong version serves: GET $path answers \"${served:0:60}\" (status $(tail -n 1 <<<"$answer" | cut -d ' ' -f 1)), wanted \"$wanted\""
  done
}

response_time() {
  local limit path median
  limit=$(manifest "$RELEASE" .verification.responseTime.milliseconds)
  [ -n "$limit" ] || return 0
  path=$(manifest "$RELEASE" .verification.responseTime.path)
  median=$(for _ in 1 2 3 4 5; do ask "$path" | tail -n 1 | awk '{ printf "%d\n", $2 * 1000 }'; done | sort -n | sed -n 3p)
  [ "$median" -le "$limit" ] || fail "slower than its baseline: GET $path took $median ms (median of 5), at most $limit ms are allowed"
}

# observe: watches the new containers for a while; one that dies or turns unhealthy fails the deployment.
observe() {
  local deadline service id bad=0 result
  deadline=$(($(now) + $(manifest "$RELEASE" .observe)))
  while [ "$(now)" -lt "$deadline" ]; do
    for service in $(services "$RELEASE"); do
      for id in $(new_containers "$service"); do
        result=0
        check "$RELEASE" "$service" "$id" || result=$?
        [ "$RESTARTS" = 0 ] || result=2
        [ "$result" -ne 0 ] && bad=$((bad + 1)) || bad=0
        [ "$result" -ne 2 ] && [ "$bad" -lt 5 ] && continue
        last_words "$id"
        fail "$service of $APP $(manifest "$RELEASE" .version) was healthy and then died while it was observed; its last lines stand above"
      done
    done
    sleep 0.2
  done
}
