# shellcheck shell=bash
# Pruning by hand: what a deployment removes at its end (rollout/prune.sh), told before it is done, or done now.
# Reads: APP, DIR, ROOT, PLAN. Sets: RELEASE, KEEP.

# prune APP [--plan]: as JSON what it removes, or has removed, and what it keeps, and why.
command_prune() {
  local before=''
  use_application "${1:-}"
  parse_options prune "${@:2}"
  RELEASE=$(deployed release)
  [ -n "$RELEASE" ] || fail "no release of $APP is deployed on this host"
  KEEP=$(deployed keep)
  KEEP=${KEEP:-5}
  if [ -n "$PLAN" ]; then
    # What a deployment that is under way may go back to stays.
    read_journal || true
    verdicts | told_as_json ''
    return
  fi
  take_lock 0 "prune by hand: $(id -un)" || fail_locked
  [ ! -f "$DIR/rollout.json" ] || fail "what an interrupted deployment of $APP left on this host is not settled yet; slipway recover $APP settles it. Nothing was removed."
  RELEASE=$(deployed release)
  before=$(verdicts)
  (prune "$RELEASE" "$KEEP")
  verdicts | told_as_json "$before"
  drop_lock
}

# told_as_json BEFORE: of the verdicts on stdin; and what there was to remove before, and is not there now.
told_as_json() {
  jq -cRs --arg application "$APP" --arg release "$RELEASE" --arg keep "$KEEP" --arg before "$1" '
    def verdicts: split("\n") | map(select(. != "") | split("\t")
      | {verdict: .[0], kind: .[1], name: .[2], bytes: (.[3] | tonumber? // 0), why: .[4]});
    def of($verdict): map(select(.verdict == $verdict) | {kind, name, bytes} + if .why == "" then {} else {why} end);
    verdicts as $now | ($now | map([.kind, .name])) as $there
    | {application: $application, release: $release, keep: ($keep | tonumber), removes: ($now | of("removes")), keeps: ($now | of("keeps"))}
      + if $before == "" then {} else
        {removed: ($before | verdicts | map(select([.kind, .name] as $one | $there | index([$one]) | not)) | of("removes"))} end'
}

# verdicts: a line for each thing: removes or keeps, its kind, its name, bytes, and why it is kept. Reads only.
verdicts() {
  local paths=() bytes path
  local -A SIZE=()
  choose_old "$RELEASE" "$KEEP"
  choose_images
  for path in "$DIR"/{releases,release-files,secrets,run}/*/; do
    if [ -d "$path" ]; then paths+=("${path%/}"); fi
  done
  while IFS=$'\t' read -r bytes path; do SIZE[$path]=$bytes; done < <(du -s -B1 -- "${paths[@]:-/dev/null}" 2>/dev/null)
  verdicts_of_releases
  verdicts_of_images
  verdicts_of_folders release-files files
  verdicts_of_folders secrets secrets
  verdicts_of_runs
}

# verdict removes|keeps KIND NAME BYTES WHY
verdict() { printf '%s\t%s\t%s\t%s\t%s\n' "$@"; }

verdicts_of_releases() {
  local folder id why migrated
  migrated=$(last_migrated)
  for folder in "$DIR"/releases/*/; do
    folder=${folder%/} id=${folder##*/}
    if [ ! -d "$folder" ]; then continue; fi
    if is_leaving "$id"; then
      verdict removes release "$id" "${SIZE[$folder]-0}" ''
      continue
    fi
    if [ "$id" = "$RELEASE" ]; then
      why="it serves"
    elif [ "$id" = "${J[".before.release"]-}" ] || [ "$id" = "${J[".release"]-}" ]; then
      why="a deployment is under way"
    elif [ ! -e "$folder/confirmed" ]; then
      why="it was staged less than a day ago"
    elif [ "$id" = "$migrated" ]; then
      why="its migration was applied last, and only it can take that back"
    elif release_in_session "$id"; then
      why="a command runs in it"
    else
      why="it is one of the newest $KEEP, to which a rollback can go (keepReleases)"
    fi
    verdict keeps release "$id" "${SIZE[$folder]-0}" "$why"
  done
}

# verdicts_of_images: of those that this application brought, as far as Docker has them. One in use stays, as Docker does not
# remove it either.
verdicts_of_images() {
  local image images=() paths=() used index=0 id
  text_of "$DIR/images.pulled"
  while IFS= read -r image; do
    if [[ -n $image && " ${images[*]} " != *" $image "* ]]; then images+=("$image") paths+=("/images/$image/json"); fi
  done <<<"$TEXT"
  if [ ${#images[@]} -eq 0 ]; then return; fi
  ask_at_once "/containers/json?all=true" "${paths[@]}" || fail_docker
  used=${ANSWERS[0]}
  for image in "${images[@]}"; do
    index=$((index + 1))
    if [ -z "${ANSWERS[index]}" ]; then continue; fi
    field Id "${ANSWERS[index]}"
    id=$FIELD
    field Size "${ANSWERS[index]}"
    if [[ " ${UNNEEDED[*]} " != *" $image "* ]]; then
      verdict keeps image "$image" "$FIELD" "a release names it that is kept"
    elif [[ $used == *"\"ImageID\":\"$id\""* ]]; then
      verdict keeps image "$image" "$FIELD" "a container uses it"
    else
      verdict removes image "$image" "$FIELD" ''
    fi
  done
}

# verdicts_of_folders FOLDER KIND: what goes with releases, in folders that are named by their content.
verdicts_of_folders() {
  local folder
  for folder in "$DIR/$1"/*/; do
    folder=${folder%/}
    if [ ! -d "$folder" ]; then continue; fi
    if ! is_unnamed "${folder##*/}"; then
      verdict keeps "$2" "${folder##*/}" "${SIZE[$folder]-0}" "a release names it that is kept"
    elif [ "$1" = release-files ] && ! is_untouched "$folder"; then
      verdict keeps "$2" "${folder##*/}" "${SIZE[$folder]-0}" "it holds more than it was given, which may be data"
    else
      verdict removes "$2" "${folder##*/}" "${SIZE[$folder]-0}" ''
    fi
  done
}

verdicts_of_runs() {
  local folder
  for folder in "$DIR"/run/*/; do
    folder=${folder%/}
    if [ ! -d "$folder" ] || [[ ${folder##*/} == session.* ]]; then continue; fi
    if [[ " ${RUNS[*]} " == *" $folder "* ]]; then
      verdict removes run "${folder##*/}" "${SIZE[$folder]-0}" ''
    else
      verdict keeps run "${folder##*/}" "${SIZE[$folder]-0}" "it is one of the last 20, or younger than 30 days"
    fi
  done
}
