# shellcheck shell=bash
# Stage: everything that can fail without anybody noticing. The release is written beside the others and its images
# are pulled by digest, before the lock and before anything that runs is touched.

# receive: keeps the release that arrives on stdin (JSON, with secrets) in a private file until it is staged.
receive() {
  free_space_for "$DIR"
  INCOMING=$(mktemp "$DIR/.incoming.$$.XXXXXX")
  CREDENTIALS=''
  cat >"$INCOMING"
  # Slurped, as jq is content with no document at all.
  jq -es 'length == 1 and (.[0].files | has("compose.yaml") and has("manifest.json") and has(".env"))' "$INCOMING" >/dev/null 2>&1 ||
    fail "the release sent for $APP is incomplete; the connection may have broken off. Nothing was changed."
  # Whoever may only deploy must not write elsewhere by a file's name.
  jq -e '(.files | keys - [".env", "compose.yaml", "manifest.json", "route.caddy"] == [])
    and (.secretFiles // {} | keys | all(test("^[0-9a-f]+/[A-Za-z0-9_]+$")))' "$INCOMING" >/dev/null ||
    fail "the release sent for $APP has a file whose name is not one of Slipway's; nothing was changed"
}

# sweep: what a killed deployment left on this host: its release with secrets, its login to the registry.
sweep() {
  local left pid
  for left in "$ROOT"/*/.incoming.* "$ROOT"/*/run/.docker.*; do
    [ -e "$left" ] || continue
    pid=${left##*/.}
    pid=${pid#*.}
    kill -0 "${pid%%.*}" 2>/dev/null || rm -rf "$left"
  done
}

# write_release ID: makes releases/ID from $INCOMING, whole or not at all.
write_release() {
  local id=$1 new file text sums
  mkdir -p "$DIR"/{releases,secrets,data,backups,logs,run}
  find "$DIR" "$DIR/releases" "$DIR/secrets" "$DIR/run" -maxdepth 1 -name '.new.*' -mmin +60 -exec rm -rf {} +
  new=$(mktemp -d "$DIR/releases/.new.XXXXXX")
  while IFS= read -r -d '' file && IFS= read -r -d '' text; do
    printf '%s' "$text" >"$new/$file"
  done < <(jq -j '.files | to_entries[] | .key, "\u0000", .value, "\u0000"' "$INCOMING")
  sums=$(cd "$new" && find . -maxdepth 1 -type f -printf '%f\n' | LC_ALL=C sort | xargs sha256sum)
  printf '%s\n' "$sums" >"$new/SHA256SUMS"
  if [ -d "$DIR/releases/$id" ]; then
    cmp -s "$new/SHA256SUMS" "$DIR/releases/$id/SHA256SUMS" && intact "$id" && {
      rm -rf "$new"
      return
    }
    # A release whose files were changed by hand is written again and stays a rollback point.
    [ ! -e "$DIR/releases/$id/confirmed" ] || cp -p "$DIR/releases/$id/confirmed" "$new/"
    mv "$DIR/releases/$id" "$new.old"
  fi
  mv "$new" "$DIR/releases/$id"
  rm -rf "$new.old"
}

# intact ID: the release's files are what was staged.
intact() { (cd "$DIR/releases/$1" 2>/dev/null && sha256sum --check --status SHA256SUMS 2>/dev/null); }

# write_secret_files: secrets that services read as files. Their path names their content, so a service is
# recreated exactly when its secret changes; each file is 0600 and belongs to the user that reads it.
write_secret_files() {
  local path owner new
  while IFS=$'\t' read -r path owner; do
    [ -e "$DIR/secrets/$path" ] && continue
    mkdir -p "$DIR/secrets/$(dirname "$path")"
    # Only whole, and with its owner, does it get its name.
    new=$(mktemp -d "$DIR/secrets/.new.XXXXXX")
    jq -j --arg path "$path" '.secretFiles[$path].content' "$INCOMING" >"$new/file"
    [ "$owner" = "$(id -u)" ] || give_file "$new" "$owner" "$(basename "$path")"
    mv -f "$new/file" "$DIR/secrets/$path" && rmdir "$new"
  done < <(jq -r '.secretFiles // {} | to_entries[] | "\(.key)\t\(.value.owner)"' "$INCOMING")
}

# give_file FOLDER OWNER NAME: only root may give a file away; a container is root.
give_file() {
  local image
  image=$(docker inspect --format '{{.Config.Image}}' slipway-proxy 2>/dev/null) ||
    fail "the secret file $3 must belong to user $2, which needs the proxy's image on this host; enable the proxy, or pass the secret as an environment variable"
  quietly docker run --rm --network none --user 0 --entrypoint chown --volume "$1:/s" "$image" "$2:$2" /s/file ||
    fail "could not give the secret file $3 to user $2"
}

# pull_images ID: pulls what is missing, by digest, with a login that is forgotten afterwards.
pull_images() {
  local id=$1 image missing=() output
  while IFS= read -r image; do
    docker image inspect "$image" >/dev/null 2>&1 || missing+=("$image")
  done < <(manifest "$id" '.images[]')
  [ ${#missing[@]} -gt 0 ] || return 0
  CREDENTIALS=$(mktemp -d "$DIR/run/.docker.$$.XXXXXX")
  registry_logins "$CREDENTIALS"
  for image in "${missing[@]}"; do
    # Docker's own word when it fails is the cause; the hint says which of the usual ones it is.
    output=$(DOCKER_CONFIG=$CREDENTIALS docker pull --quiet "$image" 2>&1) ||
      fail "cannot pull $image: $(tail -n 1 <<<"$output"). $(pull_hint "$output") Nothing was changed; what ran still runs."
    printf '%s\n' "$image" >>"$DIR/images.pulled"
  done
  rm -rf "$CREDENTIALS"
}

registry_logins() {
  local server username password output
  while IFS= read -r -d '' server && IFS= read -r -d '' username && IFS= read -r -d '' password; do
    # The shell's own printf: the password is never an argument of a process.
    output=$(printf '%s' "$password" | DOCKER_CONFIG=$1 docker login --username "$username" --password-stdin "$server" 2>&1) ||
      fail "cannot log in to $server: $(grep -v -i warning <<<"$output" | tail -n 1). $(pull_hint "$output") Nothing was changed; what ran still runs."
  done < <(jq -j '.registries // [] | .[] | .server, "\u0000", .username, "\u0000", .password, "\u0000"' "$INCOMING")
}

pull_hint() {
  case $1 in
    *'no space left'*) printf 'The disk is full: free some space on this host (docker system df shows what uses it).' ;;
    *unauthorized* | *denied* | *'401'*) printf 'The registry refuses the login: check slipway:registries (username and password).' ;;
    *'not found'* | *'manifest unknown'*) printf 'The image is not in the registry (any more).' ;;
    *'connection refused'* | *'no such host'* | *'timeout'* | *'no route'*) printf 'The registry does not answer: is it up, and reachable from this host?' ;;
    *) printf 'See docs/operations.md, "cannot pull".' ;;
  esac
}

# stage ID: used by `stage` and by `deploy`.
stage() {
  write_release "$1"
  read_manifest "$1"
  [ "$(manifest "$1" .release)" = "$1" ] || fail "release $1 does not carry its own name; send it again"
  local start
  start=$(now)
  pull_images "$1"
  PULL_TOOK=$(($(now) - start))
  write_secret_files
}

command_stage() {
  parse_deploy "$@"
  ensure_folder
  sweep
  trap 'rm -rf "${INCOMING:-}" "${CREDENTIALS:-}"' EXIT
  receive
  stage "$RELEASE"
  say "$APP $(manifest "$RELEASE" .version) (release $RELEASE) is staged"
}
