# shellcheck shell=bash
# Secrets that services, or Compose itself, read as files. Their path names their content, so a service is recreated exactly
# when its secret changes. Each file is 0600 and belongs to whoever reads it; where only a container knows that, each user of
# the container may read it, and on the host nobody else enters its folder.
# Reads: DIR, INCOMING.

# write_secret_files [readable]: those that are not there as they should be; `readable`: only those that the deploying user reads.
write_secret_files() {
  local path owner open sum paths
  paths=$(jq -r '.secretFiles // {} | to_entries[]
    | "\(.key)\t\(.value.owner // "-")\t\(.value.open // false)\t\(.value.sha256 // "-")"' "$INCOMING") || fail_unpacked
  while IFS=$'\t' read -r path owner open sum; do
    if [ -z "$path" ] || { [ -n "${1:-}" ] && [ "$sum" = - ]; }; then continue; fi
    if [ -e "$DIR/secrets/$path" ] && { [ "$sum" = - ] || has_sum "$sum" "$DIR/secrets/$path"; }; then continue; fi
    write_secret_file "$path" "$owner" "$open"
  done <<<"$paths"
}

has_sum() { sha256sum --check --status <<<"$1  $2" 2>/dev/null; }

# write_secret_file PATH OWNER OPEN: it gets its name only when it is whole and has its owner.
write_secret_file() {
  local new
  mkdir -p "$DIR/secrets/$(dirname "$1")"
  new=$(mktemp -d "$DIR/secrets/.new.XXXXXX")
  if [ "$(jq -r --arg path "$1" '.secretFiles[$path].base64 // false' "$INCOMING")" = true ]; then
    jq -j --arg path "$1" '.secretFiles[$path].content' "$INCOMING" | base64 -d >"$new/file" || fail_unpacked
  else
    jq -j --arg path "$1" '.secretFiles[$path].content' "$INCOMING" >"$new/file"
  fi
  if [ "$3" = true ]; then chmod 444 "$new/file"; fi
  if [ "$2" != - ] && [ "$2" != "$(id -u)" ]; then give_file "$new" "$2" "$(basename "$1")"; fi
  mv -f "$new/file" "$DIR/secrets/$1" && rmdir "$new"
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
  local folder
  for folder in "$DIR"/secrets/*/; do
    if [ -d "$folder" ] && is_unnamed "$(basename "$folder")"; then rm -rf "$folder"; fi
  done
}
