# shellcheck shell=bash
# rolling: the new container runs beside the old one; once it is healthy, the route moves to it, and the old one is
# drained and stopped.

rolling_start() {
  local service
  phase start
  create_new "$RELEASE" "$@"
  for service in "$@"; do start_new "$service"; done
}

rolling_await() {
  local service id
  for service in "$@"; do
    for id in $(new_containers "$service"); do await_health "$RELEASE" "$service" "$id"; done
  done
}

rolling_exchange() { :; }

rolling_switch() {
  local service
  for service in "$@"; do lead_to_new "$service"; done
}

# The new container is healthy already.
rolling_open() { lead_to_new "$1"; }

rolling_held() { :; }

# It stays until no request leads to it.
rolling_stop_new() { :; }

rolling_drop_new() {
  local service id
  for service in "$@"; do
    for id in $(new_containers "$service"); do
      if is_running "$id"; then drain_if_routed "$RELEASE" "$service" "$id"; fi
    done
    # shellcheck disable=SC2046 # one argument per id
    remove_containers $(new_containers "$service")
  done
}
