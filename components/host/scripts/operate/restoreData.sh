# shellcheck shell=bash
# What is restored, by its kind: made and checked aside (aside_…), what is there kept (keep_…), put in its place (swap_…), taken
# out again, as far as it came (unswap_…), and removed (forget_new_…, forget_old_…). Each may be done again after a kill: what is
# there says how far it came. NEW and OLD name what is made aside and what is kept aside.
# Reads: APP, NAME, WORK, NEW, OLD, SOURCE, MOUNT, FILE, and what choose_point sets.

# databases: sets CONTAINER, DATABASE, and the names of the new and the old one, as Postgres takes up to 63 bytes.
databases() {
  find_server
  of_backup DATABASE database
  if [ -z "$DATABASE" ]; then DATABASE=$(in_postgres sh -c 'printf %s "$PGDATABASE"') || fail_postgres; fi
  NEW_DATABASE=${DATABASE:0:40}_${NEW} OLD_DATABASE=${DATABASE:0:40}_${OLD}
}

fail_postgres() {
  show_said
  fail "the database server of $APP refuses: $(last_line "$(<"$WORK/said")" 300)"
}

# in_sql DATABASE: as sql, with the names of the databases as variables.
in_sql() {
  sql "$1" --set "base=$DATABASE" --set "new=$NEW_DATABASE" --set "old=$OLD_DATABASE" 2>"$WORK/said" || fail_postgres
}

aside_postgres() {
  databases
  in_sql template1 <<'SQL'
SELECT format('DROP DATABASE IF EXISTS %I', :'new') \gexec
SELECT format('CREATE DATABASE %I TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L', :'new',
  pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype) FROM pg_database WHERE datname = :'base' \gexec
SQL
  restored_into in_postgres pg_restore --exit-on-error --no-password --dbname "$NEW_DATABASE"
  ask_postgres "$NEW_DATABASE"
}

keep_postgres() { databases; }

# swap_postgres: both names change at once, or none.
swap_postgres() { rename_databases base old new base; }

unswap_postgres() {
  databases
  if [ "$(in_sql template1 <<<"SELECT count(*) FROM pg_database WHERE datname = :'old'")" = 1 ]; then rename_databases base new old base; fi
}

# rename_databases FROM TO FROM TO: a server that was left connections may get new ones meanwhile, so it is tried again.
rename_databases() {
  local tries
  for ((tries = 0; tries < 20; tries++)); do
    if sql template1 --set "base=$DATABASE" --set "new=$NEW_DATABASE" --set "old=$OLD_DATABASE" 2>"$WORK/said" <<SQL
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'base', :'new', :'old') AND pid <> pg_backend_pid() \\g /dev/null
BEGIN;
SELECT format('ALTER DATABASE %I RENAME TO %I', :'$1', :'$2') \\gexec
SELECT format('ALTER DATABASE %I RENAME TO %I', :'$3', :'$4') \\gexec
COMMIT;
SQL
    then return; fi
    nap 0.5
  done
  fail_postgres
}

drop_database() {
  in_sql template1 <<SQL
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'$1' \\g /dev/null
SELECT format('DROP DATABASE IF EXISTS %I', :'$1') \\gexec
SQL
}

forget_new_postgres() {
  databases
  # Once it has the place, it is not called so any more.
  drop_database new
}

forget_old_postgres() {
  databases
  drop_database old
}

# beside_file SCRIPT: $1 is SQLite's file in the service's folder, $2 what is made aside beside it, $3 what is kept aside.
beside_file() {
  find_source
  in_helper 0 --volume "$SOURCE:/slipway-source" "${@:2}" -- "$1" sh "/slipway-source/$FILE" "/slipway-source/$FILE.aside-$NEW" "/slipway-source/$FILE.aside-$OLD" "${OWNED:-0:0}" 2>"$WORK/said" >/dev/null ||
    fail "the file $FILE of $APP cannot be put in its place: $(last_line "$(<"$WORK/said")" 300)"
}

