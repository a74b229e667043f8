# shellcheck shell=bash
# Accessories: databases and caches, left alone unless their own definition changed or they do not run.
# Reads: APP, DIR, J.

update_accessories() {
  if [ -n "${MANIFEST["$RELEASE.start"]-}" ]; then
    start_in_order
  elif [ -n "${J[".after.accessories@"]-}" ]; then
    start_accessories after
  fi
}

# start_late: those that need the application's own services. They come when the new version was verified and has the requests:
# one that is not good touches none of them, and requests that are held wait for none.
start_late() { start_accessories after late; }

# accessories_of SIDE [late]: sets NAMES to those that start before the application's own services, or after them.
accessories_of() {
  local all name late=$'\n'${J[".$1.late@"]-}$'\n'
  names ".$1.accessories@"
  all=("${NAMES[@]}")
  NAMES=()
  for name in "${all[@]}"; do
    if [[ $late == *$'\n'"$name"$'\n'* ]]; then
      if [ $# -gt 1 ]; then NAMES+=("$name"); fi
    elif [ $# -eq 1 ]; then
      NAMES+=("$name")
    fi
  done
}

# accessories_run SIDE ACCESSORY…: as this side declares them.
accessories_run() {
  local service
  if [ "${J[".before.accessoriesHash"]}" != "${J[".after.accessoriesHash"]}" ] && [ -n "${J[".$1.release"]}" ]; then return 1; fi
  for service in "${@:2}"; do
    containers_of "$service"
    if [ "${STATE_OF[${IDS[0]-none}]-}" != running ]; then return 1; fi
  done
}

# start_accessories SIDE [late]: as it declares them.
start_accessories() {
  accessories_of "$@"
  if [ ${#NAMES[@]} -gt 0 ]; then start_these "$1" "${NAMES[@]}"; fi
}

# start_these SIDE ACCESSORY…: all of them answer their health checks within three minutes.
start_these() {
  local service id deadline
  if accessories_run "$@"; then return; fi
  quietly compose "${J[".$1.release"]}" up --detach --no-deps --no-build --pull never "${@:2}" ||
    fail "an accessory of $APP (${*:2}) did not start"
  look_containers || fail_docker
  now
  deadline=$((NOW + 180000))
  for service in "${@:2}"; do
    containers_of "$service"
    for id in "${IDS[@]}"; do await_accessory "$service" "$id" "$deadline"; done
  done
}

# await_accessory SERVICE ID DEADLINE: it answers its health check once, or, without one, runs for three seconds. How often
# Docker started it again before the wait says nothing of now.
await_accessory() {
  local result before='' restarts='' since
  now
  since=$NOW
  while :; do
    result=0
    look_at "$2" || result=$?
    before=${before:-$RESTARTS}
    now
    if [ "$result" -ne 0 ] || [ "$RESTARTS" != "$restarts" ]; then since=$NOW; fi
    restarts=$RESTARTS
    if [ "$result" -eq 0 ] && probe "$2" && { has_check || is_over $((since + 3000)); }; then return; fi
    if [ "$result" -eq 2 ] || keeps_ending "$before"; then
      last_words "$2"
      fail "the accessory $1 of $APP $(how_it_ended "$2"); its last lines stand above. If it is to end, declare services.$1.once: true"
    fi
    if is_over "$3"; then
      last_words "$2"
      fail "the accessory $1 of $APP did not become healthy; its last lines stand above"
    fi
    nap 0.5
  done
}

# restore_accessories SIDE [late]: those that were changed or stopped meanwhile run again as this side declares them.
restore_accessories() {
  local service id
  accessories_of "$@"
  if [ ${#NAMES[@]} -eq 0 ] || accessories_run "$1" "${NAMES[@]}"; then return; fi
  if [ -z "${J[".$1.release"]}" ]; then
    for service in "${NAMES[@]}"; do
      containers_of "$service"
      for id in "${IDS[@]}"; do start_container "$id" || PROBLEMS+=("$service does not start"); done
    done
    return
  fi
  apart accessories "$APP" "$@"
  if [ "$CODE" -ne 0 ]; then PROBLEMS+=("an accessory does not run"); fi
  look_containers || fail_docker
}

# command_accessories APP SIDE [late]: used by the way above.
command_accessories() {
  use_application "$1"
  read_journal || fail_journal
  look_containers || fail_docker
  start_accessories "${@:2}"
}
