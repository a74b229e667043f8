# shellcheck shell=bash
# Confirm: from here on the new release is what runs; what is left is tidying, which an interruption may repeat.

# await_confirmation: with several hosts every one waits until all have switched; without a word it goes back.
await_confirmation() {
  local deadline
  [ "$CONFIRM" -gt 0 ] || return 0
  phase activated
  journal '.until = $until' --arg until "$(date -u -d "+$CONFIRM seconds" +%Y-%m-%dT%H:%M:%SZ)"
  touch "$RUN/activated"
  deadline=$(($(now) + CONFIRM * 1000))
  until [ -e "$RUN/confirm" ]; do
    # A run that follows this one brings the other hosts: it gets the whole time.
    [ ! -e "$RUN/again" ] || {
      deadline=$(($(now) + CONFIRM * 1000))
      rm -f "$RUN/again"
    }
    [ "$(now)" -lt "$deadline" ] || {
      touch "$RUN/retry"
      fail "not confirmed within $CONFIRM s, as another host of $APP failed or the deployment was interrupted"
    }
    nap 0.1
  done
}

# make_current: the rollback point moves. `deployment.json` is what `inspect` compares the host with.
make_current() {
  phase confirmed
  touch "$DIR/releases/$RELEASE/confirmed"
  ln -sfn "releases/$RELEASE" "$DIR/.current" && mv -fT "$DIR/.current" "$DIR/current"
}

remove_old() {
  local service id
  for service in "${!OLD[@]}"; do
    [ -n "$(service_value "$RELEASE" "$service" .name)" ] || is_accessory "$service" && continue
    # A service that the release no longer has.
    # shellcheck disable=SC2046
    remove_containers $(old_containers "$service")
  done
  for service in $(services "$RELEASE"); do
    for id in $(old_containers "$service"); do
      [ "$(docker inspect --format '{{.State.Running}}' "$id" 2>/dev/null)" = true ] || {
        remove_containers "$id"
        continue
      }
      drain_if_routed "$PREVIOUS" "$service" "$id"
      docker stop "$id" >/dev/null 2>&1 || true
      remove_containers "$id"
    done
  done
}

record_deployment() {
  local containers
  containers=$(own_containers)
  jq -cn --arg release "$RELEASE" --arg version "$(manifest "$RELEASE" .version)" --arg token "$TOKEN" \
    --arg owner "$OWNER" --arg confirmed "$(timestamp)" \
    --arg containers "$containers" --arg upstreams "$(upstreams)" --arg keep "$KEEP" \
    'def rows: split("\n") | map(select(. != "") | split("\t"));
    {release: $release, version: $version, token: $token, owner: $owner, confirmed: $confirmed, keep: ($keep | tonumber),
      containers: ($containers | rows | map({name: .[0], id: .[1]})),
      upstreams: ($upstreams | rows | map({key: .[0], value: .[1]}) | from_entries)}' | replace "$DIR/deployment.json"
}

# upstreams: the application's upstream files, name and content a line.
upstreams() {
  local file
  for file in "$PROXY/upstreams/$APP".*; do
    [ ! -f "$file" ] || printf '%s\t%s\n' "${file##*/}" "$(<"$file")"
  done
}

finish() {
  step drain remove_old
  forget_upstreams
  wait_for_docker || fail "Docker does not answer on this host; start it (systemctl start docker), the rest follows by itself"
  record_deployment
  step prune prune
  ledger deploy confirmed "$RELEASE" ''
  touch "$RUN/finished"
  rm -f "$DIR/rollout.json"
}

command_confirm() {
  parse_deploy "$@"
  local run=''
  if [ -f "$DIR/rollout.json" ] && [ "$(jq -r .release "$DIR/rollout.json")" = "$RELEASE" ]; then
    run=$(jq -r .run "$DIR/rollout.json")
    touch "$run/confirm"
    while [ ! -e "$run/status" ] && ! lock_is_free; do nap 0.1; done
    [ -e "$run/status" ] || (recover_one)
  fi
  if [ -n "$run" ]; then
    [ -e "$run/finished" ] || fail "release $RELEASE of $APP went back by itself: $(cat "$run/reason" 2>/dev/null || printf 'it was interrupted'). Run pulumi up again"
  else
    [ "$(deployed release)" = "$RELEASE" ] && [ -z "$(differences)" ] ||
      fail "release $RELEASE of $APP was not confirmed in time and went back by itself; run pulumi up again"
  fi
  if [ "$(deployed token)" != "$TOKEN" ] && take_lock 5 "$TOKEN"; then
    adopt
    drop_lock
  fi
  say "$APP $(deployed version) (release $RELEASE) is confirmed"
}
