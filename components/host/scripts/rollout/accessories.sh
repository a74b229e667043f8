# shellcheck shell=bash
# Accessories: databases and caches, left alone unless their own definition changed or they do not run.
# Reads: APP, RELEASE, PREVIOUS, OLD.

update_accessories() {
  if [ -z "$(manifest "$RELEASE" '.accessories[]')" ] || accessories_as_declared; then return; fi
  phase accessories
  start_accessories "$RELEASE"
}

# start_accessories RELEASE: as that release declares them; all of them answer their health checks within three minutes.
start_accessories() {
  local accessories service id deadline
  mapfile -t accessories < <(manifest "$1" '.accessories[]')
  if [ ${#accessories[@]} -eq 0 ]; then return; fi
  quietly compose "$1" up --detach --no-deps --no-build --pull never "${accessories[@]}" ||
    fail "an accessory of $APP (${accessories[*]}) did not start"
  deadline=$(($(now) + 180000))
  for service in "${accessories[@]}"; do
    for id in $(containers_of "$service"); do await_accessory "$service" "$id" "$deadline"; done
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

accessories_as_declared() {
  local running service
  [ -n "$PREVIOUS" ] && [ "$(manifest "$PREVIOUS" .accessoriesHash)" = "$(manifest "$RELEASE" .accessoriesHash)" ] || return 1
  running=$(docker ps --filter "label=com.docker.compose.project=$APP" --format '{{.Label "com.docker.compose.service"}}')
  for service in $(manifest "$RELEASE" '.accessories[]'); do
    [[ $'\n'$running$'\n' == *$'\n'"$service"$'\n'* ]] || return 1
  done
}

is_accessory() { [[ $'\n'$(manifest "$RELEASE" '.accessories[]')$'\n' == *$'\n'"$1"$'\n'* ]]; }

revert_accessories() {
  local service id
  for service in $(manifest "$RELEASE" '.accessories[]'); do
    # What was there before stays, whoever started it.
    if [ -n "$(old_containers "$service")" ]; then continue; fi
    for id in $(new_containers "$service"); do docker rm --force --volumes "$id" >/dev/null 2>&1 || true; done
  done
  if [ -n "$PREVIOUS" ]; then
    if ! accessories_as_declared; then (REASON_FILE='' start_accessories "$PREVIOUS") || true; fi
  elif [ ${#OLD[@]} -eq 0 ]; then
    leave_networks
    quietly compose "$RELEASE" --profile '*' down --timeout 10 || true
  fi
}
