# shellcheck shell=bash
# Routes as they were before the rollout, for the way back.

# remember_routes: keeps the routes of the application as they are, for the way back.
remember_routes() {
  mkdir -p "$RUN/before/upstreams"
  [ ! -f "$PROXY/routes/$APP.caddy" ] || cp "$PROXY/routes/$APP.caddy" "$RUN/before/route.caddy"
  find "$PROXY/upstreams" -maxdepth 1 -type f -name "$APP.*" -exec cp {} "$RUN/before/upstreams/" \; 2>/dev/null || true
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
