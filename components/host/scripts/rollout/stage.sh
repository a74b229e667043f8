# shellcheck shell=bash
# Stage: everything that can fail without anybody noticing. The release is written beside the others and its images
# are pulled by digest, before the lock and before anything that runs is touched.
# Reads: APP, DIR, ROOT, HOME_DIR, RUN, NEW, RELEASE, FILES. Sets: PULL_TOOK (milliseconds).

# sweep: what a killed deployment left on this host: half a release; one of a version before its whole input, and its login to the
# registry.
sweep() {
  local left pid
  for left in "$ROOT"/*/.incoming.* "$ROOT"/*/run/.docker.* "$HOME_DIR"/.docker.* "$ROOT"/*/releases/.new.[0-9]*; do
    if [ ! -e "$left" ]; then continue; fi
    pid=${left##*/.}
    pid=${pid#*.}
    kill -0 "${pid%%.*}" 2>/dev/null || rm -rf "$left"
  done
  # What `replace` was about to write.
  for left in "$ROOT"/*/*.new.[0-9]* "$HOME_DIR"/proxy/{upstreams,routes,logins}/*.new.[0-9]*; do
    if [ -e "$left" ]; then kill -0 "${left##*.}" 2>/dev/null || rm -f "$left"; fi
  done
}

# write_release ID: makes releases/ID of FILES, whole or not at all.
write_release() {
  local id=$1 new=${NEW:-$DIR/releases/.new.$$.$RANDOM$RANDOM} file sums
  make_folders "$DIR"/{releases,secrets,data,backups,logs,run}
  make_folders "$new"
  for file in "${!FILES[@]}"; do printf '%s' "${FILES[$file]}" >"$new/$file"; done
  sums=$(cd "$new" && shopt -s dotglob && sha256sum -- *)
  if carries_files; then sums+=$'\n'$(sums_of_files | LC_ALL=C sort); fi
  printf '%s\n' "$sums" >"$new/SHA256SUMS"
  if [ -n "${SLIPWAY_GATE:-}" ]; then : >"$new/gated"; fi
  if [ -d "$DIR/releases/$id" ]; then
    text_of "$DIR/releases/$id/SHA256SUMS"
    if [ "$sums" = "$TEXT" ] && intact "$id"; then
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

# pull_images ID SEEN…: pulls those images, by digest, of which Docker has said nothing.
pull_images() {
  local release=$1 image
  for image in ${MANIFEST["$release.images[]"]-}; do
    shift
    if [ -n "$1" ]; then continue; fi
    pull "$image" || fail "cannot pull $image: $(last_line "$ANSWER"). $(pull_hint "$ANSWER") Nothing was changed."
    printf '%s\n' "$image" >>"$DIR/images.pulled"
  done
}

# stage ID: used by `stage` and by `deploy`.
stage() {
  local start image paths=(/info) seen
  for image in ${MANIFEST["$1.images[]"]-}; do paths+=("/images/$image/json"); done
  ask_at_once "${paths[@]}" || fail_docker
  seen=("${ANSWERS[@]}")
  field DockerRootDir "${seen[0]}"
  room_for "$1" "$FIELD"
  write_release "$1"
  # Compose may be asked what it makes of the release, and reads files of variables for that.
  if carries_files; then
    write_release_files
    write_secret_files readable
  fi
  strategies_known "$1"
  zones_known "$1"
  judge "$1"
  now
  start=$NOW
  pull_images "$1" "${seen[@]:1}"
  now
  PULL_TOOK=$((NOW - start))
  write_secret_files
}

notify_unstaged() {
  if [ $? -ne 0 ]; then notify_event "stage.$TOKEN" failure "$APP $ASKED was refused before its rollout" "${REASON:-}"; fi
}

command_stage() {
  parse_deploy stage "$@"
  check_owner
  trap notify_unstaged EXIT
  if [ -z "$(follow_same)" ]; then refuse_if_frozen; fi
  ensure_folder
  sweep
  forget_half_written "$DIR" "$DIR"/{releases,secrets,release-files,run}
  receive
  stage "$RELEASE"
  if [ -n "$TOKEN" ] && [ -z "$(follow_same)" ]; then
    obtain_lock || fail_locked
    refuse_if_frozen
    settle_before_deploying
    intact "$RELEASE" || stage "$RELEASE"
    reserve
    drop_lock
  fi
  say "$APP ${MANIFEST["$RELEASE.version"]-} (release $RELEASE) is staged"
}
