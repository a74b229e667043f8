# shellcheck shell=bash
# A drill: the newest good backup is restored into containers and volumes of its own, which nothing reaches and nobody sees, and
# has to pass the declared check. Nothing but that shows that it can be restored.
# Reads: APP, DIR, JOB, RUN_ID, NAME, KEPT, WORK, WHAT, LABELS, and what choose_point sets. Sets: VALUE (what the check answered).

drill() {
  VALUE='' POINT='' POINT_TIME=''
  use_destination
  open_repository
  choose_point latest
  in_repository check --quiet >/dev/null 2>"$WORK/said" || {
    show_said
    fail "the repository of the backups of $APP is damaged ($PLACE): $(why_restic $?). restic check shows more; a backup now keeps what can still be kept"
  }
  "drill_$WHAT"
  note_drill succeeded ''
  say "the backup $NAME of $APP of $POINT_TIME ($POINT) can be restored; its check answers ${VALUE:-well}"
}

# restored_into COMMAND…: what reads the file of the point from stdin; whichever of the two fails is told.
restored_into() {
  local codes
  dump_point | "$@" >/dev/null 2>"$WORK/into" || codes=("${PIPESTATUS[@]}")
  if [ -z "${codes[*]-}" ]; then return; fi
  # Where the reader ended first, the writer has nobody left.
  [[ ${codes[0]} -eq 0 || ${codes[0]} -eq 141 || $(<"$WORK/said") == *'broken pipe'* ]] || fail "the backup $NAME of $APP ($POINT) cannot be read at $PLACE: $(why_restic "${codes[0]}")"
  redacted '    | ' <"$WORK/into" | tail -n 20 >&2
  fail "the backup $NAME of $APP ($POINT) cannot be restored: $(last_line "$(<"$WORK/into")" 300)"
}

drill_postgres() {
  local QUIET=yes
  # The throwaway server has no roles and databases but those that the image makes.
  MANIFEST["$RELEASE.backups.$NAME.user"]='' MANIFEST["$RELEASE.backups.$NAME.database"]=''
  throwaway '' run --detach || fail_throwaway
  find_throwaway
  await_postgres
  in_postgres createdb --no-password --template template0 slipway_drill 2>"$WORK/said" ||
    fail "the drill of $NAME of $APP could not make a database: $(last_line "$(<"$WORK/said")" 300)"
  restored_into in_postgres pg_restore --exit-on-error --no-owner --no-privileges --no-password --dbname slipway_drill
  ask_postgres slipway_drill
}

# await_postgres: while the image prepares its data the server takes no connections but local ones, and is then started again.
await_postgres() {
  local deadline
  now
  deadline=$((NOW + 180000))
  until in_postgres pg_isready --quiet --host 127.0.0.1 >/dev/null 2>&1; do
    if is_over "$deadline"; then
      last_words "$CONTAINER"
      fail "the database server of the drill of $NAME of $APP did not start within 180 s; its last lines stand above"
    fi
    nap 0.3
  done
}

# ask_postgres DATABASE: the declared query, which can change nothing.
ask_postgres() {
  local query said
  of_backup query check.query
  said=$({ printf 'SET default_transaction_read_only = on;\n%s\n' "$query"; } | sql "$1" 2>"$WORK/said") || fail_query
  first_value "$said"
  judge_value "$VALUE"
}

fail_query() {
  show_said
  fail "the backup $NAME of $APP can be restored, but its check fails: $(last_line "$(<"$WORK/said")" 300)"
}

drill_sqlite() {
  find_source
  restore_file
  ask_sqlite
}

# restore_file: to $WORK/copy/file.
restore_file() {
  room_for_copy "$POINT_BYTES" "$WORK"
  mkdir -m 0777 "$WORK/copy"
  restored_into dd "of=$WORK/copy/file" bs=1M status=none
  chmod 0644 "$WORK/copy/file"
}

# ask_sqlite: whether the copy is whole, and the declared query, by somebody who can do nothing else.
ask_sqlite() {
  local query said
  of_backup query check.query
  # shellcheck disable=SC2016 # for that shell
  said=$(in_helper 65534 --volume "$WORK/copy:/copy:ro" -- 'said=$(sqlite3 -batch -init /dev/null "file:/copy/file?immutable=1" "PRAGMA integrity_check" 2>&1) || true
[ "$said" = ok ] || { printf "integrity_check: %s\n" "$said" >&2; exit 1; }
exec sqlite3 -batch -bail -init /dev/null "file:/copy/file?immutable=1" "$1"' sh "$query" 2>"$WORK/said") || fail_query
  first_value "$said"
  judge_value "$VALUE"
}

drill_volume() {
  find_source
  make_volume "slipway_drill_${APP}_$NAME" --label "slipway.job=$APP.$JOB"
  restore_volume "slipway_drill_${APP}_$NAME"
  ask_volume "slipway_drill_${APP}_$NAME"
  remove_one_offs "slipway.run=$RUN_ID"
  docker volume rm "slipway_drill_${APP}_$NAME" >/dev/null || true
}

# make_volume NAME ARGS…: anew.
make_volume() {
  docker volume rm "$1" >/dev/null 2>&1 || true
  docker volume create "${@:2}" "$1" >/dev/null || fail "the volume $1 cannot be made; docker volume ls shows those there are"
}

# restore_volume NAME
restore_volume() { restored_into in_helper 0 --volume "$1:/slipway-source" -- "$UNTAR" sh; }

# shellcheck disable=SC2016
UNTAR='set -- -C /slipway-source --numeric-owner -p
case $(tar --version 2>/dev/null) in *GNU*) set -- "$@" --xattrs --xattrs-include=* --acls --sparse --delay-directory-restore ;; esac
exec tar "$@" -xf -'

