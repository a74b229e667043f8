# shellcheck shell=bash
# Data before a migration: the newest proof that it can be restored must be new enough, and a backup is taken of it.
# Reads: APP, DIR, HERE, RUN, RELEASE, WAY, J.

# proof_is_new: of each backup that the release which serves declares; of others nobody could have had a drill.
proof_is_new() {
  local before=${J[".before.release"]-} most name time='' now way age
  most=${MANIFEST["$RELEASE.proof"]}
  if [ -z "$before" ] || ! read_manifest "$before" 2>/dev/null || [ -z "${MANIFEST["$before.backups@"]-}" ] || [ -n "${NO_MIGRATION:-}" ] || ! migrations_here; then return; fi
  # Whether the list can be read, the plan says.
  if ! applied >"$RUN/applied"; then return; fi
  read -r way < <(of_applied "$DECIDE")
  if [ "$way" != up ]; then return; fi
  printf -v now '%(%s)T' -1
  for name in ${MANIFEST["$before.backups@"]}; do
    text_of "$DIR/.backups/$name/proof"
    field time "$TEXT"
    time=$FIELD
    field data "$TEXT"
    data_of "$before" "$name"
    [[ -z $time || ${FIELD:-$DATA} = "$DATA" ]] ||
      fail "a deployment of $APP that migrates needs a proof that its data can be restored; that of the backup $name is of other data than it is declared of now. slipway backup $APP and slipway drill $APP make one. Nothing was changed."
    [ -n "$time" ] ||
      fail "a deployment of $APP that migrates needs a proof that its data can be restored, and no drill of the backup $name has ever been good; slipway drill $APP makes one. Nothing was changed."
    age=$((now - $(date -d "$time" +%s)))
    [ "$age" -ge -"$CLOCK_TOLERANCE" ] ||
      fail "a deployment of $APP that migrates needs a proof that its data can be restored; that of the backup $name is from $time, which is in the future by this host's clock. Set the clock right if it is wrong; slipway drill $APP renews the proof. Nothing was changed."
    [ "$age" -le "$most" ] ||
      fail "a deployment of $APP that migrates needs a proof, not older than $(in_days "$most"), that its data can be restored; that of the backup $name is from $time. slipway drill $APP renews it. Nothing was changed."
  done
}

in_days() { if [ $(($1 % 86400)) -eq 0 ]; then printf '%s d' $(($1 / 86400)); else printf '%s s' "$1"; fi; }

# keeps_before_migration: the data that is there; unless the application has a backup of its own kind.
keeps_before_migration() {
  [ -n "$WAY" ] && [ -n "${J[".before.release"]-}" ] && [ -n "${MANIFEST["$RELEASE.backups@"]-}" ] && [ -z "${MANIFEST["$RELEASE.backup"]-}" ]
}

keep_before_migration() {
  local name
  if [[ -n ${J[".undo.what"]-} && ${J[".undo.done"]-} != true ]]; then
    say "the data of $APP is not backed up again, as a migration was begun that has not been taken back yet"
    return
  fi
  for name in ${MANIFEST["$RELEASE.backups@"]}; do
    if begins_with_this "$name"; then
      say "           the backup $name is new with this release, and what serves has nothing of it yet: none is taken before the migration"
      continue
    fi
    apart premigrate "$APP" "$name" "$RELEASE" "$RUN"
    [ "$CODE" -eq 0 ] || fail "the backup $name of $APP before its migration could not be taken; $(what_ran)"
  done
}

# begins_with_this NAME: the release that serves does not declare such a backup of the same data, and its containers do not have what it is of.
begins_with_this() {
  local before=${J[".before.release"]} service mount own='' found
  if ! read_manifest "$before" 2>/dev/null; then return 1; fi
  if [[ $'\n'${MANIFEST["$before.backups@"]-}$'\n' == *$'\n'"$1"$'\n'* ]]; then
    data_of "$RELEASE" "$1"
    found=$DATA
    data_of "$before" "$1"
    if [ "$DATA" = "$found" ]; then return 1; fi
  fi
  service=${MANIFEST["$RELEASE.backups.$1.service"]}
  inspected "com.docker.compose.project=$APP" "com.docker.compose.service=$service" com.docker.compose.oneoff=False || fail_docker
  mount=${MANIFEST["$RELEASE.backups.$1.mount"]-}
  # Containers of the application's own services that came since the deployment was begun have no data of their own yet; an
  # accessory may have been made anew over its data.
  if [[ $'\n'${J[".after.services@"]-}$'\n' == *$'\n'"$service"$'\n'* ]]; then own=yes; fi
  found=$(jq -rn --arg own "$own" --arg present "${J[".present@"]-}" --arg mount "${mount%/}" '[inputs
    | select($own == "" or (.Id as $id | $present | contains($id)))
    | select($mount == "" or any(.Mounts[]; (.Destination | rtrimstr("/")) == $mount))] | length' <<<"$DOCUMENTS") || fail_docker
  [ "$found" = 0 ]
}

# premigrate APP NAME RELEASE RUN: one of them, as a process of its own.
command_premigrate() {
  use_application "$1"
  RELEASE=$3 RUN=$4 REASON_FILE=$4/reason LOCKED=yes JOB='' JOB_DIR='' POINT='' BYTES=''
  printf -v RUN_ID '%(%Y%m%dT%H%M%S)T-%06x' -1 $((RANDOM << 9 ^ RANDOM))
  read_manifest "$RELEASE"
  use_backup "$2"
  make_work migration
  label_for ''
  printf -v BEGAN '%(%s)T' -1
  trap 'end_act $?' EXIT
  take_backup
  say "           the backup $NAME is $POINT, $BYTES bytes"
}