# shellcheck disable=SC2016
aside_sqlite() {
  find_source
  restore_file
  ask_sqlite
  # As the file is, or, where it is gone, its folder.
  OWNED=$(in_helper 0 --volume "$SOURCE:/slipway-source:ro" -- 'stat -c "%u:%g" "$1" 2>/dev/null || stat -c "%u:%g" "${1%/*}"' sh "/slipway-source/$FILE") || fail_docker
  beside_file 'rm -rf "$2"; mkdir "$2"; cp /copy/file "$2/${1##*/}"; mode=$(stat -c %a "$1" 2>/dev/null || printf 640)
chmod "$mode" "$2/${1##*/}"; chown -R "$4" "$2"; sync "$2/${1##*/}" "$2" "${1%/*}"' --volume "$WORK/copy:/copy:ro"
}

keep_sqlite() { find_source; }

# Whatever belongs to it goes with it; the file itself last.
SQLITE_FILES='for end in -journal -wal -shm ""; do'

swap_sqlite() {
  beside_file 'mkdir -p "$3"; '"$SQLITE_FILES"' if [ -e "$1$end" ]; then mv -f "$1$end" "$3/"; fi; done; chown "$(stat -c %u:%g "$2")" "$3"; sync "$3" "${1%/*}"
'"$SQLITE_FILES"' if [ -e "$2/${1##*/}$end" ]; then mv -f "$2/${1##*/}$end" "$1$end"; fi; done; rmdir "$2"; sync "${1%/*}"'
}

# Where the file itself was kept aside, what is in its place is the new one.
unswap_sqlite() {
  beside_file 'if [ ! -d "$3" ]; then exit 0; fi
if [ -e "$3/${1##*/}" ]; then mkdir -p "$2"; '"$SQLITE_FILES"' if [ -e "$1$end" ]; then mv -f "$1$end" "$2/"; fi; done; fi
for end in "" -journal -wal -shm; do if [ -e "$3/${1##*/}$end" ]; then mv -f "$3/${1##*/}$end" "$1$end"; fi; done; rmdir "$3"; sync "${1%/*}"'
}

forget_new_sqlite() { beside_file 'rm -rf "$2"'; }
forget_old_sqlite() { beside_file 'rm -rf "$3"'; }

# volumes_aside: sets NEW_VOLUME and OLD_VOLUME. They go with the application's data.
volumes_aside() {
  NEW_VOLUME=${APP}_${NAME}_$NEW OLD_VOLUME=${APP}_${NAME}_$OLD
}

aside_volume() {
  find_source
  volumes_aside
  make_volume "$NEW_VOLUME" --label "com.docker.compose.project=$APP"
  restore_volume "$NEW_VOLUME"
  ask_volume "$NEW_VOLUME"
}

# copy_over FROM TO: what is in TO goes.
copy_over() {
  in_helper 0 --volume "$1:/slipway-from:ro" --volume "$2:/slipway-to" -- 'find /slipway-to -mindepth 1 -delete; cp -a /slipway-from/. /slipway-to/; sync -f /slipway-to 2>/dev/null || sync' 2>"$WORK/said" >/dev/null ||
    fail "the volume $1 of $APP cannot be copied: $(last_line "$(<"$WORK/said")" 300)"
}

# volume_is_there NAME: Docker would make one that is missing, and it would be empty.
volume_is_there() {
  docker volume inspect "$1" >/dev/null 2>&1 || fail "the volume $1 is gone, in which the restore of $APP kept what was there before"
}

keep_volume() {
  find_source
  volumes_aside
  volume_is_there "$NEW_VOLUME"
  make_volume "$OLD_VOLUME" --label "com.docker.compose.project=$APP"
  copy_over "$SOURCE" "$OLD_VOLUME"
}

swap_volume() { copy_over "$NEW_VOLUME" "$SOURCE"; }

unswap_volume() {
  find_source
  volumes_aside
  volume_is_there "$OLD_VOLUME"
  copy_over "$OLD_VOLUME" "$SOURCE"
}

forget_new_volume() {
  volumes_aside
  docker volume rm "$NEW_VOLUME" >/dev/null 2>&1 || true
}

forget_old_volume() {
  volumes_aside
  docker volume rm "$OLD_VOLUME" >/dev/null 2>&1 || true
}
