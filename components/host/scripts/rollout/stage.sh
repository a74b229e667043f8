# shellcheck shell=bash
# Stage: everything that can fail without anybody noticing. The release is written beside the others and its images
# are pulled by digest, before the lock and before anything that runs is touched.
# Reads: APP, DIR, ROOT, HOME_DIR, RUN, RELEASE. Sets: INCOMING (the release as it came), CREDENTIALS (folder of the registry
# login), PULL_TOOK (milliseconds).

# receive: keeps the release that arrives on stdin (JSON, with secrets) in a private file until it is staged.
receive() {
  free_space_for "$DIR" "Nothing was changed."
  INCOMING=$DIR/.incoming.$$.$RANDOM$RANDOM CREDENTIALS=''
  cat >"$INCOMING"
  validate "$INCOMING"
}

# sweep: what a killed deployment left on this host: its release with secrets, its login to the registry.
sweep() {
  local left pid
  for left in "$ROOT"/*/.incoming.* "$ROOT"/*/run/.docker.* "$HOME_DIR"/.docker.*; do
    if [ ! -e "$left" ]; then continue; fi
    pid=${left##*/.}
    pid=${pid#*.}
    kill -0 "${pid%%.*}" 2>/dev/null || rm -rf "$left"
  done
  # What `replace` was about to write.
  for left in "$ROOT"/*/*.new.[0-9]* "$HOME_DIR"/proxy/{upstreams,routes}/*.new.[0-9]*; do
    if [ -e "$left" ]; then kill -0 "${left##*.}" 2>/dev/null || rm -f "$left"; fi
  done
}

# write_release ID: makes releases/ID from $INCOMING, whole or not at all.
write_release() {
  local id=$1 new file text sums whole=''
  make_folders "$DIR"/{releases,secrets,data,backups,logs,run}
  forget_half_written "$DIR" "$DIR"/{releases,secrets,release-files,run}
  new=$DIR/releases/.new.$$.$RANDOM$RANDOM
  mkdir "$new"
  while IFS= read -r -d '' file && IFS= read -r -d '' text; do
    if [ -z "$file" ]; then whole=$text; else printf '%s' "$text" >"$new/$file"; fi
  done < <(jq -j '(.files | to_entries[] | .key, "\u0000", .value, "\u0000"), "\u0000whole\u0000"' "$INCOMING")
  [ -n "$whole" ] || {
    rm -rf "$new"
    fail "the release sent for $APP cannot be unpacked; nothing was changed"
  }
  sums=$(cd "$new" && shopt -s dotglob && sha256sum -- *)
  if carries_files; then sums+=$'\n'$(sums_of_files); fi
  printf '%s\n' "$sums" >"$new/SHA256SUMS"
  if [ -n "${SLIPWAY_GATE:-}" ]; then : >"$new/gated"; fi
  if [ -d "$DIR/releases/$id" ]; then
    if [ "$sums" = "$(text_of "$DIR/releases/$id/SHA256SUMS")" ] && intact "$id"; then
      rm -rf "$new"
      # What an administrator has staged stays theirs.
      if [ -z "${SLIPWAY_GATE:-}" ] && is_gated "$id"; then rm -f "$DIR/releases/$id/gated"; fi
      return
    fi
    # A release whose files were changed by hand is written again and stays a rollback point.
    if [ -e "$DIR/releases/$id/confirmed" ]; then cp -p "$DIR/releases/$id/confirmed" "$new/"; fi
    mv "$DIR/releases/$id" "$new.old"
  fi
  mv "$new" "$DIR/releases/$id"
  if [ -e "$new.old" ]; then rm -rf "$new.old"; fi
}

# make_folders FOLDER…: those that are missing.
make_folders() {
  local folder missing=()
  for folder in "$@"; do
    if [ ! -d "$folder" ]; then missing+=("$folder"); fi
  done
  if [ ${#missing[@]} -gt 0 ]; then mkdir -p "${missing[@]}"; fi
}

# forget_half_written FOLDER…: what began to be written there more than an hour ago, and nobody finished.
forget_half_written() {
  if compgen -G "$1/.new.*" >/dev/null || compgen -G "$1/*/.new.*" >/dev/null; then
    find "$@" -maxdepth 1 -name '.new.*' -mmin +60 -exec rm -rf {} + 2>/dev/null || true
  fi
}

# intact ID: the release's files are what was staged, and so are the project's that go with it.
intact() { (cd "$DIR/releases/$1" 2>/dev/null && sha256sum --check --status SHA256SUMS 2>/dev/null); }

# pull_images ID: pulls what is missing, by digest, with a login that is forgotten afterwards.
pull_images() {
  local id=$1 image missing=() output
  for image in $(manifest "$id" '.images[]'); do
    engine GET "/images/$image/json" >/dev/null 2>&1 || missing+=("$image")
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  CREDENTIALS=$(mktemp -d "$DIR/run/.docker.$$.XXXXXX")
  registry_logins "$CREDENTIALS"
  for image in "${missing[@]}"; do
    output=$(DOCKER_CONFIG=$CREDENTIALS docker pull --quiet "$image" 2>&1) ||
      fail "cannot pull $image: $(last_line "$output"). $(pull_hint "$output") Nothing was changed; what ran still runs."
    printf '%s\n' "$image" >>"$DIR/images.pulled"
  done
  rm -rf "$CREDENTIALS"
}

# stage ID: used by `stage` and by `deploy`.
stage() {
  local start
  write_release "$1"
  # Compose may be asked what it makes of the release, and reads files of variables for that.
  if carries_files; then
    write_release_files
    write_secret_files readable
  fi
  read_manifest "$1"
  strategies_known "$1"
  judge "$1"
  start=$(now)
  pull_images "$1"
  PULL_TOOK=$(($(now) - start))
  if [[ $(<"$INCOMING") != *'"secretFiles":{}'* ]]; then write_secret_files; fi
}

command_stage() {
  parse_deploy stage "$@"
  check_owner
  ensure_folder
  sweep
  trap 'rm -rf "${INCOMING:-}" "${CREDENTIALS:-}"' EXIT
  receive
  stage "$RELEASE"
  if [ -n "$TOKEN" ] && [ -z "$(follow_same)" ]; then
    obtain_lock || fail_locked
    settle_before_deploying
    intact "$RELEASE" || stage "$RELEASE"
    reserve
    drop_lock
  fi
  say "$APP $(manifest "$RELEASE" .version) (release $RELEASE) is staged"
}
