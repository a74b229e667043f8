# shellcheck shell=bash
# Migrations and the way back past them. `migration.json` holds what was applied to the data here, in its order:
#   {"applied": [{release, version, none?, doubt?, revision?}]}
# none: it has no migration, only its place in that order; doubt: `up` or `down` was begun, and nobody knows that it ended
# well; revision: what its schema was taken back to. A release that is above another one there is newer than that.
# Reads: APP, DIR, RUN, RELEASE, NO_MIGRATION, J. Sets: WAY (up, down, or nothing that runs), LAST (the newest release whose
# migration was applied), LAST_VERSION, DOWN (words that take its schema back), REVISION, STOPS, UNDO.

# plan_migration: decides what runs, before anything is touched; what does not get along with it is stopped.
plan_migration() {
  local doubt apart stays way
  WAY='' STOPS=''
  if [ -n "${NO_MIGRATION:-}" ] || ! migrations_here; then return; fi
  applied >"$RUN/applied" || fail "$DIR/migration.json cannot be read, so nobody knows which migrations were applied; once you have removed it, the rollback points tell. The running release was not touched."
  {
    read -r way
    read -r LAST
    read -r LAST_VERSION
    read -r doubt
    read -r apart
    read -r stays
  } < <(of_applied "$DECIDE")
  if [ -n "$doubt" ]; then
    say "the migration of release $LAST ($LAST_VERSION) was begun and did not end well, or nobody knows how it ended: the schema may be between two versions"
  fi
  case $way in
    up) WAY=up ;;
    back) plan_down "$doubt" "$apart" "$stays" ;;
    new) if [ -f "$DIR/migration.json" ]; then write_applied "$PLACE" || true; fi ;;
  esac
  if [ "$WAY" = up ] && [ "$(manifest "$RELEASE" .migration.compatible)" = false ]; then STOPS=yes; fi
  if [ -z "$STOPS" ] || [ -z "${J[".before.services@"]-}" ]; then
    STOPS=''
    return
  fi
  plan_undo
  step hold stop_before
}

