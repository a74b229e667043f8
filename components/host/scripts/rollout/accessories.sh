# shellcheck shell=bash
# Accessories: databases and caches, left alone unless their own definition changed.

# update_accessories: databases and caches, touched only when their own definition changed or they do not run.
update_accessories() {
  [ -n "$(manifest "$RELEASE" '.accessories[]')" ] && ! accessories_as_declared || return 0
  phase accessories
  start_accessories "$RELEASE"
}

# start_accessories RELEASE: as that release declares them; one after the other answers its health check within three minutes.
start_accessories() {
  local accessories service id deadline result
  mapfile -t accessories < <(manifest "$1" '.accessories[]')
  [ ${#accessories[@]} -gt 0 ] || return 0
  quietly compose "$1" up --detach --no-deps --no-build --pull never "${accessories[@]}" || fail "an accessory of $APP (${accessories[*]}) did not start"
  deadline=$(($(now) + 180000))
  for service in "${accessories[@]}"; do
    for id in $(containers_of "$service"); do
      while :; do
        result=0
        look_at "$id" || result=$?
        [ "$result" -ne 0 ] || ! probe "$id" || break
        if [ "$result" -eq 2 ] || [ "$(now)" -ge "$deadline" ]; then
          last_words "$id"
          fail "the accessory $service of $APP did not become healthy; its last lines stand above"
        fi
        nap 0.5
      done
    done
  done
}

accessories_as_declared() {
  local running
  [ -n "$PREVIOUS" ] && [ "$(manifest "$PREVIOUS" .accessoriesHash)" = "$(manifest "$RELEASE" .accessoriesHash)" ] || return 1
  running=$(docker ps --filter "label=com.docker.compose.project=$APP" --format '{{.Label "com.docker.compose.service"}}')
  ! manifest "$RELEASE" '.accessories[]' | grep -q -v -x -F "$running"
}

is_accessory() { manifest "$RELEASE" '.accessories[]' | grep -q -x -F "$1"; }

revert_accessories() {
  local service id
  for service in $(manifest "$RELEASE" '.accessories[]'); do
    # What was there before stays, whoever began it.
    [ -z "$(old_containers "$service")" ] || continue
    for id in $(new_containers "$service"); do docker rm --force --volumes "$id" >/dev/null 2>&1 || true; done
  done
  if [ -z "$PREVIOUS" ]; then
    [ ${#OLD[@]} -eq 0 ] || return 0
    leave_networks
    quietly compose "$RELEASE" --profile '*' down --timeout 10 || true
    return
  fi
  accessories_as_declared && return
  (REASON_FILE='' start_accessories "$PREVIOUS") || true
}
