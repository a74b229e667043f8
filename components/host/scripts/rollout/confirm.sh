# shellcheck shell=bash
# Several hosts are one deployment: each is activated, then each is asked whether it can confirm (prepare), then all are
# told to. A host without that word goes back by itself.
# Reads: APP, DIR, RUN, RELEASE, TOKEN, OWNER, CONFIRM, J.

# await_confirmation: whoever waits says until when.
await_confirmation() {
  local deadline
  if [ "$CONFIRM" -eq 0 ]; then return; fi
  say "activated: $APP ${J[".version"]} takes requests here, and goes back in $CONFIRM s unless the other hosts follow and it is confirmed"
  touch "$RUN/activated"
  now
  deadline=$((NOW + CONFIRM * 1000))
  until [ -e "$RUN/confirm" ]; do
    # A run that follows this one brings the other hosts: it gets the whole time.
    if [ -e "$RUN/again" ]; then
      now
      deadline=$((NOW + CONFIRM * 1000))
      rm -f "$RUN/again"
    fi
    if [ -e "$RUN/prepare" ]; then
      promise
      # Longer than another host may take for its own promise.
      now
      deadline=$((NOW + (CONFIRM + 60) * 1000))
    fi
    if is_over "$deadline"; then
      touch "$RUN/retry"
      fail "not confirmed within $CONFIRM s, as another host of $APP failed or the deployment was interrupted"
    fi
    nap 0.05
  done
}

# promise: the new containers are healthy now, and what is to be written will find room.
promise() {
  local service id
  free_space_for "$DIR"
  for service in ${J[".after.services@"]-}; do
    containers_for after "$service"
    for id in "${IDS[@]}"; do
      check after "$service" "$id" || await_health after "$service" "$id" "$(restarts_of "$id")" || fail "$PROBLEM"
    done
  done
  mv -f "$RUN/prepare" "$RUN/prepared"
}

# command_prepare: exit code 0 says that this host will confirm as soon as it is told to.
command_prepare() {
  local run
  parse_deploy prepare "$@"
  run=$(run_of_release)
  if [ -z "$run" ]; then
    went_back ''
    say "$APP $(deployed version) (release $RELEASE) is confirmed"
    return
  fi
  rm -f "$run/prepared"
  touch "$run/prepare"
  await_word "$run" "$run/prepared"
  if [ ! -e "$run/prepared" ]; then went_back "$run"; fi
  say "$APP (release $RELEASE) can be confirmed"
}

# await_word RUN [FILE]: until FILE is there, or RUN has ended. That it was killed is asked twice a second, as it starts a program.
await_word() {
  local looks=0
  until [ -e "${2:-}" ] || [ -s "$1/status" ]; do
    looks=$((looks + 1))
    if [ $((looks % 10)) -eq 0 ] && lock_is_free; then return; fi
    nap 0.05
  done
}

# run_of_release: of the deployment of this release that is under way.
run_of_release() {
  if [ -f "$DIR/rollout.json" ] && read_journal && [ "${J[".release"]}" = "$RELEASE" ]; then printf '%s' "${J[".run"]}"; fi
}

# went_back RUN: fails, unless the release serves and is confirmed after all.
went_back() {
  local reason
  if [ -z "$1" ]; then
    [ "$(deployed release)" = "$RELEASE" ] && [ -z "$(differences)" ] ||
      fail "release $RELEASE of $APP was not confirmed in time and went back by itself; run pulumi up again"
  elif [ ! -e "$1/finished" ]; then
    reason=$(cat "$1/reason" 2>/dev/null || printf 'it was interrupted')
    # Only 1 says that what ran before was read to serve again (conclude).
    [ "$(cat "$1/status" 2>/dev/null)" = 1 ] ||
      fail "release $RELEASE of $APP is not confirmed, and what serves is not settled: $(short "$reason" 1500). slipway inspect tells what serves here; run pulumi up again"
    fail "release $RELEASE of $APP went back by itself: $(short "$reason" 1500). Other hosts of $APP may run another version until pulumi up has run again"
  fi
}

command_confirm() {
  local run
  parse_deploy confirm "$@"
  run=$(run_of_release)
  if [ -n "$run" ]; then
    touch "$run/confirm"
    await_word "$run"
    if [ ! -s "$run/status" ]; then apart recover "$APP"; fi
  fi
  went_back "$run"
  if [ "$(deployed token)" != "$TOKEN" ] && take_lock 5 "$TOKEN"; then
    adopt "$TOKEN" "$OWNER"
    drop_lock
  fi
  say "$APP $(deployed version) (release $RELEASE) is confirmed"
}
