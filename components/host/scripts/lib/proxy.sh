# shellcheck shell=bash
# The proxy (Caddy) that runs: where its files are, whether it answers.
# Reads: HOME_DIR, APP. Sets: PROXY (folder of its files), ADMIN.

PROXY=$HOME_DIR/proxy
# Where Caddy takes its settings, and tells by listening that it runs.
ADMIN=(2019 127.0.0.1)

reload_proxy() { docker exec slipway-proxy caddy reload --config /etc/caddy/Caddyfile --adapter caddyfile 2>&1; }

# in_maintenance: users of the application get a page in its place (rollout/closedRoute.sh).
in_maintenance() { [ -f "$PROXY/maintenance/$APP.json" ]; }

# proxy_answers SECONDS: waits until Caddy listens at its admin address. Docker counts one that keeps ending as running, and a
# health check of Docker's would run a program in the container for as long as the host lives.
proxy_answers() {
  local deadline before=''
  now
  deadline=$((NOW + $1 * 1000))
  while engine GET /containers/slipway-proxy/json 2>/dev/null; do
    if proxy_listens "$ANSWER"; then return; fi
    field RestartCount "$ANSWER"
    before=${before:-$FIELD}
    if [ $((FIELD - before)) -ge 3 ] || is_over "$deadline"; then return 1; fi
    nap 0.1
  done
  return 1
}

# proxy_listens SEEN: by what Docker just said of it.
proxy_listens() {
  field Pid "$1"
  listens "$FIELD" "${ADMIN[@]}"
}

# ensure_proxy SEEN: a proxy that stands still is started; one that does not come up stops a deployment before it begins. SEEN
# is what Docker just said of it.
ensure_proxy() {
  if proxy_listens "$1" || proxy_answers 0; then return; fi
  DOCKER_LIMIT=120 engine POST /containers/slipway-proxy/start 2>/dev/null ||
    fail "the proxy (container slipway-proxy) is missing on this host; run pulumi up for the host first, or: docker compose --file $PROXY/compose.yaml up --detach"
  proxy_answers 15 ||
    fail "the proxy (container slipway-proxy) does not answer on this host; docker logs slipway-proxy shows why, and pulumi up makes it again. Nothing was changed."
}
