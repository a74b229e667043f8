# shellcheck shell=bash
# recreate: for services that may not run twice. The proxy holds their requests while the one process is exchanged, and
# until the new one is verified.

recreate_start() { :; }

recreate_await() { :; }

recreate_exchange() {
  local service target
  make_missing "$@"
  for service in "$@"; do
    target=$(joined_to after "$service")
    if [[ " $* " != *" ${target:-none at all} "* || -n $(joined_to after "$target") ]]; then exchange_with "$service" "$@"; fi
  done
}

# exchange_with SERVICE OTHER…: it, and of the others those that have its network, say, which ends with its container: they
# stop before it, and start after it.
exchange_with() {
  local service id group=("$1")
  for service in "${@:2}"; do
    if [ "$(joined_to after "$service")" = "$1" ]; then group=("$service" "${group[@]}"); fi
  done
  for service in "${group[@]}"; do
    hold_service "$service"
    containers_of "$service"
    for id in "${IDS[@]}"; do
      if [[ ${J[".present@"]} == *"$id"* ]]; then stop_old "$service" "$id"; fi
    done
  done
  start_new "$1"
  for service in "${group[@]}"; do
    if [ "$service" != "$1" ]; then start_new "$service"; fi
  done
  for service in "${group[@]}"; do await_new "$service"; done
}

recreate_exclusive() { :; }

hold_service() {
  local side
  holds
  for side in before after; do
    if routed "$side" "$1"; then hold "$side" "$1" || fail "the requests of $APP cannot be held; df $PROXY shows whether the disk is full"; fi
  done
}
