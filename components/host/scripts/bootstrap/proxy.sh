# shellcheck shell=bash
# The proxy: one Caddy for all applications of a host, with automatic TLS. Its routes are files that survive restarts.
# Reads: REQUEST, ROOT, PROXY.

proxy_up() {
  local changed='' before force=()
  pull_proxy
  proxy_has_its_module
  proxy_secrets
  before=$(cat "$PROXY/Caddyfile" 2>/dev/null || true)
  if jq -j .files.compose "$REQUEST" | update_file "$PROXY/compose.yaml"; then changed=container; fi
  secret_of_verification
  if jq -j .files.Caddyfile "$REQUEST" | update_file "$PROXY/Caddyfile"; then changed=${changed:-settings}; fi
  # Docker waits longer and longer before it starts again one that keeps ending; a new container starts at once.
  if ! proxy_answers 0; then force=(--force-recreate); fi
  if [ "$changed" = settings ] && [ ${#force[@]} -eq 0 ]; then
    give_settings "$before"
    forget_proxy_secrets
    return
  fi
  ports_of_proxy_free
  { quietly docker compose --file "$PROXY/compose.yaml" up --detach "${force[@]}" && proxy_answers 60; } ||
    fail "the proxy did not start; see: docker logs slipway-proxy"
  forget_proxy_secrets
  join_networks
  if [ -n "$changed${force[*]}" ]; then say "the proxy runs"; fi
}

# secret_of_verification: what this host alone can send, by which the proxy knows requests that verify a release. The
# proxy reads `verify`, curl `verify.header`; the two are made at most once.
secret_of_verification() {
  local secret
  umask 077
  if [ ! -s "$PROXY/verify" ]; then
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' | replace "$PROXY/verify" || fail "cannot write $PROXY/verify; df shows whether the disk is full"
    rm -f "$PROXY/verify.header"
  fi
  if [ -s "$PROXY/verify.header" ]; then return; fi
  secret=$(<"$PROXY/verify")
  printf 'X-Slipway-Verify: %s\n' "$secret" | replace "$PROXY/verify.header" ||
    fail "cannot write $PROXY/verify.header; df shows whether the disk is full"
}

# give_settings BEFORE: the proxy reads its Caddyfile; one that it refuses is taken back, as its next start would read it.
give_settings() {
  local output
  output=$(reload_proxy) || {
    printf '%s\n' "$1" | replace "$PROXY/Caddyfile"
    fail "the proxy refuses its settings: $(without_secrets "$(last_line "$output")"). It still has the old ones"
  }
  say "the proxy has its new settings"
}

# without_secrets TEXT: prints it; a module repeats the secret that it refuses.
without_secrets() {
  local -A secrets=()
  local text=$1 secret
  eval "$(jq -r "$QUOTED"'.secrets // {} | assigned_as("secrets")' "$REQUEST")"
  for secret in "${secrets[@]}"; do text=${text//"$secret"/[secret]}; done
  printf '%s' "$text"
}

# join_networks: a new proxy container joins the networks of the applications that the host runs. Those of a release that
# was rolled out before slipway-APP was made are named in its manifest.
join_networks() {
  local folder network
  for folder in "$ROOT"/*/current/; do
    folder=${folder%/current/}
    APP=${folder##*/}
    if [ ! -f "$folder/current/manifest.json" ]; then continue; fi
    if network_is_there; then ensure_network "$ANSWER"; fi
    for network in $(jq -r '.services[]?.network // empty' "$folder/current/manifest.json" 2>/dev/null); do
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
  # Docker would pull every tag.
  if [[ ${image##*/} != *[:@]* ]]; then image+=:latest; fi
  if engine GET "/images/$image/json" 2>/dev/null; then return; fi
  eval "$(jq -r "$QUOTED$LOGINS_OF"'logins | assigned_as("LOGINS")' "$REQUEST")"
  pull "$image" || fail "cannot pull the proxy's image $image: $(last_line "$ANSWER"). $(pull_hint "$ANSWER")"
}

# proxy_has_its_module: that of a DNS provider, before what runs is touched.
proxy_has_its_module() {
  local module image modules
  module=$(jq -r '.proxy.module // empty' "$REQUEST")
  if [ -z "$module" ]; then return; fi
  image=$(jq -r .proxy.image "$REQUEST")
  modules=$(docker run --rm --network none --entrypoint caddy "$image" list-modules) ||
    fail "the proxy's image $image does not say which modules it has (caddy list-modules); docker run shows why"
  [[ $'\n'$modules$'\n' == *$'\n'"$module"$'\n'* ]] ||
    fail "the proxy's image $image lacks the module $module, which slipway:hosts.<name>.proxy.dns needs; name an image that was built with it (xcaddy build --with github.com/caddy-dns/${module##*.})"
}

# proxy_secrets: files that the proxy's settings name, for nobody else to read. Their names change with what is in them.
proxy_secrets() {
  local name
  for name in $(jq -r '.secrets // {} | keys[]' "$REQUEST"); do
    mkdir -p "$PROXY/dns"
    if [ -s "$PROXY/dns/$name" ]; then continue; fi
    jq -j --arg name "$name" '.secrets[$name]' "$REQUEST" | replace "$PROXY/dns/$name" ||
      fail "cannot write $PROXY/dns/$name; df shows whether the disk is full"
  done
}

# forget_proxy_secrets: those that the settings that the proxy has read do not name.
forget_proxy_secrets() {
  local file
  for file in "$PROXY"/dns/*; do
    if [ -f "$file" ] && ! grep -q -F "/dns/${file##*/}}" "$PROXY/Caddyfile"; then rm -f "$file"; fi
  done
}

ports_of_proxy_free() {
  local port
  if [ -n "$(docker ps --quiet --filter name='^slipway-proxy$')" ]; then return; fi
  for port in $(jq -r '.proxy.httpPort, .proxy.httpsPort' "$REQUEST"); do
    [ -z "$(ss -Hltn "sport = :$port")" ] ||
      fail "port $port is taken on this host (ss -ltnp says by what), and the proxy needs it; if that must stay, give the proxy other ports (slipway:hosts.<name>.proxy.httpPort, httpsPort), else stop it"
  done
}
