# shellcheck shell=bash
# rolling: the new container runs beside the old one; once it is verified, the route moves to it, and the old one is
# drained and stopped.

rolling_start() {
  local service
  make_missing "$@"
  for service in "$@"; do start_new "$service"; done
}

rolling_await() {
  local service
  for service in "$@"; do await_new "$service"; done
}

rolling_exchange() { :; }

rolling_exclusive() { return 1; }
