# shellcheck shell=bash
# Notifications: what happened to an application goes as a file into the outbox, from which `slipway notify` sends it
# (operate/notify.sh). Nobody waits for that, and what goes wrong with it is no deployment's failure.
# Reads: HERE, HOME_DIR, APP, DIR, J, OWNER, TOKEN. Sets: NOTIFICATIONS, OUTBOX, EVENT.

NOTIFICATIONS=$HOME_DIR/notifications
OUTBOX=$NOTIFICATIONS/outbox

# notify_event ID EVENTS TITLE [REASON]: APP's stack is told what TITLE says, by those of its targets that want one of
# EVENTS (start, success, failure, rollback, job; a space between two). What has the ID of one that was told is not told again.
notify_event() {
  if ! compgen -G "$NOTIFICATIONS/stacks/*.json" >/dev/null; then return; fi
  { put_event "$@" && send_soon; } 2>/dev/null || true
}

put_event() {
  local name=$APP.${1//[^A-Za-z0-9.-]/-}
  name=${name:0:100}
  [ ! -e "$OUTBOX/.told/$name" ] && event_text "${@:2}" && printf '%s\n' "$EVENT" >"$OUTBOX/.new.$name" &&
    mv -f "$OUTBOX/.new.$name" "$OUTBOX/$name" && : >"$OUTBOX/.told/$name"
}

# event_text EVENTS TITLE [REASON]: sets EVENT, as JSON.
event_text() {
  local part text='' name
  local -a named=(application "$APP" events "$1" title "$2" reason "${3:-}" by "${J[".by"]-${TOKEN:-}}" time "$(timestamp)"
  release "${J[".release"]-${RELEASE:-}}" owner "${J[".owner"]-${OWNER:-}}")
  if [ -z "${named[-1]}" ]; then named[-1]=$(deployed owner || true); fi
  while [ ${#named[@]} -gt 0 ]; do
    name=${named[0]} part=${named[1]//[$'\x01'-$'\x1f\x7f']/ }
    shorten "$part" 1500
    text+=",\"$name\":$(in_json "$SHORT")"
    named=("${named[@]:2}")
  done
  EVENT="{${text:1}}"
}

# send_soon: in a session of its own, which holds nothing of this deployment, and takes from it what it leaves of a core.
send_soon() {
  setsid nice -n 19 "$HERE/slipway" notify </dev/null >/dev/null 2>&1 4>&- 8>&- 9>&- &
}

# send_left: the recovery sends what waits, once a minute.
send_left() {
  if compgen -G "$OUTBOX/[a-z]*" >/dev/null; then send_soon; fi
}

# notify_end SIDE: of a deployment that is settled, as it was read and written down.
notify_end() {
  local run=${RUN##*/} version=${J[".version"]} events=success
  if [ "$1" = after ]; then
    # A release that was confirmed before is deployed again.
    if [ "${J[".after.confirmed"]}" = true ]; then events+=' rollback'; fi
    notify_event "$run.confirmed" "$events" "$APP $version (release ${J[".after.release"]}) serves and is confirmed"
  elif [ -n "${J[".before.release"]-}" ]; then
    notify_event "$run.reverted" 'failure rollback' \
      "$APP $version failed and was rolled back: ${J[".before.version"]} (release ${J[".before.release"]}) serves as before" "$(reason_of "$RUN")"
  else
    notify_event "$run.reverted" 'failure rollback' "$APP $version failed and was rolled back: what was there before is as it was" "$(reason_of "$RUN")"
  fi
}

# notifications_become: what the request of a bootstrap declares for its stack.
notifications_become() {
  stack_becomes "$NOTIFICATIONS" notifications targets "$OUTBOX/.told"
  case $MANY in
    '') ;;
    0) say "nobody is notified of $DECLARING any more" ;;
    *) say "$MANY targets are notified of $DECLARING" ;;
  esac
}
