# shellcheck shell=bash
# What runs once before the new release starts: backup, migration, and giving empty volumes to their users.
# Reads: APP, DIR, RUN, RELEASE, COMPOSE.

# one_off NAME: a command of the manifest (backup, migration) as a one-off container of the new release.
one_off() {
  local service timeout command
  service=$(manifest "$RELEASE" ".$1.service")
  timeout=$(manifest "$RELEASE" ".$1.timeout")
  mapfile -t command < <(manifest "$RELEASE" ".$1.command[]")
  without_copying "$service" >"$RUN/one-off.json" || fail "the Compose file of $APP cannot be read"
  at_most "$timeout"
  if timeout --kill-after 10 "$LIMIT" "${COMPOSE[@]}" --project-name "$APP" --file "$DIR/releases/$RELEASE/compose.yaml" \
    --file "$RUN/one-off.json" run --rm --no-deps -T "$service" "${command[@]}" </dev/null 2>&1 9>&- | redacted '    | '; then
    return
  fi
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

# prepare_volumes: an empty volume or data folder is given to the user that its service runs as. Its group, which for a
# data folder is that of the deploying user, may write to it too. It comes before the migration, which may be the first
# to write there.
prepare_volumes() {
  local service id mounted
  mapfile -t mounted < <(manifest "$RELEASE" '.mounted[]')
  if [ ${#mounted[@]} -eq 0 ]; then return; fi
  make_missing "${mounted[@]}"
  for service in "${mounted[@]}"; do
    containers_for after "$service"
    for id in "${IDS[@]}"; do own_empty_mounts "$id"; done
  done
}

# own_empty_mounts ID: only for a user that is given by number, as names are the image's own.
own_empty_mounts() {
  local user image source volumes=()
  user=$(docker inspect --format '{{.Config.User}}' "$1")
  if [[ ! $user =~ ^[1-9][0-9]*(:[0-9]+)?$ ]]; then return; fi
  image=$(docker inspect --format '{{.Config.Image}}' slipway-proxy 2>/dev/null) || return 0
  while IFS= read -r source; do
    # Folders elsewhere on the host are the administrator's.
    if [[ -n $source && ($source != /* || $source == "$DIR"/*) ]]; then volumes+=(--volume "$source:/v/${#volumes[@]}"); fi
  done < <(docker inspect --format '{{range .Mounts}}{{if .RW}}{{if eq .Type "volume"}}{{println .Name}}{{else}}{{println .Source}}{{end}}{{end}}{{end}}' "$1")
  if [ ${#volumes[@]} -eq 0 ]; then return; fi
  # shellcheck disable=SC2016 # for the container's shell
  quietly docker run --rm --label "slipway.helper=$APP" --network none --user 0 --entrypoint sh "${volumes[@]}" "$image" \
    -c 'for folder in /v/*; do [ -n "$(ls -A "$folder")" ] || { chown "${0%%:*}" "$folder" && chmod g+rwx "$folder"; }; done' "$user" ||
    fail "could not give an empty volume of $APP to its user $user"
}
