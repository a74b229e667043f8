# shellcheck shell=bash
# recreate: for services that may not run twice. The proxy holds their requests while the one process is exchanged.

recreate_start() { :; }

recreate_await() { :; }

recreate_exchange() {
  local service id
  create_new "$RELEASE" "$@"
  phase exchange
  prepare_routes
  for service in "$@"; do
    if routed "$RELEASE" "$service"; then hold "$service"; fi
    for id in $(old_containers "$service"); do stop_old "$service" "$id"; done
    start_new "$service"
    for id in $(new_containers "$service"); do await_health "$RELEASE" "$service" "$id"; done
    lead_to_new "$service"
  done
}

recreate_switch() { :; }

recreate_open() { hold "$1"; }

recreate_held() {
  local service
  for service in "$@"; do
    if exchanged "$service"; then
      service_value "$PREVIOUS" "$service" .upstream
    fi
  done
}

# exchanged SERVICE: its old container was stopped for the new one.
exchanged() {
  local id
  if [ -z "$PREVIOUS" ]; then return 1; fi
  for id in $(old_containers "$1"); do
    if ! is_running "$id"; then return 0; fi
  done
  return 1
}

recreate_stop_new() {
  local service id
  for service in "$@"; do
    for id in $(new_containers "$service"); do
      docker update --restart no "$id" >/dev/null 2>&1 || true
      docker stop "$id" >/dev/null 2>&1 || true
      docker rm --force "$id" >/dev/null 2>&1 || true
    done
  done
}

recreate_drop_new() { :; }
