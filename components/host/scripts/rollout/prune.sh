# shellcheck shell=bash
# Pruning: the newest releases stay; an image goes only if this application brought it and nobody needs it.
# Reads: DIR, ROOT.

# prune RELEASE KEEP: keeps the KEEP newest releases that were confirmed, RELEASE among them, and the one before it until all is settled.
prune() {
  local id kept=0 gone migrated
  migrated=$(last_migrated)
  if [ -n "${J[".before.release"]-}" ]; then kept=1; fi
  while IFS= read -r id; do
    if [ "$id" = "$1" ] || [ "$id" = "${J[".before.release"]-}" ] || [ "$id" = "$migrated" ]; then continue; fi
    kept=$((kept + 1))
    if [ "$kept" -lt "$2" ]; then continue; fi
    gone=$DIR/releases/.new.gone.$id
    rm -rf "$gone"
    mv -fT "$DIR/releases/$id" "$gone"
    prune_images "$gone/manifest.json"
    rm -rf "$gone"
  done < <(confirmed_releases)
  # Staged by a deployment that never got the lock.
  find "$DIR/releases" -mindepth 1 -maxdepth 1 -type d -mmin +1440 ! -name "$1" ! -name "${migrated:-none}" ! -exec test -e {}/confirmed \; -exec rm -rf {} +
  find "$DIR/run" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
  prune_secret_files
}

# confirmed_releases: those that are kept, the newest first: by the number that each was given, before that by the time.
confirmed_releases() {
  local file number
  while read -r file; do
    number=0
    if [ -s "$file" ]; then read -r number <"$file"; fi
    file=${file%/confirmed}
    printf '%s %s\n' "$number" "${file##*/}"
  done < <(find "$DIR/releases" -mindepth 2 -maxdepth 2 -name confirmed -printf '%T@ %p\n' | sort -rn | sed 's/^[^ ]* //') |
    sort -s -rn -k1,1 | sed 's/.* //'
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
