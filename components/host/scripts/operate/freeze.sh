# shellcheck shell=bash
# Freeze: what `slipway lock` puts upon an application. No deployment, rollback by hand or removal of it begins until
# `slipway unlock`. It is a file, so it holds through a restart of the machine. What is under way goes on: it may be
# confirmed, go back, and be recovered. The lock of lib/lock.sh is another thing: a running deployment holds that one.
# Reads: APP, DIR, OWNER, BY, REASON.

# lock APP --reason TEXT: prints what holds from now on, as JSON, and whether a deployment is under way, which goes on.
command_lock() {
  local line underway=false
  use_application "${1:-}"
  parse_options lock "${@:2}"
  check_freezer
  ensure_folder
  line=$(jq -cn --arg by "${BY:-by hand: $(id -un)}" --arg since "$(timestamp)" --arg reason "$REASON" "$WORDED"'
    {by: $by, since: $since, reason: ($reason | worded)} + if env.SLIPWAY_GATE then {gated: true} else {} end')
  if [ -e "$DIR/frozen.json" ]; then
    same_freeze "$line" ||
      EXIT_CODE=3 fail "$APP is locked already $(freeze_in_words); slipway unlock $APP releases it. Nothing was changed."
    # From now on it is an administrator's, too.
    if [ -z "${SLIPWAY_GATE:-}" ] && line=$(jq -ce 'select(.gated) | del(.gated)' "$DIR/frozen.json"); then
      replace "$DIR/frozen.json" <<<"$line" || fail "the lock of $APP cannot be written; df $DIR shows whether the disk is full. Nothing was changed."
    fi
  else
    replace "$DIR/frozen.json" <<<"$line" || fail "the lock of $APP cannot be written; df $DIR shows whether the disk is full. Nothing was changed."
    note_freeze lock locked "$(jq -r .reason <<<"$line")"
  fi
  # After the file: whoever takes the lock from here on sees it.
  if ! lock_is_free; then underway=true; fi
  jq -c --argjson underway "$underway" '{by, since, reason, underway: $underway}' "$DIR/frozen.json"
}

# unlock APP: prints what held, as JSON; nothing where nothing did.
command_unlock() {
  local was
  use_application "${1:-}"
  parse_options unlock "${@:2}"
  check_freezer
  if [ ! -e "$DIR/frozen.json" ]; then return; fi
  # What a person holds with an administrator's key, no pipeline releases.
  [ -z "${SLIPWAY_GATE:-}" ] || jq -e .gated "$DIR/frozen.json" >/dev/null 2>&1 ||
    EXIT_CODE=4 fail "$APP is locked $(freeze_in_words); it was locked by an administrator's key, and a deploy key may not release it. Nothing was changed."
  was=$(jq -c '{by, since, reason}' "$DIR/frozen.json" 2>/dev/null) || was='{"by":"somebody"}'
  rm -f "$DIR/frozen.json"
  sync "$DIR"
  note_freeze unlock unlocked "it was locked $(jq -r "$FREEZE_WORDS" <<<"$was")"
  printf '%s\n' "$was"
}

# check_freezer: another stack's application is not this one's to hold.
check_freezer() { if [ -n "$OWNER" ]; then refuse_others "lock and unlock it from there"; fi; }

# same_freeze LINE: by the same person, for the same reason, as when a command is given again.
same_freeze() {
  [ "$(jq -c '[.by, .reason]' "$DIR/frozen.json" 2>/dev/null)" = "$(jq -c '[.by, .reason]' <<<"$1")" ]
}

refuse_if_frozen() {
  if [ ! -e "$DIR/frozen.json" ]; then return; fi
  EXIT_CODE=3 fail "$APP is locked $(freeze_in_words); slipway unlock $APP releases it. Nothing was changed."
}

FREEZE_WORDS='"by \(.by // "somebody") since \(.since // "some time"): \(.reason // "nobody knows why")"'

freeze_in_words() {
  jq -r "$FREEZE_WORDS" "$DIR/frozen.json" 2>/dev/null || printf 'by somebody, as %s says, which cannot be read' "$DIR/frozen.json"
}

# note_freeze ACTION RESULT REASON: in the ledger, for `slipway history`. A full disk keeps nobody from it.
note_freeze() {
  RUN='' TOKEN=${BY:-by hand: $(id -un) $(timestamp)}
  (ledger "$1" "$2" "$(deployed release)" "$(deployed version)" "$3") || true
}

# frozen_here: sets FROZEN to all applications that are locked here, each with its file, for INSPECTED.
frozen_here() {
  local file app
  FROZEN=''
  for file in "$ROOT"/*/frozen.json; do
    if [ ! -f "$file" ]; then continue; fi
    app=${file%/frozen.json}
    text_of "$file"
    FROZEN+=${app##*/}$'\x1f'${TEXT//[$'\x1e\x1f']/ }$'\x1e'
  done
}
