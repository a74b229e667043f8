# shellcheck shell=bash
# Confirm: from here on the new release is what runs; what is left is tidying, which an interruption may repeat.
# Reads: APP, DIR, RUN, RELEASE, PREVIOUS, OLD, TOKEN, OWNER, KEEP, CONFIRM, PROXY.

# await_confirmation: with several hosts every one waits until all have switched; without their word it goes back.
await_confirmation() {
  local deadline
  if [ "$CONFIRM" -eq 0 ]; then return; fi
  phase activated
  journal '.until = $until' --arg until "$(date -u -d "+$CONFIRM seconds" +%Y-%m-%dT%H:%M:%SZ)"
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

# make_current: the rollback point moves. `deployment.json` is what `inspect` compares the host with.
make_current() {
  phase confirmed
  touch "$DIR/releases/$RELEASE/confirmed"
  ln -sfn "releases/$RELEASE" "$DIR/.current" && mv -fT "$DIR/.current" "$DIR/current"
}

# remove_old: first what the release no longer has, then the old containers of its own services.
remove_old() {
  local service id
  for service in "${!OLD[@]}"; do
    if [ -n "$(service_value "$RELEASE" "$service" .name)" ] || is_accessory "$service"; then continue; fi
    # shellcheck disable=SC2046 # one argument per id
    remove_containers $(old_containers "$service")
  done
  for service in $(services "$RELEASE"); do
    for id in $(old_containers "$service"); do
      if is_running "$id"; then
        drain_if_routed "$PREVIOUS" "$service" "$id"
        docker stop "$id" >/dev/null 2>&1 || true
      fi
      remove_containers "$id"
    done
  done
}

record_deployment() {
  local containers
  containers=$(own_containers)
  jq -cn --arg release "$RELEASE" --arg version "$(manifest "$RELEASE" .version)" --arg token "$TOKEN" \
    --arg owner "$OWNER" --arg confirmed "$(timestamp)" \
    --arg containers "$containers" --arg upstreams "$(upstreams)" --arg keep "$KEEP" '
    def rows: split("\n") | map(select(. != "") | split("\t"));
    {release: $release, version: $version, token: $token, owner: $owner, confirmed: $confirmed, keep: ($keep | tonumber),
      containers: ($containers | rows | map({name: .[0], id: .[1]})),
      upstreams: ($upstreams | rows | map({key: .[0], value: .[1]}) | from_entries)}' | replace "$DIR/deployment.json"
}

# upstreams: the application's upstream files, name and content a line.
upstreams() {
  local file
  for file in "$PROXY/upstreams/$APP".*; do
    if [ -f "$file" ]; then printf '%s\t%s\n' "${file##*/}" "$(<"$file")"; fi
  done
}

finish() {
  step drain remove_old
  forget_upstreams
  need_docker
  record_deployment
  step prune prune
  ledger deploy confirmed "$RELEASE" ''
  touch "$RUN/finished"
  rm -f "$DIR/rollout.json"
}

command_confirm() {
  local run='' reason
  parse_deploy confirm "$@"
  if [ -f "$DIR/rollout.json" ] && [ "$(jq -r .release "$DIR/rollout.json")" = "$RELEASE" ]; then
    run=$(jq -r .run "$DIR/rollout.json")
    touch "$run/confirm"
    while [ ! -e "$run/status" ] && ! lock_is_free; do nap 0.1; done
    [ -e "$run/status" ] || (recover_one)
  fi
  if [ -z "$run" ]; then
    [ "$(deployed release)" = "$RELEASE" ] && [ -z "$(differences)" ] ||
      fail "release $RELEASE of $APP was not confirmed in time and went back by itself; run pulumi up again"
  elif [ ! -e "$run/finished" ]; then
    reason=$(cat "$run/reason" 2>/dev/null || printf 'it was interrupted')
    fail "release $RELEASE of $APP went back by itself: $(short "$reason" 1500). Run pulumi up again"
  fi
  if [ "$(deployed token)" != "$TOKEN" ] && take_lock 5 "$TOKEN"; then
    adopt
    drop_lock
  fi
  say "$APP $(deployed version) (release $RELEASE) is confirmed"
}
