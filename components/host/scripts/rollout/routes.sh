# shellcheck shell=bash
# Routes: the proxy (Caddy) reads the name of the container that takes a service's traffic from a small file at every
# request, so that replacing that file is the switch: atomic, without a reload, cutting no connection. Only a change
# of the route itself (its domain, its port) reloads the proxy.

upstream() { [ ! -f "$PROXY/upstreams/$1" ] || printf '%s' "$(<"$PROXY/upstreams/$1")"; }
set_upstream() { mkdir -p "$PROXY/upstreams" && printf '%s\n' "$2" | replace "$PROXY/upstreams/$1"; }

routed() { [ -n "$(service_value "$1" "$2" .upstream)" ]; }

# point_to_new RELEASE SERVICE: from now on the new container answers.
point_to_new() {
  local id
  id=$(new_containers "$2" | head -n 1)
  set_upstream "$(service_value "$1" "$2" .upstream)" "$(name_of "$id")"
}

hold() { set_upstream "$(service_value "$1" "$2" .upstream)" "$HOLD"; }

# prepare_routes: where the route itself changes, the proxy gets it before a file switches. Upstreams that the route
# before did not have lead to the new container already, or hold requests until it is there.
prepare_routes() {
  local service name route=$DIR/releases/$RELEASE/route.caddy
  [ -f "$route" ] && ! route_is "$route" || return 0
  for service in $(services "$RELEASE"); do
    name=$(service_value "$RELEASE" "$service" .upstream)
    [ -n "$name" ] && [ -z "$(upstream "$name")" ] || continue
    if [ "$(service_value "$RELEASE" "$service" .strategy)" = rolling ]; then
      join_network "$RELEASE" "$service"
      point_to_new "$RELEASE" "$service"
    else
      hold "$RELEASE" "$service"
    fi
  done
  install_route "$route"
}

switch_routes() {
  local service
  phase switch
  prepare_routes
  for service in $(services "$RELEASE" rolling); do
    ! routed "$RELEASE" "$service" || {
      join_network "$RELEASE" "$service"
      point_to_new "$RELEASE" "$service"
    }
  done
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

# forget_upstreams: those that the application's route no longer asks for.
forget_upstreams() {
  local file
  for file in "$PROXY/upstreams/$APP".*; do
    [ ! -f "$file" ] || grep -q -F "/${file##*/}}" "$PROXY/routes/$APP.caddy" 2>/dev/null || rm -f "$file"
  done
}
