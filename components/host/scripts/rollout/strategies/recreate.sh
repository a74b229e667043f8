# shellcheck shell=bash
# recreate: for services that may not run twice. The proxy holds their requests while the one process is exchanged, and
# until the new one is verified.

recreate_start() { :; }

recreate_await() { :; }

recreate_exchange() {
  local service id
  make_missing "$@"
  for service in "$@"; do
    hold_service "$service"
    containers_of "$service"
    for id in "${IDS[@]}"; do
      if [[ ${J[".present@"]} == *"$id"* ]]; then stop_old "$service" "$id"; fi
    done
    start_new "$service"
    await_new "$service"
  done
}

recreate_exclusive() { :; }

hold_service() {
  local side
  holds
  for side in before after; do
    if routed "$side" "$1"; then hold "$side" "$1" || fail "the requests of $APP cannot be held; df $PROXY shows whether the disk is full"; fi
  done
}
