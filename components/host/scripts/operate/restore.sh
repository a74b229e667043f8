# shellcheck shell=bash
# Restoring: a point is restored aside, has to pass the declared check, and only then takes the place of what is there, which is
# kept aside until it is dropped. `restore.json` is written before anything is touched; its phase says what a kill leaves:
#   aside  only what is made aside is not whole      swap   it may have taken the place: it is taken back
#   stop   services may be stopped                   done   it has the place and the services run
# Before `done` the way is back, then forward. The caller holds the application's lock.
# Reads: HERE, APP, DIR, NAME, WHICH_POINT, BACK, DROP, TOKEN. Sets: R (the journal by path), RUN, and what use_backup sets.

declare -A R=()

# restore APP --name NAME [--point ID | --back | --drop]
command_restore() {
  use_application "${1:-}"
  parse_options restore "${@:2}"
  [[ $WHICH_POINT$BACK$DROP == "$WHICH_POINT" || $WHICH_POINT$BACK$DROP == yes ]] || fail "slipway restore takes --point, --back or --drop, not several of them"
  TOKEN=${TOKEN:-by hand: $(id -un) $(timestamp)}
  use_jobs || fail "no release of $APP is deployed on this host"
  use_backup "$NAME"
  docker_answers || fail "Docker does not answer on this host; start it (systemctl start docker). Nothing was changed."
  take_lock 30 "restore by $TOKEN" || fail_locked
  [ ! -f "$DIR/rollout.json" ] || fail "a deployment of $APP is not settled, so nothing is restored; slipway status tells of it. Nothing was changed."
  settle_restore_left
  if [ -n "$DROP" ]; then
    drop_aside
  else
    begin_restore
    apart restoring "$APP"
    settle_restore
  fi
  drop_lock
  exit "$CODE"
}

# begin_restore: the journal, before anything is made.
begin_restore() {
  local stamp kept new='' point=${WHICH_POINT:-latest}
  text_of "$KEPT/aside"
  kept=$TEXT
  if [ -n "$BACK" ]; then
    [ -n "$kept" ] || fail "the last restore of $NAME of $APP has kept nothing aside, or it was dropped. Nothing was changed."
    field data "$kept"
    [ "${FIELD:-$DATA}" = "$DATA" ] ||
      fail "what the last restore of $NAME of $APP has kept aside is of other data than $NAME is now ($WHAT of $SERVICE${MOUNT:+ at $MOUNT}); deploy the release that declared it so, or remove it (--drop). Nothing was changed."
    new=$(jq -r .id <<<"$kept") point=''
  elif [ -n "$kept" ]; then
    fail "what the last restore of $NAME of $APP has kept aside is still there ($(jq -r .time <<<"$kept")); remove it (slipway restore $APP --name $NAME --drop), or put it back (--back). Nothing was changed."
  fi
  nobody_else_uses_it
  SOURCE='' IMAGE=''
  if [ "$WHAT" != postgres ]; then find_source; fi
  printf -v stamp '%(%Y%m%dT%H%M%S)T' -1
  # What is put back may have been kept aside within this very second.
  while [ "${stamp,,}" = "$new" ]; do
    nap 0.1
    printf -v stamp '%(%Y%m%dT%H%M%S)T' -1
  done
  jq -cn --arg name "$NAME" --arg point "$point" --arg back "$BACK" --arg new "${new:-${stamp,,}n}" --arg old "${stamp,,}" --arg by "$TOKEN" --arg since "$(timestamp)" \
    --arg release "$RELEASE" --arg source "$SOURCE" --arg image "$IMAGE" '{name: $name, phase: "aside", point: $point, back: $back, new: $new, old: $old, by: $by, since: $since, release: $release, source: $source, image: $image}' |
    replace "$DIR/restore.json" || fail "the journal of the restore of $APP cannot be written; df $DIR shows whether the disk is full. Nothing was changed."
}