# ask_volume NAME: the declared command, with this volume in the place of the service's own.
ask_volume() {
  local words code=0
  of_backup words 'check.command[]'
  mapfile -t words <<<"$words"
  VALUE=$(QUIET=yes throwaway "$1" run --rm -T -- "${words[@]}" 2>"$WORK/said") || code=$?
  if [ "$code" -ne 0 ]; then
    printf '%s\n' "$VALUE" >>"$WORK/said"
    show_said
    fail "the backup $NAME of $APP can be restored, but its check ends with $code"
  fi
  VALUE=$(redacted '' <<<"$VALUE")
  VALUE=$(last_line "$VALUE" 100)
}

# throwaway VOLUME run ARGS… [-- WORD…]: Docker Compose on the service alone, as the release has it, but without networks, ports
# and its data: it gets empty volumes, and VOLUME where the backup is of one, as it is: nothing of the image's gets into it. What Compose reads has secrets: it reaches it by a pipe.
throwaway() {
  local volume=$1 words=() args=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do args+=("$1") && shift; done
  if [ $# -gt 0 ]; then words=("${@:2}"); fi
  compose "$RELEASE" config --format json 2>"$WORK/config" |
    jq -c --arg service "$SERVICE" --arg mount "${MOUNT%/}" --arg volume "$volume" "$THROWAWAY" |
    compose_within "$TIMEOUT" --project-directory "$DIR/releases/$RELEASE" --file - "${args[@]}" "${LABELS[@]}" --interactive=false --no-deps "$SERVICE" "${words[@]}"
}

THROWAWAY='. as $all | .services[$service] | {image, command, entrypoint, environment, user, working_dir, tmpfs, shm_size, ulimits, cap_add,
      cap_drop, security_opt, read_only, mem_limit, deploy: (if .deploy.resources then {resources: .deploy.resources} else null end), init, platform, configs, secrets, userns_mode, stop_signal,
      stop_grace_period, volumes: [.volumes[]? | if $volume != "" and (.target | rtrimstr("/")) == $mount then {type: "volume", source: "slipway-restored", target, volume: {nocopy: true}}
        elif .type == "volume" or (.type == "bind" and (.read_only | not)) then {type: "volume", target} else . end]}
  | del(.[] | nulls) | .network_mode = "none" | .healthcheck = {disable: true}
  | {services: {($service): .}, configs: $all.configs, secrets: $all.secrets,
      volumes: (if $volume == "" then null else {"slipway-restored": {name: $volume, external: true}} end)} | del(.[] | nulls)'

fail_throwaway() {
  show_said
  fail "the drill of $NAME of $APP could not start a container of $SERVICE; the lines above say why"
}

# find_throwaway: sets CONTAINER.
find_throwaway() {
  with_labels "slipway.run=$RUN_ID" "com.docker.compose.service=$SERVICE" || fail_docker
  CONTAINER=${FOUND_IDS[0]-}
  [ -n "$CONTAINER" ] || fail "the drill of $NAME of $APP has no container of $SERVICE; docker ps --all shows those there are"
}

# note_drill RESULT REASON
note_drill() {
  local line
  line=$(jq -cn --arg time "$(timestamp)" --arg name "$NAME" --arg point "$POINT" --arg pointTime "$POINT_TIME" --arg result "$1" --arg reason "$2" \
    --arg value "$VALUE" --arg began "$BEGAN" --arg now "$(printf '%(%s)T' -1)" --arg data "$DATA" \
    '{time: $time, name: $name, data: $data, point: $point, pointTime: $pointTime, seconds: (($now | tonumber) - ($began | tonumber)), result: $result,
      reason: $reason, value: $value} | del(.[] | select(. == ""))')
  replace "$KEPT/drill" <<<"$line" || fail_to_note
  if [ "$1" = succeeded ]; then replace "$KEPT/proof" <<<"$line" || fail_to_note; fi
  LEDGER_MORE=$(jq -c '{name, point, pointTime, value} | del(.[] | nulls)' <<<"$line")
  ledger drill "$1" "$RELEASE" "$(manifest "$RELEASE" .version)" "$2" || true
  LEDGER_MORE=''
}
