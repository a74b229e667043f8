# shellcheck shell=bash
# Routes as they were before the rollout, for the way back.
# Reads: PROXY, APP, RUN, HOLD.

# remember_routes: keeps the application's routes as they are.
remember_routes() {
  mkdir -p "$RUN/before/upstreams"
  if [ -f "$PROXY/routes/$APP.caddy" ]; then cp "$PROXY/routes/$APP.caddy" "$RUN/before/route.caddy"; fi
  find "$PROXY/upstreams" -maxdepth 1 -type f -name "$APP.*" -exec cp {} "$RUN/before/upstreams/" \; 2>/dev/null || true
}

# restore_routes [UPSTREAM…]: the routes as they were before the rollout; the named upstreams hold their requests.
restore_routes() {
  local file name
  for file in "$RUN/before/upstreams/"*; do
    if [ ! -f "$file" ]; then continue; fi
    name=${file##*/}
    if [[ " $* " == *" $name "* ]]; then set_upstream "$name" "$HOLD"; else set_upstream "$name" "$(<"$file")"; fi
  done
  if [ ! -f "$RUN/before/route.caddy" ]; then
    remove_route
  elif ! route_is "$RUN/before/route.caddy"; then
    alone put_route_back
  fi
}

put_route_back() {
  replace "$PROXY/routes/$APP.caddy" <"$RUN/before/route.caddy"
  # A proxy that does not answer yet reads the file when it starts.
  if reload_proxy >/dev/null; then return; fi
  sleep 1
  reload_proxy >/dev/null || true
}
