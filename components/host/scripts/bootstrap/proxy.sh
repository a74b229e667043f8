# shellcheck shell=bash
# The proxy: one Caddy for all applications of a host, with automatic TLS. Its routes are files that survive restarts.

proxy_up() {
  local changed='' before output anew=()
  pull_proxy
  before=$(cat "$PROXY/Caddyfile" 2>/dev/null || true)
  jq -j .files.compose "$REQUEST" | update_file "$PROXY/compose.yaml" && changed=container
  jq -j .files.Caddyfile "$REQUEST" | update_file "$PROXY/Caddyfile" && changed=${changed:-settings}
  # One that starts again and again waits longer and longer between: a new one does not.
  proxy_answers 0 || anew=(--force-recreate)
  if [ "$changed" = settings ] && [ "${#anew[@]}" = 0 ]; then
    output=$(reload_proxy) || {
      # What a restart of the proxy would read.
      printf '%s\n' "$before" | replace "$PROXY/Caddyfile"
      fail "the proxy refuses its settings: $(tail -n 1 <<<"$output"). It still has the old ones"
    }
    say "the proxy has its new settings"
    return
  fi
  ports_of_proxy_free
  { quietly docker compose --file "$PROXY/compose.yaml" up --detach "${anew[@]}" && proxy_answers 60; } ||
    fail "the proxy did not start; see: docker logs slipway-proxy"
  join_networks
  [ -z "$changed${anew[*]}" ] || say "the proxy runs"
}

# join_networks: a new proxy container joins the networks of the applications that the host runs.
join_networks() {
  local manifest network
  for manifest in "$ROOT"/*/current/manifest.json; do
    [ -f "$manifest" ] || continue
    for network in $(jq -r '.services[] | .network // empty' "$manifest"); do
      docker network connect "$network" slipway-proxy 2>/dev/null || true
    done
  done
}

# update_file FILE: exit code 0 when stdin differs from FILE and replaced it.
update_file() {
  local new
  new=$(mktemp)
  cat >"$new"
  if cmp -s "$new" "$1"; then
    rm -f "$new"
    return 1
  fi
  mv "$new" "$1"
}

pull_proxy() {
  local image
  image=$(jq -r .proxy.image "$REQUEST")
  docker image inspect "$image" >/dev/null 2>&1 && return
  credentials=$(mktemp -d)
  INCOMING=$REQUEST registry_logins "$credentials"
  quietly env DOCKER_CONFIG="$credentials" docker pull --quiet "$image" || fail "cannot pull the proxy's image $image"
  rm -rf "$credentials"
}

ports_of_proxy_free() {
  local port
  [ -z "$(docker ps --quiet --filter name='^slipway-proxy$')" ] || return 0
  for port in $(jq -r '.proxy.httpPort, .proxy.httpsPort' "$REQUEST"); do
    ! ss -Hltn "sport = :$port" | grep -q . ||
      fail "port $port is taken on this host; the proxy needs it. Stop what listens there (ss -ltnp), or set slipway:hosts.<name>.proxy.httpPort and httpsPort"
  done
}
