# shellcheck shell=bash
# Pruning: the newest releases stay; an image goes only if this application brought it and nobody needs it.
# Reads: DIR, ROOT. Sets: OLD, STALE (releases), RUNS (folders), UNNEEDED (images).

OLD=() STALE=() RUNS=()

# prune RELEASE KEEP: keeps the KEEP newest releases that were confirmed, RELEASE among them, and the one before it until all is settled.
prune() {
  local id gone
  choose_old "$@"
  for id in "${OLD[@]}"; do
    gone=$DIR/releases/.new.gone.$id
    if [ -e "$gone" ]; then rm -rf "$gone"; fi
    mv -fT "$DIR/releases/$id" "$gone"
    rm -rf "$gone"
  done
  for id in "${STALE[@]}"; do rm -rf "$DIR/releases/$id"; done
  if [ ${#RUNS[@]} -gt 0 ]; then rm -rf "${RUNS[@]}"; fi
  OLD=() STALE=() RUNS=()
  prune_images
  prune_files
}

# choose_old RELEASE KEEP: sets OLD to releases that were confirmed and are kept no more, STALE to those that a deployment staged
# which never got the lock, RUNS to folders of runs that nobody reads any more.
choose_old() {
  local id kept=0 migrated folder staged=() runs
  OLD=() STALE=() RUNS=()
  migrated=$(last_migrated)
  if [ -n "${J[".before.release"]-}" ]; then kept=1; fi
  while IFS= read -r id; do
    if [ "$id" = "$1" ] || [ "$id" = "${J[".before.release"]-}" ] || [ "$id" = "$migrated" ]; then continue; fi
    kept=$((kept + 1))
    if [ "$kept" -lt "$2" ] || release_in_session "$id" || runs_a_job "$id"; then continue; fi
    OLD+=("$id")
  done < <(confirmed_releases)
  for folder in "$DIR"/releases/*/; do
    folder=${folder%/}
    if [ -d "$folder" ] && [ ! -e "$folder/confirmed" ] && [ "${folder##*/}" != "$1" ] && [ "${folder##*/}" != "$migrated" ]; then staged+=("$folder"); fi
  done
  if [ ${#staged[@]} -gt 0 ]; then mapfile -t STALE < <(find "${staged[@]}" -maxdepth 0 -mmin +1440 -printf '%f\n'); fi
  runs=("$DIR"/run/*/)
  if [ ${#runs[@]} -gt 20 ]; then mapfile -t RUNS < <(find "$DIR/run" -mindepth 1 -maxdepth 1 -type d ! -name 'session.*' -mtime +30); fi
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

# is_leaving RELEASE: chosen, and not gone yet.
is_leaving() { [[ " ${OLD[*]} ${STALE[*]} " == *" $1 "* ]]; }

# choose_images: sets UNNEEDED to those that this application brought, and that no release of any application names which stays.
choose_images() {
  local folder image files=() named='' code=0
  UNNEEDED=()
  text_of "$DIR/images.pulled"
  if [ -z "$TEXT" ]; then return; fi
  for folder in "$ROOT"/*/releases/*/; do
    folder=${folder%/}
    if [ ! -f "$folder/manifest.json" ] || { [[ $folder == "$DIR"/* ]] && is_leaving "${folder##*/}"; }; then continue; fi
    files+=("$folder/manifest.json")
  done
  named=$(grep -s -h -o -F -f "$DIR/images.pulled" -- "${files[@]:-/dev/null}") || code=$?
  # 1 says that none is named; anything else, that grep could not tell.
  if [ "$code" -gt 1 ]; then return; fi
  while IFS= read -r image; do
    if [[ $'\n'$named$'\n' != *$'\n'"$image"$'\n'* && " ${UNNEEDED[*]} " != *" $image "* ]]; then UNNEEDED+=("$image"); fi
  done <<<"$TEXT"
}

prune_images() {
  local image list=$DIR/images.pulled gone=()
  choose_images
  for image in "${UNNEEDED[@]}"; do
    # Not by force: an image that any container uses stays.
    engine DELETE "/images/$image" 2>/dev/null || [[ $ANSWER == *[Nn]"o such image"* ]] || continue
    gone+=("$image")
  done
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
