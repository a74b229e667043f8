# shellcheck shell=bash
# Files of the project that go with a release, in folders that are named by what is in them: a service keeps its mount as
# long as the content is the same, and each release that is kept finds its own. Beside a folder lies the list of what it
# was given (ID.sums).
# Reads: DIR, RELEASE_FILES, LIST_OF, SECRET_FILES, SUM_OF.

# carries_files: more came along than Slipway's own files.
carries_files() { [ $((${#LIST_OF[@]} + ${#SUM_OF[@]})) -gt 0 ]; }

# sums_of_files: what came along, as a release's SHA256SUMS lists it, seen from the folder of the release.
sums_of_files() {
  local id path
  for id in "${!LIST_OF[@]}"; do sums_of "$id" "../../release-files/$id/"; done
  for path in "${!SUM_OF[@]}"; do printf '%s  ../../secrets/%s\n' "${SUM_OF[$path]}" "$path"; done
}

# sums_of ID [FOLDER/]: the files of a folder with their digests.
sums_of() {
  local sum path
  while IFS=$'\t' read -r sum _ _ path; do printf '%s  %s%s\n' "$sum" "${2-}" "$path"; done <<<"${LIST_OF[$1]}"
}

write_release_files() {
  local id
  for id in "${!LIST_OF[@]}"; do
    text_of "$DIR/release-files/$id.sums"
    if [ "$(sums_of "$id")" != "$TEXT" ] || ! files_intact "$id"; then write_files "$id"; fi
  done
}

# files_intact ID: what was given is there, unchanged.
files_intact() { (cd "$DIR/release-files/$1" 2>/dev/null && sha256sum --check --status "../$1.sums" 2>/dev/null); }

# write_files ID: a folder gets its name only when it is whole.
write_files() {
  local folder=$DIR/release-files/$1 new
  make_folders "$DIR/release-files"
  new=$(mktemp -d "$DIR/release-files/.new.XXXXXX")
  # At most 4 MiB, whatever comes out. Not by a here-document, which bash keeps in a file, with the same limit.
  printf %s "${RELEASE_FILES[$1]}" | (ulimit -f 4096 && base64 -d | gzip -d >"$new.data") || fail_unpacked
  unpack_files "$1" "$new"
  rm -f "$new.data"
  sums_of "$1" | replace "$folder.sums" || fail_unpacked
  (cd "$new" && sha256sum --check --status "$folder.sums") || fail_unpacked
  if [ -d "$folder" ]; then mend_files "$1" "$new" "$folder"; else mv -T "$new" "$folder"; fi
  if [ -d "$new" ]; then rm -rf "$new"; fi
}

# unpack_files ID FOLDER: whoever a service runs as can read them; on the host nobody else enters the folder above.
unpack_files() (
  umask 022
  at=0
  chmod 755 "$2"
  while IFS=$'\t' read -r _ size mode path; do
    if [[ $path == */* ]]; then mkdir -p "$2/${path%/*}"; fi
    dd if="$2.data" of="$2/$path" bs=64K iflag=skip_bytes,count_bytes skip="$at" count="$size" status=none
    if [ "$mode" = 755 ]; then chmod 755 "$2/$path"; fi
    at=$((at + size))
  done <<<"${LIST_OF[$1]}"
)

# mend_files ID NEW FOLDER: what was changed is written in place, as containers have mounted it. What others put there stays.
mend_files() {
  local mode path
  while IFS=$'\t' read -r _ _ mode path; do
    if cmp -s "$2/$path" "$3/$path" 2>/dev/null; then continue; fi
    if [[ $path == */* ]]; then mkdir -p "$3/${path%/*}"; fi
    if [ -e "$3/$path" ] && [ ! -f "$3/$path" ]; then rm -rf "${3:?}/$path"; fi
    { cat "$2/$path" >"$3/$path"; } 2>/dev/null || cp -f "$2/$path" "$3/$path" 2>/dev/null ||
      fail "the file $3/$path was changed on this host and cannot be put right; ls -l shows who owns it. Remove it, and deploy again"
    chmod "$mode" "$3/$path" 2>/dev/null || true
  done <<<"${LIST_OF[$1]}"
}

fail_unpacked() { fail "the release sent for $APP cannot be unpacked; df $DIR shows whether the disk is full"; }

# prune_files: what no release names any more.
prune_files() {
  local folder
  prune_secret_files
  for folder in "$DIR"/release-files/*/; do
    folder=${folder%/}
    if [ ! -d "$folder" ] || ! is_unnamed "${folder##*/}"; then continue; fi
    # What an application wrote there is data, and not removed by a deployment.
    if is_untouched "$folder"; then rm -rf "$folder" "$folder.sums"; fi
  done
}

# is_untouched FOLDER: it holds what it was given, and nothing else.
is_untouched() { files_intact "${1##*/}" && [ "$(find "$1" ! -type d | wc -l)" -eq "$(wc -l <"$1.sums")" ]; }

# is_unnamed NAME: no release names it that stays.
is_unnamed() {
  local code=0 folder files=()
  for folder in "$DIR"/releases/*/; do
    folder=${folder%/}
    if [ -d "$folder" ] && ! is_leaving "${folder##*/}"; then files+=("$folder"/{compose.yaml,manifest.json}); fi
  done
  grep -q -s -F "$1" "${files[@]:-/dev/null}" || code=$?
  # 1 says that nobody names it; anything else, that grep could not tell.
  [ "$code" -eq 1 ]
}
