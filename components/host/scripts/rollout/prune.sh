# shellcheck shell=bash
# Pruning: the newest releases stay; an image goes only if this application brought it and nobody needs it.
# Reads: DIR, ROOT.

# prune RELEASE KEEP: keeps the KEEP newest releases that were confirmed, RELEASE among them, and the one before it until all is settled.
prune() {
  local id kept=0 gone migrated folder old=()
  migrated=$(last_migrated)
  if [ -n "${J[".before.release"]-}" ]; then kept=1; fi
  while IFS= read -r id; do
    if [ "$id" = "$1" ] || [ "$id" = "${J[".before.release"]-}" ] || [ "$id" = "$migrated" ]; then continue; fi
    kept=$((kept + 1))
    if [ "$kept" -lt "$2" ] || runs_a_job "$id"; then continue; fi
    gone=$DIR/releases/.new.gone.$id
    if [ -e "$gone" ]; then rm -rf "$gone"; fi
    mv -fT "$DIR/releases/$id" "$gone"
    prune_images "$gone/manifest.json"
    rm -rf "$gone"
  done < <(confirmed_releases)
  # Staged by a deployment that never got the lock; and what nobody reads any more of a run.
  for folder in "$DIR"/releases/*/; do
    if [ ! -e "$folder/confirmed" ] && [[ $folder != */"$1"/ && $folder != */"${migrated:-none}"/ ]]; then old+=("$folder"); fi
  done
  if [ ${#old[@]} -gt 0 ]; then find "${old[@]}" -maxdepth 0 -mmin +1440 -exec rm -rf {} +; fi
  old=("$DIR"/run/*/)
  if [ ${#old[@]} -gt 20 ]; then find "$DIR/run" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +; fi
  prune_files
}

# runs_a_job RELEASE: one that began before keeps its files and its image until it has ended.
runs_a_job() {
  local file
  for file in "$DIR"/.jobs/*/running; do
    text_of "$file"
    if [[ $TEXT == *"\"release\":\"$1\""* ]]; then return; fi
  done
  return 1
}

# confirmed_releases: those that are kept, the newest first: by the number that each was given, before that by the time.
confirmed_releases() {
  local file number at files=() numbers=()
  for file in "$DIR"/releases/*/confirmed; do
    if [ ! -f "$file" ]; then continue; fi
    read -r number <"$file" || number=0
    if [[ ! $number =~ ^[0-9]{1,9}$ ]]; then number=0; fi
    at=${#files[@]}
    while [ "$at" -gt 0 ] && is_newer "$number" "$file" "${numbers[at - 1]}" "${files[at - 1]}"; do
      files[at]=${files[at - 1]} numbers[at]=${numbers[at - 1]} at=$((at - 1))
    done
    files[at]=$file numbers[at]=$number
  done
  for file in "${files[@]}"; do
    file=${file%/confirmed}
    printf '%s\n' "${file##*/}"
  done
}

# is_newer NUMBER FILE THAN FILE
is_newer() { [ "$1" -gt "$3" ] || { [ "$1" -eq "$3" ] && [ "$2" -nt "$4" ]; }; }

# prune_images MANIFEST: those of a release that is gone.
prune_images() {
  local image list=$DIR/images.pulled gone=()
  text_of "$list"
  while IFS= read -r image; do
    if [[ $'\n'$TEXT$'\n' != *$'\n'"$image"$'\n'* ]]; then continue; fi
    if grep -q -F "\"$image\"" "$ROOT"/*/releases/*/manifest.json 2>/dev/null; then continue; fi
    # Not by force: an image that any container uses stays.
    engine DELETE "/images/$image" 2>/dev/null || continue
    gone+=("$image")
  done < <(jq -r '.images[]' "$1")
  if [ ${#gone[@]} -eq 0 ]; then return; fi
  # Read again, as another deployment may have pulled one.
  text_of "$list"
  TEXT=$'\n'$TEXT$'\n'
  for image in "${gone[@]}"; do
    while [[ $TEXT == *$'\n'"$image"$'\n'* ]]; do TEXT=${TEXT/$'\n'"$image"$'\n'/$'\n'}; done
  done
  printf '%s' "${TEXT#$'\n'}" >"$list.new"
  mv -f "$list.new" "$list"
}
