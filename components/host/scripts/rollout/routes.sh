# shellcheck shell=bash
# Routes: the proxy (Caddy) reads the name of the container that takes a service's traffic from a small file at every
# request, so that replacing that file is the switch: atomic, without a reload, cutting no connection. Only a change
# of the route itself (its domain, its port) reloads the proxy.
# Reads: PROXY, APP, DIR, RELEASE, RUN. Sets: HOLD.

# A name to which every connection fails at once: the proxy holds requests and tries again (lb_try_duration).
HOLD=255.255.255.255

upstream() { if [ -f "$PROXY/upstreams/$1" ]; then printf '%s' "$(<"$PROXY/upstreams/$1")"; fi; }
set_upstream() { mkdir -p "$PROXY/upstreams" && printf '%s\n' "$2" | replace "$PROXY/upstreams/$1"; }

routed() { [ -n "$(service_value "$1" "$2" .upstream)" ]; }

# lead_to_new SERVICE: from now on the new container answers, if the service takes requests at all.
lead_to_new() {
  local ids name
  if ! routed "$RELEASE" "$1"; then return; fi
  join_network "$RELEASE" "$1"
  mapfile -t ids < <(new_containers "$1")
  name=$(name_of "${ids[0]:-}")
  set_upstream "$(service_value "$RELEASE" "$1" .upstream)" "$name"
}

# hold SERVICE: requests wait until another upstream is set.
hold() { set_upstream "$(service_value "$RELEASE" "$1" .upstream)" "$HOLD"; }

switch_routes() {
  phase switch
  prepare_routes
  each_strategy switch
}

# prepare_routes: where the route itself changes, the proxy gets it before any upstream switches. Upstreams that the
# route before did not have lead to the new container already, or hold requests until it is there.
prepare_routes() {
  local service name route=$DIR/releases/$RELEASE/route.caddy
  if [ ! -f "$route" ] || route_is "$route"; then return; fi
  for service in $(services "$RELEASE"); do
    name=$(service_value "$RELEASE" "$service" .upstream)
    if [ -n "$name" ] && [ -z "$(upstream "$name")" ]; then
      "$(service_value "$RELEASE" "$service" .strategy)_open" "$service"
    fi
  done
  install_route "$route"
}

# route_is FILE: the application's route is FILE.
route_is() { cmp -s "$1" "$PROXY/routes/$APP.caddy"; }

# alone COMMAND…: one application at a time changes its route, as the proxy reads those of all when it reloads.
alone() { (flock --wait 120 7 && "$@") 7>>"$PROXY/lock"; }

# install_route FILE: makes FILE the application's route; when the proxy refuses it, the old one stays.
install_route() { alone replace_route "$1"; }

replace_route() {
  local target=$PROXY/routes/$APP.caddy output
  mkdir -p "$PROXY/routes"
  if [ -f "$target" ]; then cp "$target" "$RUN/route.kept"; fi
  replace "$target" <"$1"
  if output=$(reload_proxy); then return; fi
  if [ -f "$RUN/route.kept" ]; then mv "$RUN/route.kept" "$target"; else rm -f "$target"; fi
  fail "the proxy refuses the route of $APP: $(last_line "$output")"
}

# remove_route: the route first, so that no request meets an upstream that is gone.
remove_route() {
  if [ -f "$PROXY/routes/$APP.caddy" ]; then alone take_route_away; fi
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
    if [ ! -f "$file" ]; then continue; fi
    grep -q -F "/${file##*/}}" "$PROXY/routes/$APP.caddy" 2>/dev/null || rm -f "$file"
  done
}
