# shellcheck shell=bash
# The rollout: start the new beside the old, wait until it is healthy, switch. Nothing old is removed here.

journal() {
  local filter=$1
  shift
  jq -c "$@" "$filter" "$DIR/rollout.json" | replace "$DIR/rollout.json"
}

# phase NAME: how far the rollout is; `recover` reads it after an interruption. The journal is one line of compact
# JSON, in which a quote within a text is escaped: no text can look like this key.
phase() { sed 's/"phase":"[a-z]*"/"phase":"'"$1"'"/' "$DIR/rollout.json" | replace "$DIR/rollout.json"; }

begin_rollout() {
  local old
  # Without this list the way back would not know what to keep.
  old=$(describe_containers) || fail "Docker does not answer on this host; start it (systemctl start docker). Nothing was changed."
  remember_routes
  jq -cn --arg release "$RELEASE" --arg version "$(manifest "$RELEASE" .version)" --arg previous "$PREVIOUS" \
    --arg by "$TOKEN" --arg owner "$OWNER" --arg since "$(timestamp)" --arg run "$RUN" --argjson old "$old" \
    '{release: $release, version: $version, previous: $previous, by: $by, owner: $owner, since: $since, run: $run, phase: "begun", old: $old}' |
    replace "$DIR/rollout.json"
  read_old
}

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

# one_off NAME: a command of the manifest (backup, migration) as a one-off container of the new release.
one_off() {
  local service timeout command
  service=$(manifest "$RELEASE" ".$1.service")
  timeout=$(manifest "$RELEASE" ".$1.timeout")
  mapfile -t command < <(manifest "$RELEASE" ".$1.command[]")
  phase "$1"
  without_copying "$service" >"$RUN/one-off.json" || fail "the Compose file of $APP cannot be read"
  timeout --kill-after 10 "$timeout" "${COMPOSE[@]}" --project-name "$APP" --file "$DIR/releases/$RELEASE/compose.yaml" \
    --file "$RUN/one-off.json" run --rm --no-deps -T "$service" "${command[@]}" </dev/null 2>&1 | redact | sed 's/^/    | /' && return
  remove_one_offs
  fail "the $1 of $APP (${command[*]}) failed or took longer than $timeout s; the running release was not touched"
}

# without_copying SERVICE: the part of a Compose file that leaves an empty volume of the service to its owner. Otherwise
# Docker gives it the owner of the image's folder with each container that it makes ("nocopy",
# https://docs.docker.com/reference/compose-file/services/#long-syntax-6).
without_copying() {
  compose "$RELEASE" config --format json 2>/dev/null | jq -c --arg service "$1" '{services: {($service): {volumes:
    [.services[$service].volumes[]? | select(.type == "volume" and .source) | .volume.nocopy = true]}}}'
}

# prepare_volumes: an empty volume or data folder is given to the user that its service runs as; its group, on a data
# folder that of the deploying user, may use it too. It comes before the
# migration, which may be the first to write there.
prepare_volumes() {
  local service id mounted
  mapfile -t mounted < <(manifest "$RELEASE" '.mounted[]')
  [ ${#mounted[@]} -gt 0 ] || return 0
  phase volumes
  create_new "$RELEASE" "${mounted[@]}"
  for service in "${mounted[@]}"; do
    for id in $(new_containers "$service"); do own_empty_mounts "$id"; done
  done
}

own_empty_mounts() {
  local user image source volumes=()
  user=$(docker inspect --format '{{.Config.User}}' "$1")
  image=$(docker inspect --format '{{.Config.Image}}' slipway-proxy 2>/dev/null) || return 0
  [[ $user =~ ^[1-9][0-9]*(:[0-9]+)?$ ]] || return 0
  while IFS= read -r source; do
    # Folders elsewhere on the host are the administrator's.
    [[ -n $source && ($source != /* || $source == "$DIR"/*) ]] || continue
    volumes+=(--volume "$source:/v/${#volumes[@]}")
  done < <(docker inspect --format '{{range .Mounts}}{{if .RW}}{{if eq .Type "volume"}}{{println .Name}}{{else}}{{println .Source}}{{end}}{{end}}{{end}}' "$1")
  [ ${#volumes[@]} -gt 0 ] || return 0
  # shellcheck disable=SC2016 # for the container's shell
  quietly docker run --rm --network none --user 0 --entrypoint sh "${volumes[@]}" "$image" \
    -c 'for folder in /v/*; do [ -n "$(ls -A "$folder")" ] || { chown "${0%%:*}" "$folder" && chmod g+rwx "$folder"; }; done' "$user" ||
    fail "could not give an empty volume of $APP to its user $user"
}

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

# stop_old SERVICE ID: drained, and not started again by a restart of Docker while the new one runs.
stop_old() {
  drain_if_routed "$PREVIOUS" "$1" "$2"
  docker update --restart no "$2" >/dev/null
  docker stop "$2" >/dev/null
}

# drain_if_routed RELEASE SERVICE ID: as the release that the container belongs to says; without one nothing is known.
drain_if_routed() {
  [ -n "$1" ] && routed "$1" "$2" || return 0
  drain "$3" "$(service_value "$1" "$2" .port)" "$(service_value "$1" "$2" .drain)" "$(service_value "$1" "$2" .network)"
}

switch_routes() {
  local service
  phase switch
  prepare_routes
  for service in $(services "$RELEASE" rolling); do
    ! routed "$RELEASE" "$service" || {
      join_network "$RELEASE" "$service"
      point_to_new "$RELEASE" "$service"
    }
  done
}

# prepare_routes: where the route itself changes, the proxy gets it before a file switches. Upstreams that the route
# before did not have lead to the new container already, or hold requests until it is there.
prepare_routes() {
  local service name route=$DIR/releases/$RELEASE/route.caddy
  [ -f "$route" ] && ! route_is "$route" || return 0
  for service in $(services "$RELEASE"); do
    name=$(service_value "$RELEASE" "$service" .upstream)
    [ -n "$name" ] && [ -z "$(upstream "$name")" ] || continue
    if [ "$(service_value "$RELEASE" "$service" .strategy)" = rolling ]; then
      join_network "$RELEASE" "$service"
      point_to_new "$RELEASE" "$service"
    else
      hold "$RELEASE" "$service"
    fi
  done
  install_route "$route"
}
