# shellcheck shell=bash
# Routes: the proxy (Caddy) reads the name of the container that takes a service's traffic from a small file at every
# request, so that replacing that file is the switch: atomic, without a reload, cutting no connection. Only a change
# of the route itself (its domain, its port) reloads the proxy.

PROXY=$HOME_DIR/proxy
# A name to which every connection fails at once: the proxy holds requests and tries again (lb_try_duration).
HOLD=255.255.255.255

upstream() { [ ! -f "$PROXY/upstreams/$1" ] || printf '%s' "$(<"$PROXY/upstreams/$1")"; }
set_upstream() { mkdir -p "$PROXY/upstreams" && printf '%s\n' "$2" | replace "$PROXY/upstreams/$1"; }

routed() { [ -n "$(service_value "$1" "$2" .upstream)" ]; }

# point_to_new RELEASE SERVICE: from now on the new container answers.
point_to_new() {
  local id
  id=$(new_containers "$2" | head -n 1)
  set_upstream "$(service_value "$1" "$2" .upstream)" "$(name_of "$id")"
}

# join_network RELEASE SERVICE: the proxy is in the network on which it reaches the service.
join_network() {
  local network
  network=$(service_value "$1" "$2" .network)
  [ -n "$(docker inspect --format "{{with index .NetworkSettings.Networks \"$network\"}}{{.NetworkID}}{{end}}" slipway-proxy)" ] ||
    quietly docker network connect "$network" slipway-proxy || fail "the proxy cannot join the network $network of $APP"
}

leave_networks() {
  local network
  for network in $(docker network ls --quiet --filter "label=com.docker.compose.project=$APP"); do
    docker network disconnect --force "$network" slipway-proxy >/dev/null 2>&1 || true
  done
}

hold() { set_upstream "$(service_value "$1" "$2" .upstream)" "$HOLD"; }

reload_proxy() { docker exec slipway-proxy caddy reload --config /etc/caddy/Caddyfile --adapter caddyfile 2>&1; }

ensure_proxy() {
  [ "$(docker inspect --format '{{.State.Running}}' slipway-proxy 2>/dev/null)" = true ] && return
  docker start slipway-proxy >/dev/null 2>&1 || fail "the proxy (container slipway-proxy) is missing on this host; run pulumi up for the host first, or: docker compose --file $PROXY/compose.yaml up --detach"
}

# remember_routes: keeps the routes of the application as they are, for the way back.
remember_routes() {
  mkdir -p "$RUN/before/upstreams"
  [ ! -f "$PROXY/routes/$APP.caddy" ] || cp "$PROXY/routes/$APP.caddy" "$RUN/before/route.caddy"
  find "$PROXY/upstreams" -maxdepth 1 -type f -name "$APP.*" -exec cp {} "$RUN/before/upstreams/" \; 2>/dev/null || true
}

# route_is FILE: the application's route is FILE.
route_is() { cmp -s "$1" "$PROXY/routes/$APP.caddy"; }

# alone COMMAND…: one application at a time changes its route, as the proxy reads those of all when it reloads.
alone() { (flock --wait 120 7 && "$@") 7>>"$PROXY/lock"; }

# install_route FILE: makes FILE the application's route; a route that the proxy refuses leaves the old one.
install_route() { alone replace_route "$1"; }

replace_route() {
  local target=$PROXY/routes/$APP.caddy output
  mkdir -p "$PROXY/routes"
  [ ! -f "$target" ] || cp "$target" "$RUN/route.kept"
  replace "$target" <"$1"
  output=$(reload_proxy) && return
  if [ -f "$RUN/route.kept" ]; then mv "$RUN/route.kept" "$target"; else rm -f "$target"; fi
  fail "the proxy refuses the route of $APP: $(tail -n 1 <<<"$output")"
}

# remove_route: the route first, so that no request meets an upstream that is gone.
remove_route() {
  [ ! -f "$PROXY/routes/$APP.caddy" ] || alone take_route_away
  rm -f "$PROXY/upstreams/$APP".*
}

take_route_away() {
  rm -f "$PROXY/routes/$APP.caddy"
  reload_proxy >/dev/null || true
}

# restore_routes [UPSTREAM…]: the routes as they were before the rollout; the named upstreams hold their requests.
restore_routes() {
  local file name
  for file in "$RUN/before/upstreams/"*; do
    [ -f "$file" ] || continue
    name=${file##*/}
    if [[ " $* " == *" $name "* ]]; then set_upstream "$name" "$HOLD"; else set_upstream "$name" "$(<"$file")"; fi
  done
  if [ ! -f "$RUN/before/route.caddy" ]; then
    remove_route
    return
  fi
  route_is "$RUN/before/route.caddy" || alone put_route_back
}

put_route_back() {
  replace "$PROXY/routes/$APP.caddy" <"$RUN/before/route.caddy"
  # A proxy that does not answer yet reads the file when it starts.
  reload_proxy >/dev/null || {
    sleep 1
    reload_proxy >/dev/null
  } || true
}

# forget_upstreams: those that the application's route no longer asks for.
forget_upstreams() {
  local file
  for file in "$PROXY/upstreams/$APP".*; do
    [ ! -f "$file" ] || grep -q -F "/${file##*/}}" "$PROXY/routes/$APP.caddy" 2>/dev/null || rm -f "$file"
  done
}