# migrations_here: some release on this host has one; all others cost nothing.
migrations_here() {
  local file
  if [ -f "$DIR/migration.json" ]; then return; fi
  for file in "$DIR"/releases/*/manifest.json; do
    text_of "$file"
    if [[ $TEXT == *'"migration":'* ]]; then return; fi
  done
  return 1
}

# The list in migration.json; nothing where it is none.
APPLIED='.applied | select(type == "array" and all(.[]; (.release | type) == "string" and (.version | type) == "string"))'

# applied: the list, as it is written down; before it ever was, as the rollback points tell.
applied() {
  if [ -f "$DIR/migration.json" ]; then
    jq -ce "$APPLIED" "$DIR/migration.json" 2>/dev/null
    return
  fi
  confirmed_releases | while read -r id; do
    jq -c '{release, version} + if .migration then {} else {none: true} end' "$DIR/releases/$id/manifest.json"
  done | jq -cs 'reduce reverse[] as $one ([]; map(select(.version != $one.version)) + [$one])'
}

# of_applied PROGRAM: what a jq program makes of the list as it was when this deployment began.
of_applied() {
  jq -r --arg release "$RELEASE" --arg version "$(manifest "$RELEASE" .version)" --arg before "${J[".before.version"]-}" \
    --arg confirmed "${J[".after.confirmed"]-}" --arg migrates "$(manifest "$RELEASE" .migration)" --arg revision "${REVISION:-}" \
    "$POSITIONS$1" "$RUN/applied"
}

# shellcheck disable=SC2016 # jq's variables
POSITIONS='
  def place($of): [to_entries[] | select(.value.version == $of) | .key][-1];
  . as $all | ([to_entries[] | select(.value.none | not) | .key][-1]) as $top | place($version) as $place
  | (if $top then $all[$top] else {} end) as $last
  | '

# A line each: way, newest release and its version, its doubt, whether what runs needs none of what is newer than the release, and
# what that is.
# shellcheck disable=SC2016
DECIDE='(if $top and $place and $place < $top then "back"
    elif $migrates != "" and ($top == null or $place != $top or $confirmed != "true" or $last.doubt) then "up"
    elif $place == null then "new" else "" end),
  $last.release // "", $last.version // "", $last.doubt // "",
  (if $place and place($before) and place($before) <= $place then "apart" else "" end),
  ([$all | to_entries[] | select(.key > ($place // -1) and (.value.none | not)) | "release \(.value.release) (\(.value.version))"] | join(", "))'

# plan_down DOUBT APART STAYS: the newer release takes its schema back, if it can. One that may have been taken back already
# does so only if it is told how far.
plan_down() {
  local word words=() told=''
  if [ -f "$DIR/releases/$LAST/manifest.json" ] && intact "$LAST"; then mapfile -t words < <(manifest "$LAST" '.migration.down[]'); fi
  if [[ ${words[*]-} == *'{revision}'* ]]; then told=yes; fi
  if [ ${#words[@]} -eq 0 ] || [[ -n $1 && -z $told ]]; then
    say "what newer migrations changed stays, as nothing takes it back (migration.down): $3"
    return
  fi
  WAY=down REVISION='' DOWN=()
  if [ -n "$told" ]; then REVISION=$(revision_of "$RELEASE"); fi
  for word in "${words[@]}"; do DOWN+=("${word//'{revision}'/"$REVISION"}"); done
  # What runs needs the schema that is taken away.
  if [ -z "$2" ] || [ "$(manifest "$LAST" .migration.compatible)" = false ]; then STOPS=yes; fi
}

# revision_of RELEASE: the first word of the last line that its command prints.
revision_of() {
  local command output
  mapfile -t command < <(manifest "$1" '.migration.revision[]')
  [ ${#command[@]} -gt 0 ] ||
    fail "release $1 of $APP does not tell the revision of its schema, to which release $LAST ($LAST_VERSION) has to take it back; declare migration.revision and deploy that version again. The running release was not touched."
  ready_one_off "$1" "$(manifest "$1" .migration.service)"
  output=$(in_one_off "$1" "$(manifest "$1" .migration.service)" "$(manifest "$1" .migration.timeout)" "${command[@]}" 2> >(redacted '    | ' >&2)) || {
    remove_one_offs
    fail "the revision of $APP (${command[*]}) failed; the running release was not touched"
  }
  read -r output _ <<<"$(last_line "$output" 4001)" || true
  [[ ${#output} -le 4000 && $output =~ ^[A-Za-z0-9_.:@+/][A-Za-z0-9_.:@+/-]*$ ]] ||
    fail "the command for the revision of $APP (${command[*]}) prints no revision, but $(printf '%q' "$(short "$output" 100)"); the running release was not touched"
  printf '%s' "$output"
}

# plan_undo: what makes the release before work again, if this one fails.
plan_undo() {
  local command=() before=${J[".before.release"]} told
  if [ -n "$(manifest "$RELEASE" '.backup.restore[]')" ]; then
    mapfile -t command < <(manifest "$RELEASE" '.backup.restore[]')
    undo restore "$RELEASE" .backup "${command[@]}"
  elif [ "$WAY" = down ]; then
    if [ -z "$before" ] || [ -z "$(manifest "$before" .migration)" ]; then before=$LAST; fi
    mapfile -t command < <(manifest "$before" '.migration.command[]')
    undo migration "$before" .migration "${command[@]}"
  else
    mapfile -t command < <(manifest "$RELEASE" '.migration.down[]')
    if [[ ${command[*]-} == *'{revision}'* ]]; then
      if [ -n "$before" ] && [ -n "$(manifest "$before" '.migration.revision[]')" ]; then
        told=$(revision_of "$before")
        command=("${command[@]//'{revision}'/"$told"}")
      else
        command=()
      fi
    fi
    undo "${command:+downgrade}" "$RELEASE" .migration "${command[@]}"
  fi
}

# undo WHAT RELEASE PART WORD…: sets UNDO, for the journal; without words nothing can be done.
undo() {
  UNDO=$(printf '%s\n' "${@:4}" | jq -Rcn --arg what "$1" --arg release "$2" --arg service "$(manifest "$2" "$3.service")" \
    --arg timeout "$(manifest "$2" "$3.timeout")" --slurpfile applied "$RUN/applied" \
    '{what: $what, release: $release, service: $service, timeout: $timeout, command: [inputs], applied: $applied[0]}')
}

# stop_before: the own services of what runs, with their requests held. A backup that comes afterwards has all that they wrote.
stop_before() {
  local service id ids
  on_this_side before
  for service in "${SERVICES[@]}"; do hold_service "$service"; done
  for service in "${SERVICES[@]}"; do
    containers_for before "$service"
    ids=("${IDS[@]}")
    for id in "${ids[@]}"; do stop_old "$service" "$id"; done
  done
}

# back_up: not where a backup waits to be restored, of what is there now.
back_up() {
  if [ -n "${J[".undo.what"]-}" ] && [ "${J[".undo.done"]-}" != true ]; then
    say "the backup of $APP is not made again, as the last one has not been restored yet"
    return
  fi
  one_off backup
}

migrate() {
  local service timeout BESIDE
  case $WAY in
    up)
      begin_migration '.[$place // length] |= ({release: $release, version: $version} + . + {doubt: "up"})'
      one_off migration
      end_migration '.[$place // length] = {release: $release, version: $version} | map(del(.doubt))'
      ;;
    down)
      BESIDE=$LAST service=$(manifest "$LAST" .migration.service) timeout=$(manifest "$LAST" .migration.timeout)
      begin_migration '.[$top].doubt = "down"'
      ready_one_off "$LAST" "$service"
      in_one_off "$LAST" "$service" "$timeout" "${DOWN[@]}" 2>&1 | redacted '    | ' || fail_one_off downgrade "$timeout" "${DOWN[@]}"
      # Told how far, it is at the release; else one step nearer.
      end_migration 'if $revision == "" then del(.[$top]) else .[:$place + 1] | .[$place].revision = $revision end | map(del(.doubt))'
      ledger migration down "$LAST" "$LAST_VERSION" '' || true
      ;;
  esac
}

# begin_migration PROGRAM: from here on the data may be changed; whoever comes after a kill reads that, and how to undo it.
begin_migration() {
  if [ -n "$STOPS" ]; then
    jq -c --argjson undo "$UNDO" 'if .undo and (.undo.done | not) then . else .undo = $undo end' "$DIR/rollout.json" | replace "$DIR/rollout.json" || fail_migration
    read_journal || fail_journal
  fi
  write_applied "$1" || fail_migration
}

end_migration() { write_applied "$1" || fail_migration; }

# write_applied PROGRAM: what a jq program makes of the list as it was.
write_applied() { of_applied "$1 | {applied: .[-500:]} | tojson" | replace "$DIR/migration.json"; }

PLACE='. + [{release: $release, version: $version, none: true}]'

fail_migration() { fail "what is migrated cannot be written down; df $DIR shows whether the disk is full"; }

# last_migrated: the newest release whose migration was applied; it may be asked to take it back.
last_migrated() {
  if [ -f "$DIR/migration.json" ]; then jq -r '[.applied[] | select(.none | not)][-1].release // empty' "$DIR/migration.json" 2>/dev/null || true; fi
}

# undo_migration SIDE: before the release before starts again. What the new one had confirmed is not thrown away by a restore.
undo_migration() {
  local what=${J[".undo.what"]-} release=${J[".undo.release"]-} command BESIDE=''
  if [ "$1" = after ] || [ -z "${J[".undo"]-}" ] || [ "${J[".undo.done"]-}" = true ]; then return; fi
  if [ -z "$what" ] || [ "${J[".phase"]}" = back ]; then
    say "the schema of $APP may have changed, which cannot be restored by itself: ${J[".before.version"]} may not work with it. Restore a backup by hand, or deploy a version that works with it"
    return
  fi
  names '.undo.command@'
  command=("${NAMES[@]}")
  BESIDE=$release
  ready_one_off "$release" "${J[".undo.service"]}"
  if ! in_one_off "$release" "${J[".undo.service"]}" "${J[".undo.timeout"]}" "${command[@]}" 2>&1 | redacted '    | '; then
    remove_one_offs
    PROBLEMS+=("its data cannot be taken back: the $what of $APP (${command[*]}) failed")
    say_what_does_not "$1"
  fi
  jq -c '{applied: .undo.applied}' "$DIR/rollout.json" | replace "$DIR/migration.json" || fail_migration
  jq -c '.undo.done = true' "$DIR/rollout.json" | replace "$DIR/rollout.json" || fail_migration
  read_journal || fail_journal
  say "what the migration changed was taken back: the $what of $APP ended well"
}
