# shellcheck shell=bash
# Secrets that services, or Compose itself, read as files. Their path names their content, so a service is recreated exactly
# when its secret changes. Each file is 0600 and belongs to whoever reads it; where only a container knows that, each user of
# the container may read it, and on the host nobody else enters its folder.
# Reads: DIR, SECRET_FILES, OWNER_OF, SUM_OF, DECODED, OPEN.

# write_secret_files [readable]: those that are not there as they should be; `readable`: only those that the deploying user reads.
write_secret_files() {
  local path sum
  for path in "${!SECRET_FILES[@]}"; do
    sum=${SUM_OF[$path]-}
    if [ -n "${1:-}" ] && [ -z "$sum" ]; then continue; fi
    if [ -e "$DIR/secrets/$path" ] && { [ -z "$sum" ] || has_sum "$sum" "$DIR/secrets/$path"; }; then continue; fi
    write_secret_file "$path"
  done
}

has_sum() { sha256sum --check --status <<<"$1  $2" 2>/dev/null; }

# write_secret_file PATH: it gets its name only when it is whole and has its owner.
write_secret_file() {
  local new owner=${OWNER_OF[$1]-}
  make_folders "$DIR/secrets/${1%/*}"
  new=$(mktemp -d "$DIR/secrets/.new.XXXXXX")
  if [ -n "${DECODED[$1]-}" ]; then base64 -d <<<"${SECRET_FILES[$1]}"; else printf '%s' "${SECRET_FILES[$1]}"; fi >"$new/file" || fail_unpacked
  if [ -n "${OPEN[$1]-}" ]; then chmod 444 "$new/file"; fi
  if [ -n "$owner" ] && [ "$owner" != "$EUID" ]; then give_file "$new" "$owner" "${1##*/}"; fi
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