# nobody_else_uses_it: jobs and sessions would lose what they write.
nobody_else_uses_it() {
  local names
  inspected "com.docker.compose.project=$APP" com.docker.compose.oneoff=True || fail_docker
  names=$(jq -r 'select(.State.Running) | .Name[1:]' <<<"$DOCUMENTS" | tr '\n' ' ')
  [ -z "$names" ] || fail "a job or a session of $APP is under way (${names% }); end it, or wait, and restore then. Nothing was changed."
}

# restoring APP: the work, as a process of its own, of which only its end is looked at.
command_restoring() {
  trap '' PIPE
  use_application "$1"
  use_restore
  make_work restore
  RUN=$WORK/restore REASON_FILE=$KEPT/reason
  rm -f "$REASON_FILE"
  label_for ''
  if [ -z "${R[".back"]}" ]; then
    use_destination
    open_repository
    choose_point "${R[".point"]}"
    journal_restore '.point = $value' "$POINT"
    journal_restore '.pointTime = $value' "$POINT_TIME"
    "aside_$WHAT"
    say "the backup $NAME of $APP of $POINT_TIME ($POINT) is restored aside; its check answers ${VALUE:-well}"
  fi
  stop_users
  "keep_$WHAT"
  phase_restore swap
  "swap_$WHAT"
  start_users
  await_users
  lead_users
  phase_restore "done"
}

# use_restore: what the journal says.
use_restore() {
  local values
  R=()
  values=$(jq -r "$QUOTED"'[paths(type == "string") as $path | [($path | map(".\(.)") | join("")), getpath($path)]] | map(quoted) | join(" ") | "R=(\(.))"' "$DIR/restore.json" 2>/dev/null) || values=''
  eval "$values"
  [ -n "${R[".phase"]-}" ] ||
    fail "the journal $DIR/restore.json cannot be read, so nobody knows what the restore has changed. See with docker ps and in the data itself; once you have removed that file, deployments go on"
  RELEASE=${R[".release"]}
  read_manifest "$RELEASE"
  use_backup "${R[".name"]}"
  SOURCE=${R[".source"]-} IMAGE=${R[".image"]-}
  POINT=${R[".point"]} POINT_TIME=${R[".pointTime"]-} NEW=${R[".new"]} OLD=${R[".old"]} VALUE='' TOKEN=${R[".by"]}
}

# journal_restore PROGRAM VALUE
journal_restore() { jq -c --arg value "$2" "$1" "$DIR/restore.json" | replace "$DIR/restore.json" || fail "the journal of the restore of $APP cannot be written; df $DIR shows whether the disk is full"; }

phase_restore() {
  journal_restore '.phase = $value' "$1"
  R[".phase"]=$1
}

# settle_restore_left: what an interruption left.
settle_restore_left() {
  if [ ! -f "$DIR/restore.json" ]; then return; fi
  settle_restore
  [ ! -f "$DIR/restore.json" ] || EXIT_CODE=6 fail "what an interrupted restore of $APP left cannot be settled; the lines above say why, and the host tries again every minute"
}

# settle_restore: to one of both ends, and says to which. Sets CODE: 0 it was restored, 1 what was there before is there, 6 not settled.
settle_restore() {
  apart unrestore "$APP"
  case $CODE in 0 | 1) ;; *) CODE=6 ;; esac
}

# unrestore APP: ends a restore by its journal; exit code 1 where that is what was before.
command_unrestore() {
  local reason problem=''
  trap '' PIPE
  use_application "$1"
  use_restore
  text_of "$KEPT/reason"
  reason=${TEXT:-it was interrupted}
  make_work restore
  RUN=$WORK/restore
  label_for ''
  EXIT_CODE=6
  need_docker
  remove_one_offs
  if [ "${R[".phase"]}" = "done" ]; then
    "forget_new_$WHAT"
    jq -c --arg data "$DATA" --argjson of "$(data_aside)" '{id: .old, time: .since, point: (if .back != "" then "" else .point end), data: $data, of: $of}' "$DIR/restore.json" | replace "$KEPT/aside" || fail_to_note
    end_restore succeeded ''
    say "$(said_restored); what was there before is kept aside: slipway restore $APP --name $NAME --back puts it back, --drop removes it"
    return
  fi
  if [ "${R[".phase"]}" != aside ]; then
    hold_users
    if [ "${R[".phase"]}" = swap ]; then
      "unswap_$WHAT"
      phase_restore stop
    fi
    start_users
    # However they are: it is with what was there before.
    problem=$(await_users 2>&1) || true
    problem+=$(lead_users 2>&1) || true
  fi
  "forget_old_$WHAT"
  if [ -z "${R[".back"]}" ]; then "forget_new_$WHAT"; fi
  end_restore reverted "$reason"
  if [ -n "$problem" ]; then say "$(last_line "$problem")"; fi
  say "the restore of $NAME of $APP did not come to its end ($reason); what was there before is there, as it was"
  exit 1
}

