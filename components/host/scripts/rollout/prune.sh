# shellcheck shell=bash
# Pruning: the newest releases stay; an image goes only if this application brought it and nobody needs it.

# prune: keeps the N newest releases that were confirmed, and only removes images that this application brought.
prune() {
  local id kept=0 gone
  while IFS= read -r id; do
    [ "$id" = "$RELEASE" ] && continue
    kept=$((kept + 1))
    [ "$kept" -ge "$KEEP" ] || continue
    gone=$DIR/releases/.new.gone.$id
    mv "$DIR/releases/$id" "$gone"
    prune_images "$gone/manifest.json"
    rm -rf "$gone"
  done < <(find "$DIR/releases" -mindepth 2 -maxdepth 2 -name confirmed -printf '%T@ %h\n' | sort -rn | sed 's#.*/##')
  # Staged by a deployment that never got the lock.
  find "$DIR/releases" -mindepth 1 -maxdepth 1 -type d -mmin +1440 ! -name "$RELEASE" ! -exec test -e {}/confirmed \; -exec rm -rf {} +
  find "$DIR/run" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
  prune_secret_files
}

prune_images() {
  local image
  while IFS= read -r image; do
    grep -q -x -F "$image" "$DIR/images.pulled" 2>/dev/null || continue
    ! grep -q -F "\"$image\"" "$ROOT"/*/releases/*/manifest.json 2>/dev/null || continue
    # Without --force: an image that any container uses stays.
    docker rmi "$image" >/dev/null 2>&1 || continue
    grep -v -x -F "$image" "$DIR/images.pulled" >"$DIR/images.pulled.new" || true
    mv -f "$DIR/images.pulled.new" "$DIR/images.pulled"
  done < <(jq -r '.images[]' "$1")
}
