# shellcheck shell=bash
# Files of the project that go with a release, in folders that are named by what is in them: a service keeps its mount as
# long as the content is the same, and each release that is kept finds its own. Beside a folder lies the list of what it
# was given (ID.sums).
# Reads: DIR, INCOMING.

# carries_files: more came along than Slipway's own files. No text within can look like these names, as its quotes are escaped.
carries_files() {
  local text
  text=$(<"$INCOMING")
  [[ $text == *'"releaseFiles":{'* || $text == *'"sha256":"'* ]]
}

# sums_of_files: what came along, as a release's SHA256SUMS lists it, seen from the folder of the release.
sums_of_files() {
  jq -r '(.releaseFiles // {} | to_entries[] | .key as $id | .value.files[] | "\(.sha256)  ../../release-files/\($id)/\(.path)"),
    (.secretFiles // {} | to_entries[] | select(.value.sha256) | "\(.value.sha256)  ../../secrets/\(.key)")' "$INCOMING" || fail_unpacked
}

write_release_files() {
  local all id list
  # Folder, digest, size, mode and path a line.
  all=$(jq -r '.releaseFiles // {} | to_entries[] | .key as $id | .value.files[]
    | [$id, .sha256, (.size | tostring), (if .executable then "755" else "644" end), .path] | join("\t")' "$INCOMING") || fail_unpacked
  for id in $(cut -f 1 <<<"$all" | sort -u); do
    list=$(grep "^$id" <<<"$all")
    if [ "$(cut -f 2,5 <<<"$list" | sed 's/\t/  /')" != "$(text_of "$DIR/release-files/$id.sums")" ] || ! files_intact "$id"; then
      write_files "$id" "$list"
    fi
  done
}

# files_intact ID: what was given is there, unchanged.
files_intact() { (cd "$DIR/release-files/$1" 2>/dev/null && sha256sum --check --status "../$1.sums" 2>/dev/null); }

# write_files ID LIST: a folder gets its name only when it is whole.
write_files() {
  local folder=$DIR/release-files/$1 new
  make_folders "$DIR/release-files"
  new=$(mktemp -d "$DIR/release-files/.new.XXXXXX")
  # At most 4 MiB, whatever comes out.
  (ulimit -f 4096 && jq -j --arg id "$1" '.releaseFiles[$id].data' "$INCOMING" | base64 -d | gzip -d >"$new.data") || fail_unpacked
  unpack_files "$new" "$2"
  rm -f "$new.data"
  cut -f 2,5 <<<"$2" | sed 's/\t/  /' | replace "$folder.sums" || fail_unpacked
  (cd "$new" && sha256sum --check --status "$folder.sums") || fail_unpacked
  if [ -d "$folder" ]; then mend_files "$new" "$folder" "$2"; else mv -T "$new" "$folder"; fi
  if [ -d "$new" ]; then rm -rf "$new"; fi
}

# unpack_files FOLDER LIST: whoever a service runs as can read them; on the host nobody else enters the folder above.
unpack_files() (
  umask 022
  at=0
  chmod 755 "$1"
  while IFS=$'\t' read -r _ _ size mode path; do
    if [[ $path == */* ]]; then mkdir -p "$1/${path%/*}"; fi
    dd if="$1.data" of="$1/$path" bs=64K iflag=skip_bytes,count_bytes skip="$at" count="$size" status=none
    if [ "$mode" = 755 ]; then chmod 755 "$1/$path"; fi
    at=$((at + size))
  done <<<"$2"
)

# mend_files NEW FOLDER LIST: what was changed is written in place, as containers have mounted it. What others put there stays.
mend_files() {
  local mode path
  while IFS=$'\t' read -r _ _ _ mode path; do
    if cmp -s "$1/$path" "$2/$path" 2>/dev/null; then continue; fi
    if [[ $path == */* ]]; then mkdir -p "$2/${path%/*}"; fi
    if [ -e "$2/$path" ] && [ ! -f "$2/$path" ]; then rm -rf "${2:?}/$path"; fi
    { cat "$1/$path" >"$2/$path"; } 2>/dev/null || cp -f "$1/$path" "$2/$path" 2>/dev/null ||
      fail "the file $2/$path was changed on this host and cannot be put right; ls -l shows who owns it. Remove it, and deploy again"
    chmod "$mode" "$2/$path" 2>/dev/null || true
  done <<<"$3"
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

# is_unnamed NAME: no release names it.
is_unnamed() {
  local code=0 files=("$DIR"/releases/*/compose.yaml)
  if [ ! -f "${files[0]}" ]; then files=(/dev/null); fi
  grep -q -s -F "$1" "${files[@]}" || code=$?
  # 1 says that nobody names it; anything else, that grep could not tell.
  [ "$code" -eq 1 ]
}
