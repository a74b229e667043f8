# shellcheck shell=bash
# Taking a backup. A point, one of restic's snapshots, has one file: Postgres' own dump, SQLite's copy, or a tar. It counts only
# once it was judged: then it is tagged `good`, else `suspect`; whatever chooses a point by itself chooses a good one.
# Reads: APP, DIR, NAME, KEPT, WORK, WHAT, RUN_ID, LABELS, LOCKED (the caller holds the application's lock). Sets: POINT, BYTES.

# take_backup: also judges it and notes what became of it; old ones go.
take_backup() {
  printf -v BEGAN '%(%s)T' -1
  POINT='' BYTES='' EMPTY=''
  use_destination
  open_repository
  "take_$WHAT"
  judge_point
  forget_points
}

# keep FILE ARGS…: what restic reads becomes a point of this run.
keep() {
  local code=0 version
  version=$(deployed version)
  in_repository backup --quiet --host "$HOST_HERE" --stdin-filename "$1" \
    --tag "app=$APP,stack=$STACK,backup=$NAME,run=$RUN_ID,release=$(deployed release),version=${version//,/_},migration=$(last_migrated),data=$DATA" \
    "${@:2}" >/dev/null 2>"$WORK/said" || code=$?
  if [ "$code" -eq 0 ]; then return; fi
  show_said
  fail "the backup $NAME of $APP could not be taken: $(why_restic "$code")"
}

# show_said: the lines of what was asked last, for the log.
show_said() { tail -n 20 "$WORK/said" | masked | redacted '    | ' >&2 || true; }

take_postgres() {
  local WORDS
  find_server
  # Uncompressed, what did not change is stored once.
  postgres_words pg_dump --format custom --compress 0 --no-password
  keep "$NAME.dump" --stdin-from-command -- docker "${WORDS[@]}"
}

# take_sqlite: by a connection that only reads, as the user that the file belongs to: it may have to make the -shm beside it, and
# one of root's would lock the application out.
take_sqlite() {
  find_source
  measure_file
  room_for_copy "$SIZE" "$WORK"
  mkdir -m 0777 "$WORK/copy"
  in_helper "$OWNED" --volume "$SOURCE:/source" --volume "$WORK/copy:/copy" -- "$COPY_SQLITE" sh "/source/$FILE" >/dev/null 2>"$WORK/said" || {
    show_said
    fail "the file $FILE of $APP could not be copied, or is damaged: $(last_line "$(<"$WORK/said")" 300)"
  }
  [[ -f $WORK/copy/file && ! -L $WORK/copy/file ]] || fail "the copy of the file $FILE of $APP is gone"
  keep "$NAME.sqlite" --stdin <"$WORK/copy/file"
}

# measure_file: sets OWNED (uid:gid) and SIZE of SQLite's file.
measure_file() {
  local text
  # shellcheck disable=SC2016 # for that shell
  text=$(in_helper 0 --volume "$SOURCE:/source:ro" -- 'stat -c "%u:%g %s" "$1"' sh "/source/$FILE" 2>"$WORK/said") ||
    fail "the service $SERVICE of $APP has no file $FILE at $MOUNT: $(last_line "$(<"$WORK/said")" 200)"
  read -r OWNED SIZE <<<"$text"
}

# In WAL mode a transaction keeps what it reads as it was, and no writer waits for it; in the others each step reads anew.
# shellcheck disable=SC2016
COPY_SQLITE='umask 000
q="sqlite3 -batch -bail -init /dev/null -readonly"
if [ "$($q "$1" ".timeout 30000" "PRAGMA journal_mode" | tail -n 1)" = wal ]; then
  $q "$1" ".timeout 30000" "BEGIN" "SELECT count(*) FROM sqlite_master" ".backup /copy/file"
else
  $q "$1" ".timeout 30000" ".backup /copy/file"
fi
said=$(sqlite3 -batch -init /dev/null "file:/copy/file?immutable=1" "PRAGMA integrity_check")
[ "$said" = ok ] || { printf "integrity_check: %s\n" "$said" >&2; exit 1; }'

# take_volume: its writers are paused while it is copied here, not while it is sent.
take_volume() {
  local live bytes entries
  find_source
  of_backup live live
  bytes=$(in_helper 0 --volume "$SOURCE:/slipway-source:ro" -- 'du -sk /slipway-source | cut -f 1' 2>"$WORK/said") || fail_volume
  room_for_copy $((bytes * 1024)) "$WORK"
  if [ "$live" != true ]; then pause_writers; fi
  in_helper 0 --volume "$SOURCE:/slipway-source:ro" -- "$TAR" sh >"$WORK/copy.tar" 2>"$WORK/said" || fail_volume
  if [ "$live" != true ]; then release_writers; fi
  # A tar of an empty folder has the folder itself, and some KiB.
  entries=$(tar -tf "$WORK/copy.tar" 2>"$WORK/said" | wc -l) || fail_volume
  if [ "$entries" -le 1 ]; then EMPTY=yes; fi
  keep "$NAME.tar" --stdin <"$WORK/copy.tar"
}

