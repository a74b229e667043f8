# shellcheck shell=bash
# Pruning: the newest releases stay; an image goes only if this application brought it and nobody needs it.
# Reads: DIR, ROOT, RELEASE, KEEP.

# prune: keeps the KEEP newest releases that were confirmed.
prune() {
  local id kept=0 gone
  while IFS= read -r id; do
    if [ "$id" = "$RELEASE" ]; then continue; fi
    kept=$((kept + 1))
    if [ "$kept" -lt "$KEEP" ]; then continue; fi
    gone=$DIR/releases/.new.gone.$id
    mv "$DIR/releases/$id" "$gone"
    prune_images "$gone/manifest.json"
    rm -rf "$gone"
  done < <(confirmed_releases)
  # Staged by a deployment that never got the lock.
  find "$DIR/releases" -mindepth 1 -maxdepth 1 -type d -mmin +1440 ! -name "$RELEASE" ! -exec test -e {}/confirmed \; -exec rm -rf {} +
  find "$DIR/run" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
  prune_secret_files
}

# confirmed_releases: those that are kept, the newest first.
confirmed_releases() {
  find "$DIR/releases" -mindepth 2 -maxdepth 2 -name confirmed -printf '%T@ %h\n' | sort -rn | sed 's#.*/##'
}

# prune_images MANIFEST: those of a release that is gone.
prune_images() {
  local image
  while IFS= read -r image; do
    if ! grep -q -x -F "$image" "$DIR/images.pulled" 2>/dev/null; then continue; fi
    if grep -q -F "\"$image\"" "$ROOT"/*/releases/*/manifest.json 2>/dev/null; then continue; fi
    # Without --force: an image that any container uses stays.
    docker rmi "$image" >/dev/null 2>&1 || continue
    grep -v -x -F "$image" "$DIR/images.pulled" >"$DIR/images.pulled.new" || true
    mv -f "$DIR/images.pulled.new" "$DIR/images.pulled"
  done < <(jq -r '.images[]' "$1")
}
