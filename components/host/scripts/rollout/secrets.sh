# shellcheck shell=bash
# Secrets that services read as files. Their path names their content, so a service is recreated exactly when its secret
# changes; each file is 0600 and belongs to the user that reads it.
# Reads: DIR, INCOMING.

write_secret_files() {
  local path owner new paths
  paths=$(jq -r '.secretFiles // {} | to_entries[] | "\(.key)\t\(.value.owner)"' "$INCOMING") || fail "the release sent for $APP cannot be unpacked; nothing was changed"
  while IFS=$'\t' read -r path owner; do
    if [ -z "$path" ] || [ -e "$DIR/secrets/$path" ]; then continue; fi
    mkdir -p "$DIR/secrets/$(dirname "$path")"
    # It gets its name only when it is whole and has its owner.
    new=$(mktemp -d "$DIR/secrets/.new.XXXXXX")
    jq -j --arg path "$path" '.secretFiles[$path].content' "$INCOMING" >"$new/file"
    if [ "$owner" != "$(id -u)" ]; then give_file "$new" "$owner" "$(basename "$path")"; fi
    mv -f "$new/file" "$DIR/secrets/$path" && rmdir "$new"
  done <<<"$paths"
}

# give_file FOLDER OWNER NAME: only root may give a file away; a container is root.
give_file() {
  local image
  image=$(docker inspect --format '{{.Config.Image}}' slipway-proxy 2>/dev/null) ||
    fail "the secret file $3 must belong to user $2, which needs the proxy's image on this host; enable the proxy, or pass the secret as an environment variable"
  helper --network none --user 0 --entrypoint chown --volume "$1:/s" "$image" "$2:$2" /s/file ||
    fail "could not give the secret file $3 to user $2"
}

prune_secret_files() {
  local folder code files=("$DIR"/releases/*/compose.yaml)
  if [ ! -f "${files[0]}" ]; then files=(/dev/null); fi
  for folder in "$DIR"/secrets/*/; do
    if [ ! -d "$folder" ]; then continue; fi
    code=0
    grep -q -s -F "$(basename "$folder")" "${files[@]}" || code=$?
    # 1 says that nobody names it; anything else, that grep could not tell.
    if [ "$code" -eq 1 ]; then rm -rf "$folder"; fi
  done
}
