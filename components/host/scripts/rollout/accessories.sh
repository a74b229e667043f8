# shellcheck shell=bash
# Accessories: databases and caches, left alone unless their own definition changed or they do not run.
# Reads: APP, DIR, J.

update_accessories() {
  if [ -z "${J[".after.accessories@"]-}" ] || accessories_run after; then return; fi
  start_accessories after
}

# accessories_run SIDE: as this side declares them.
accessories_run() {
  local service
  if [ "${J[".before.accessoriesHash"]}" != "${J[".after.accessoriesHash"]}" ] && [ -n "${J[".$1.release"]}" ]; then return 1; fi
  for service in ${J[".$1.accessories@"]-}; do
    containers_of "$service"
    if [ "${STATE_OF[${IDS[0]-none}]-}" != running ]; then return 1; fi
  done
}

# start_accessories SIDE: as it declares them; all of them answer their health checks within three minutes.
start_accessories() {
  local accessories service id deadline
  mapfile -t accessories < <(names ".$1.accessories@")
  quietly compose "${J[".$1.release"]}" up --detach --no-deps --no-build --pull never "${accessories[@]}" ||
    fail "an accessory of $APP (${accessories[*]}) did not start"
  look_containers || fail_docker
  deadline=$(($(now) + 180000))
  for service in "${accessories[@]}"; do
    containers_of "$service"
    for id in "${IDS[@]}"; do await_accessory "$service" "$id" "$deadline"; done
  done
}

# await_accessory SERVICE ID DEADLINE: it answers its health check once. How often Docker started it again before the
# wait says nothing of now.
await_accessory() {
  local result before=''
  while :; do
    result=0
    look_at "$2" || result=$?
    before=${before:-$RESTARTS}
    if [ "$result" -eq 0 ] && probe "$2"; then return; fi
    if [ "$result" -eq 2 ] || keeps_ending "$before" || [ "$(now)" -ge "$3" ]; then
      last_words "$2"
      fail "the accessory $1 of $APP did not become healthy; its last lines stand above"
    fi
    nap 0.5
  done
}

# restore_accessories SIDE: those that were changed or stopped meanwhile run again as this side declares them.
restore_accessories() {
  local service id
  if [ -z "${J[".$1.accessories@"]-}" ] || accessories_run "$1"; then return; fi
  if [ -z "${J[".$1.release"]}" ]; then
    for service in ${J[".$1.accessories@"]}; do
      containers_of "$service"
      for id in "${IDS[@]}"; do start_container "$id" || PROBLEMS+=("$service does not start"); done
    done
    return
  fi
  apart accessories "$APP" "$1"
  if [ "$CODE" -ne 0 ]; then PROBLEMS+=("an accessory does not run"); fi
  look_containers || fail_docker
}

# command_accessories APP SIDE: used by the way above.
command_accessories() {
  use_application "$1"
  read_journal || fail_journal
  look_containers || fail_docker
  start_accessories "$2"
}
