# shellcheck shell=bash
# Writers of a volume are paused while it is copied. Who pauses them holds the lock of `paused`, which says whom: if it is killed,
# the next minute lets them go on. No deployment comes between, as the application's lock is held as well.
# Reads: ROOT, APP, KEPT, SOURCE, LOCKED. Sets: descriptor 8, STILL_PAUSED.

# pause_writers: all containers of the application that run and may write to SOURCE.
pause_writers() {
  local id
  if [ -z "${LOCKED:-}" ]; then take_lock 300 "the backup $NAME" || fail "the lock of $APP was not free within 300 s ($(lock_holder)), so its volume could not be copied; take the backup again when it is"; fi
  exec 8>>"$KEPT/paused"
  flock --nonblock 8 || fail "another backup of $NAME of $APP copies its volume already; try again when it has ended"
  # Of one that was killed; nobody else knows of them.
  release_paused "$KEPT/paused"
  [ -z "$STILL_PAUSED" ] || fail "containers of $APP that an interrupted backup has paused cannot go on yet; docker ps shows them"
  : >"$KEPT/paused"
  inspected "com.docker.compose.project=$APP" || fail_docker
  mapfile -t WRITERS < <(jq -r --arg source "$SOURCE" "$USES"'select(.State.Running and (.State.Paused | not) and any(.Mounts[]?; .RW and uses($source))) | .Id' <<<"$DOCUMENTS")
  if [ ${#WRITERS[@]} -eq 0 ]; then return; fi
  printf '%s\n' "${WRITERS[@]}" >&8 && sync "$KEPT/paused"
  for id in "${WRITERS[@]}"; do
    engine POST "/containers/$id/pause" || fail "a container of $APP cannot be paused for its backup: $(short "$ANSWER" 200)"
  done
}

# release_writers: on every way out.
release_writers() {
  if [ -e "$KEPT/paused" ]; then
    release_paused "$KEPT/paused"
    if [ -z "$STILL_PAUSED" ]; then rm -f "$KEPT/paused"; fi
  fi
  exec 8>&-
  if [ -z "${LOCKED:-}" ]; then drop_lock; fi
}

# release_paused FILE: those that it names go on. Sets STILL_PAUSED where not all of them do; the next minute tries again.
release_paused() {
  local id
  STILL_PAUSED=''
  while read -r id; do
    if [[ ! $id =~ ^[0-9a-f]+$ ]] || engine POST "/containers/$id/unpause" 2>/dev/null; then continue; fi
    if [[ $ANSWER != *"o such container"* && $ANSWER != *"not paused"* ]]; then STILL_PAUSED=yes; fi
  done <"$1"
}

# release_left: of backups whose processes are gone.
release_left() {
  local file
  for file in "$ROOT"/*/.backups/*/paused; do
    if [ ! -f "$file" ]; then continue; fi
    exec 8<"$file"
    if flock --nonblock 8; then
      release_paused "$file"
      if [ -z "$STILL_PAUSED" ]; then rm -f "$file"; fi
    fi
    exec 8>&-
  done
}
