# shellcheck shell=bash
# The rollout: start the new beside the old, wait until it is healthy, switch. Nothing old is removed here.

start_rolling() {
  local service rolling
  mapfile -t rolling < <(services "$RELEASE" rolling)
  [ ${#rolling[@]} -gt 0 ] || return 0
  phase start
  create_new "$RELEASE" "${rolling[@]}"
  for service in "${rolling[@]}"; do start_new "$service"; done
}

await_rolling() {
  local service id
  for service in $(services "$RELEASE" rolling); do
    for id in $(new_containers "$service"); do await_health "$RELEASE" "$service" "$id"; done
  done
}

# exchange: services that may not run twice. The proxy holds their requests while the one process is exchanged.
exchange() {
  local service id recreated
  mapfile -t recreated < <(services "$RELEASE" recreate)
  [ ${#recreated[@]} -gt 0 ] || return 0
  create_new "$RELEASE" "${recreated[@]}"
  phase exchange
  prepare_routes
  for service in "${recreated[@]}"; do
    ! routed "$RELEASE" "$service" || hold "$RELEASE" "$service"
    for id in $(old_containers "$service"); do stop_old "$service" "$id"; done
    start_new "$service"
    for id in $(new_containers "$service"); do await_health "$RELEASE" "$service" "$id"; done
    ! routed "$RELEASE" "$service" || {
      join_network "$RELEASE" "$service"
      point_to_new "$RELEASE" "$service"
    }
  done
}