# data_aside: of what it is, so that it can be dropped even where the name is declared of something else.
data_aside() {
  jq -cn --arg what "$WHAT" --arg service "$SERVICE" --arg mount "$MOUNT" --arg file "$FILE" --arg database "${MANIFEST["$RELEASE.backups.$NAME.database"]-}" \
    --arg user "${MANIFEST["$RELEASE.backups.$NAME.user"]-}" '$ARGS.named'
}

# use_data_aside TEXT: as it was declared when it was kept.
use_data_aside() {
  local values DATABASE_ASIDE='' USER_ASIDE=''
  values=$(jq -r 'select(.of) | .of | "WHAT=\(.what | @sh) SERVICE=\(.service | @sh) MOUNT=\(.mount | @sh) FILE=\(.file | @sh) DATABASE_ASIDE=\(.database | @sh) USER_ASIDE=\(.user | @sh)"' <<<"$1")
  if [ -z "$values" ]; then return; fi
  eval "$values"
  MANIFEST["$RELEASE.backups.$NAME.database"]=$DATABASE_ASIDE MANIFEST["$RELEASE.backups.$NAME.user"]=$USER_ASIDE
}

said_restored() {
  if [ -n "${R[".back"]}" ]; then printf 'what the last restore of %s of %s had kept aside is back' "$NAME" "$APP"; else printf '%s of %s is as it was at %s (%s)' "$NAME" "$APP" "$POINT_TIME" "$POINT"; fi
}

# end_restore RESULT REASON
end_restore() {
  LEDGER_MORE=$(jq -c '{name, point, pointTime} | del(.[] | select(. == null or . == ""))' "$DIR/restore.json")
  ledger restore "$1" "$RELEASE" "$(manifest "$RELEASE" .version)" "$2" || true
  notify_event "restore.${R[".old"]}.$1" "$(if [ "$1" = succeeded ]; then printf success; else printf failure; fi)" "$NAME of $APP $(if [ "$1" = succeeded ]; then printf 'was restored'; else printf 'could not be restored'; fi)" "$2"
  rm -rf "$WORK" "$KEPT/reason"
  rm -f "$DIR/restore.json"
  sync "$DIR"
}

# drop_aside: what the last restore has kept goes.
drop_aside() {
  CODE=0
  text_of "$KEPT/aside"
  if [ -z "$TEXT" ]; then
    say "nothing of $NAME of $APP is kept aside"
    return
  fi
  OLD=$(jq -r .id <<<"$TEXT") NEW=none
  use_data_aside "$TEXT"
  make_work restore
  label_for ''
  if [ "$WHAT" = volume ]; then
    drop_volume_aside
  else
    "forget_old_$WHAT"
  fi
  rm -f "$KEPT/aside"
  rm -rf "$WORK"
  say "what the last restore of $NAME of $APP had kept aside is gone"
}

# drop_volume_aside: whether or not a service still mounts the one that it was kept of.
drop_volume_aside() {
  local volume=${APP}_${NAME}_$OLD
  docker volume rm --force "$volume" >/dev/null 2>"$WORK/said" || fail "the volume $volume, which the last restore of $NAME of $APP has kept, cannot be removed: $(last_line "$(<"$WORK/said")" 300)"
}
