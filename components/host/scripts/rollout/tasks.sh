# shellcheck shell=bash
# What runs once before the new release starts: backup, migration, and giving empty volumes to their users.
# Reads: APP, DIR, RUN, RELEASE.

# one_off NAME: a command of the manifest (backup, migration) as a one-off container of the new release.
one_off() {
  local service timeout command
  service=$(manifest "$RELEASE" ".$1.service")
  timeout=$(manifest "$RELEASE" ".$1.timeout")
  mapfile -t command < <(manifest "$RELEASE" ".$1.command[]")
  ready_one_off "$RELEASE" "$service"
  in_one_off "$RELEASE" "$service" "$timeout" "${command[@]}" 2>&1 | redacted '    | ' || fail_one_off "$1" "$timeout" "${command[@]}"
}

# ready_one_off RELEASE SERVICE: it comes before in_one_off.
ready_one_off() { without_copying "$@" >"$RUN/one-off.json" || fail "the Compose file of $APP cannot be read"; }

# in_one_off RELEASE SERVICE TIMEOUT WORD…: a command in a fresh container of that release.
in_one_off() {
  compose_within "$3" --file "$DIR/releases/$1/compose.yaml" --file "$RUN/one-off.json" \
    run --rm --label "slipway.helper=$APP" --no-deps -T "$2" "${@:4}" </dev/null
}

# fail_one_off NAME TIMEOUT WORD…
fail_one_off() {
  remove_one_offs
  fail "the $1 of $APP (${*:3}) failed or took longer than $2 s; $(what_ran)"
}

# what_ran: it was stopped for a migration that is not compatible, or as an adopted project that would write to the same.
what_ran() { if [ -n "${STOPS:-}" ] || [[ -n ${J[".adopted.length"]-} && -n $(manifest "$RELEASE" .adopt.exclusive) ]]; then printf 'the running release was stopped for it'; else printf 'the running release was not touched'; fi; }

# without_copying RELEASE SERVICE: the part of a Compose file that leaves an empty volume of the service to its owner. Otherwise
# Docker gives it the owner of the image's folder with each container that it makes ("nocopy",
# https://docs.docker.com/reference/compose-file/services/#long-syntax-6).
without_copying() {
  compose "$1" config --format json 2>/dev/null | jq -c --arg service "$2" '{services: {($service): {volumes:
    [.services[$service].volumes[]? | select(.type == "volume" and .source) | .volume.nocopy = true]}}}'
}

# prepare_volumes: an empty volume or data folder is given to the user that its service runs as. Its group, which for a
# data folder is that of the deploying user, may write to it too. It comes before backup and migration, which may be the
# first to write there.
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
    if [[ -n $source && $source != "$DIR"/release-files/* && ($source != /* || $source == "$DIR"/*) ]]; then volumes+=(--volume "$source:/v/${#volumes[@]}"); fi
  done < <(docker inspect --format '{{range .Mounts}}{{if .RW}}{{if eq .Type "volume"}}{{println .Name}}{{else}}{{println .Source}}{{end}}{{end}}{{end}}' "$1")
  if [ ${#volumes[@]} -eq 0 ]; then return; fi
  # shellcheck disable=SC2016 # for the container's shell
  helper --network none --user 0 --entrypoint sh "${volumes[@]}" "$image" \
    -c 'for folder in /v/*; do [ -n "$(ls -A "$folder")" ] || { chown "${0%%:*}" "$folder" && chmod g+rwx "$folder"; }; done' "$user" ||
    fail "could not give an empty volume of $APP to its user $user"
}
