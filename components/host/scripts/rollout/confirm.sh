# shellcheck shell=bash
# Confirm: from here on the new release is what should serve.
# Reads: APP, DIR, RUN, RELEASE, TOKEN, OWNER, CONFIRM.

# await_confirmation: with several hosts every one waits until all have switched; without their word it goes back.
await_confirmation() {
  local deadline
  if [ "$CONFIRM" -eq 0 ]; then return; fi
  touch "$RUN/activated"
  deadline=$(($(now) + CONFIRM * 1000))
  until [ -e "$RUN/confirm" ]; do
    # A run that follows this one brings the other hosts: it gets the whole time.
    if [ -e "$RUN/again" ]; then
      deadline=$(($(now) + CONFIRM * 1000))
      rm -f "$RUN/again"
    fi
    if [ "$(now)" -ge "$deadline" ]; then
      touch "$RUN/retry"
      fail "not confirmed within $CONFIRM s, as another host of $APP failed or the deployment was interrupted"
    fi
    nap 0.1
  done
}

command_confirm() {
  local run='' reason
  parse_deploy confirm "$@"
  if [ -f "$DIR/rollout.json" ] && read_journal && [ "${J[".release"]}" = "$RELEASE" ]; then
    run=${J[".run"]}
    touch "$run/confirm"
    while [ ! -e "$run/status" ] && ! lock_is_free; do nap 0.1; done
    if [ ! -e "$run/status" ]; then apart recover "$APP"; fi
  fi
  if [ -z "$run" ]; then
    [ "$(deployed release)" = "$RELEASE" ] && [ -z "$(differences)" ] ||
      fail "release $RELEASE of $APP was not confirmed in time and went back by itself; run pulumi up again"
  elif [ ! -e "$run/finished" ]; then
    reason=$(cat "$run/reason" 2>/dev/null || printf 'it was interrupted')
    fail "release $RELEASE of $APP went back by itself: $(short "$reason" 1500). Run pulumi up again"
  fi
  if [ "$(deployed token)" != "$TOKEN" ] && take_lock 5 "$TOKEN"; then
    adopt "$TOKEN" "$OWNER"
    drop_lock
  fi
  say "$APP $(deployed version) (release $RELEASE) is confirmed"
}