fail_volume() {
  show_said
  fail "the volume at $MOUNT of $APP could not be copied: $(last_line "$(<"$WORK/said")" 300)"
}

# A file that changed meanwhile is no failure of GNU's tar (1); nothing else is a success.
# shellcheck disable=SC2016
TAR='set -- -C /slipway-source --numeric-owner
case $(tar --version 2>/dev/null) in *GNU*) gnu=1 && set -- "$@" --xattrs --acls --sparse --one-file-system --warning=no-file-changed --warning=no-file-ignored ;; *) gnu= ;; esac
code=0
tar "$@" -cf - . || code=$?
[ "$code" -eq 0 ] || { [ "$code" -eq 1 ] && [ -n "$gnu" ]; }'

# judge_point: it is there, and as large as one would expect.
judge_point() {
  local text before='' reason='' taken
  text=$(in_repository snapshots --json --no-lock --tag "run=$RUN_ID" 2>"$WORK/said") || fail "the backup $NAME of $APP was taken, but cannot be read again: $(why_restic $?)"
  BYTES=$(jq -r 'select(length == 1) | .[0].summary.total_bytes_processed // empty' <<<"$text")
  [ -n "$BYTES" ] || fail "the backup $NAME of $APP was taken, but is not at $PLACE"
  text_of "$KEPT/taken"
  taken=$TEXT
  if [ -n "$taken" ]; then field bytes "$taken" && before=$FIELD; fi
  field data "$taken"
  if [ "${FIELD:-$DATA}" != "$DATA" ]; then before='' taken=''; fi
  # A volume may be empty by right; somebody has to have said so once.
  if [ "$BYTES" -eq 0 ] || { [[ -n $EMPTY && $taken != *'"empty":true'* ]] && ! confirmed_small; }; then
    reason='it is empty'
  elif [ -n "$before" ] && [ $((BYTES * 2)) -lt "$before" ] && ! confirmed_small; then
    reason="it has shrunk by more than half: $BYTES bytes, the one before had $before"
  fi
  in_repository tag --quiet --add "$(if [ -n "$reason" ]; then printf suspect; else printf good; fi)" --tag "run=$RUN_ID" >/dev/null 2>"$WORK/said" ||
    fail "the backup $NAME of $APP was taken, but cannot be marked: $(why_restic $?)"
  POINT=$(in_repository snapshots --json --no-lock --tag "run=$RUN_ID" 2>/dev/null | jq -r '.[0].short_id // empty') || POINT=''
  if [ -z "$reason" ]; then
    note_backup succeeded ''
    return
  fi
  note_backup suspect "$reason"
  fail "the backup $NAME of $APP is suspect: $reason. It is kept as $POINT, beside those before; if that is how it should be, take another: slipway backup $APP --name $NAME"
}

# confirmed_small: somebody saw that the last one is suspect, and asks for another. No schedule and no deployment does.
confirmed_small() {
  text_of "$KEPT/last"
  field result "$TEXT"
  [[ $FIELD = suspect && -n ${BY:-} && $BY != schedule ]]
}

# note_backup RESULT REASON: the next one is compared with the last that was good.
note_backup() {
  local line
  line=$(jq -cn --arg time "$(timestamp)" --arg result "$1" --arg reason "$2" --arg point "$POINT" --arg bytes "$BYTES" --arg began "$BEGAN" --arg now "$(printf '%(%s)T' -1)" --arg data "$DATA" --arg empty "$EMPTY" \
    '{time: $time, result: $result, reason: $reason, point: $point, data: $data, empty: (if $empty == "" then "" else true end), bytes: ($bytes | if . == "" then . else tonumber end),
      seconds: (($now | tonumber) - ($began | tonumber))} | del(.[] | select(. == ""))')
  replace "$KEPT/last" <<<"$line" || fail_to_note
  if [ "$1" = succeeded ]; then replace "$KEPT/taken" <<<"$line" || fail_to_note; fi
}

# forget_points: of the good ones, as the declaration says; that of this run stays, whatever the dates of others, which a clock
# that was wrong may have set. Their data goes once a day.
forget_points() {
  local part count flags=() pruned=$KEPT/pruned code=0
  for part in last daily weekly monthly; do
    of_backup count "keep.$part"
    if [ -n "$count" ]; then flags+=("--keep-$part" "$count"); fi
  done
  if [ ${#flags[@]} -eq 0 ]; then return; fi
  in_repository forget --quiet --host "$HOST_HERE" --tag "stack=$STACK,backup=$NAME,good" --group-by '' "${flags[@]}" --keep-tag "run=$RUN_ID" >/dev/null 2>"$WORK/said" ||
    fail "the backup $NAME of $APP was taken, but older ones cannot be removed: $(why_restic $?)"
  if [ -n "$(find "$pruned" -mmin -1380 2>/dev/null)" ]; then return; fi
  in_repository prune --quiet >/dev/null 2>"$WORK/said" || code=$?
  if [ "$code" -eq 11 ]; then return; fi
  [ "$code" -eq 0 ] || fail "the backup $NAME of $APP was taken, but the data of older ones cannot be removed: $(why_restic "$code")"
  : >"$pruned"
}
