# shellcheck shell=bash
# Destroy: stops the application and takes its route away. Data (volumes, data/, backups/) stays unless --data is given.
# Reads: HOME_DIR, ROOT, APP, DIR. Sets: OWNER, DATA, STACK, RELEASE, PREVIOUS, TOKEN, RUN.

# swallow: takes what is sent along. Pulumi sends a deletion the input of what it deletes, and a command that ends before it
# has taken all of it is an error there (golang.org/x/crypto/ssh, Session.Wait).
swallow() { if [ ! -t 0 ]; then timeout 2 cat >/dev/null || true; fi; }

command_destroy() {
  swallow
  use_application "${1:-}"
  parse_options destroy "${@:2}"
  if [ ! -d "$DIR" ]; then
    say "$APP is not on this host"
    return
  fi
  if [ -n "$(deployed owner)" ] && [ "$(deployed owner)" != "$OWNER" ]; then
    say "kept: $APP on this host now belongs to $(deployed owner), not to $OWNER; nothing was removed"
    return
  fi
  take_lock 30 "destroy by $OWNER" || fail_locked
  refuse_if_frozen
  # Data that stays is whole, and known.
  if [ -z "$DATA" ]; then settle_restore_left; fi
  remove_application "$DATA" "$OWNER"
}

remove_application() {
  local data=$1 release
  mkdir -p "$DIR/run"
  # A record that cannot be read keeps nobody from removing the application.
  RELEASE=$(deployed release) || RELEASE=''
  TOKEN="destroy by $2" PREVIOUS=$RELEASE
  RUN=$(mktemp -d "$DIR/run/$(date -u +%Y%m%dT%H%M%S).XXXXXX")
  release=$RELEASE
  remove_route
  remove_one_offs "com.docker.compose.project=$APP" com.docker.compose.oneoff=True
  stop_with_hooks
  if [ -n "$release" ] && intact "$release"; then
    quietly compose "$release" --profile '*' down --remove-orphans || true
  fi
  remove_labelled "$data"
  if [ -n "$release" ]; then ledger destroy removed "$release" "$(deployed version)" '' || true; fi
  rm -f "$DIR/deployment.json" "$DIR/current" "$DIR/rollout.json" "$DIR/restore.json"
  rm -rf "$DIR/releases" "$DIR/secrets" "$DIR/run" "$DIR/.jobs" "$DIR"/.backups/*/work.*
  prune_images
  prune_files
  if [ -n "$data" ]; then
    rm -rf "${DIR:?}" 2>/dev/null || sudo -n rm -rf "${DIR:?}"
    say "$APP is gone, and its data with it"
  else
    drop_lock
    say "$APP is stopped; its volumes and $DIR (data, backups, ledger) are kept"
  fi
}

# stop_with_hooks: where containers have hooks, which Compose would run without an end and without showing them. Those that
# others depend on come last.
stop_with_hooks() {
  local id accessories late
  look_containers 2>/dev/null || return 0
  if [ ${#HOOKS_OF[@]} -eq 0 ]; then return; fi
  read_manifest "$RELEASE" 2>/dev/null || true
  accessories=$'\n'${MANIFEST["$RELEASE.accessories[]"]-}$'\n' late=$'\n'${MANIFEST["$RELEASE.late[]"]-}$'\n'
  for id in "${!SERVICE_OF[@]}"; do
    if [[ ${STATE_OF[$id]} = running && $late == *$'\n'"${SERVICE_OF[$id]}"$'\n'* ]]; then stop_container "$id" || true; fi
  done
  for id in "${!SERVICE_OF[@]}"; do
    if [[ ${STATE_OF[$id]} = running && $accessories != *$'\n'"${SERVICE_OF[$id]}"$'\n'* ]]; then stop_container "$id" || true; fi
  done
  for id in "${!HOOKS_OF[@]}"; do
    if [ "${STATE_OF[$id]}" = running ]; then stop_container "$id" || true; fi
  done
}

# remove_labelled [DATA]: what Compose made for the application and, without intact files, cannot remove itself.
remove_labelled() {
  local label=label=com.docker.compose.project=$APP ids id
  ids=$(docker ps --all --quiet --filter "$label")
  if [ -n "$ids" ]; then
    # shellcheck disable=SC2086 # one argument per id
    DOCKER_LIMIT=900 docker stop $ids >/dev/null 2>&1 || true
    for id in $ids; do remove_container "$id"; done
  fi
  remove_networks
  if [ -z "${1:-}" ]; then return; fi
  ids=$(docker volume ls --quiet --filter "$label")
  # shellcheck disable=SC2086 # one argument per id
  [ -z "$ids" ] || docker volume rm $ids >/dev/null ||
    fail "some volumes of $APP are still in use; docker volume ls --filter $label shows them"
}

command_retire() {
  local left
  swallow
  parse_options retire "$@"
  if [ -n "$STACK" ]; then
    end_deploy_keys "$STACK"
    forget_stack "$NOTIFICATIONS" "$STACK"
    forget_stack "$BACKUPS" "$STACK"
  fi
  # A first deployment that is under way counts, too.
  left=$(find "$ROOT" -mindepth 2 -maxdepth 2 \( -name deployment.json -o -name rollout.json \) -printf '%h ' 2>/dev/null || true)
  if [ -n "$left" ]; then
    say "kept: applications still run on this host ($left)"
    return
  fi
  if [ -f "$HOME_DIR/proxy/compose.yaml" ]; then quietly docker compose --file "$HOME_DIR/proxy/compose.yaml" down; fi
  { crontab -l 2>/dev/null | grep -v -F "$HOME_DIR/bin/slipway recover" || true; } | crontab -
  rm -f "$HOME_DIR/host.json"
  say "the proxy is stopped; Docker and $HOME_DIR are kept"
}
