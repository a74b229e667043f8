# shellcheck shell=bash
# The way back: image, Compose file, environment and route of the previous release, whose containers still exist.
# Every part can run again after an interruption.

revert() {
  wait_for_docker || fail "Docker does not answer on this host; start it (systemctl start docker), the rest follows by itself"
  phase revert
  remove_one_offs
  local service held=()
  for service in $(services "$RELEASE" recreate); do
    ! exchanged "$service" || held+=("$(service_value "$PREVIOUS" "$service" .upstream)")
  done
  restore_routes "${held[@]}"
  for service in $(services "$RELEASE" recreate); do stop_new "$service"; done
  for service in $(jq -r '.old | keys[]' "$DIR/rollout.json"); do start_old "$service"; done
  restore_routes
  forget_upstreams
  printf 'reverted %s\n' "$(($(now) - ${FAILED_AT:-$(now)}))" >>"$RUN/steps"
  for service in $(services "$RELEASE" rolling); do
    drain_new "$service"
    # shellcheck disable=SC2046 # one argument per id
    remove_containers $(new_containers "$service")
  done
  revert_accessories
  forget_release
}

# exchanged SERVICE: its old container was stopped for the new one.
exchanged() {
  local id
  [ -n "$PREVIOUS" ] || return 1
  for id in $(old_containers "$1"); do
    [ "$(docker inspect --format '{{.State.Running}}' "$id" 2>/dev/null)" = true ] || return 0
  done
  return 1
}

stop_new() {
  local id
  for id in $(new_containers "$1"); do
    docker update --restart no "$id" >/dev/null 2>&1 || true
    docker stop "$id" >/dev/null 2>&1 || true
    docker rm --force "$id" >/dev/null 2>&1 || true
  done
}

# start_old SERVICE: the old containers run again, with the restart policy that they had.
start_old() {
  local id policy now_has
  while IFS=$'\t' read -r id policy; do
    now_has=$(docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' "$id" 2>/dev/null) || continue
    # Docker may still be stopping it (see stop_old), and would go on after it was found running.
    [ "$now_has" = "${policy%%:*}" ] || docker stop "$id" >/dev/null
    docker update --restart "$policy" "$id" >/dev/null 2>&1 || continue
    [ "$(docker inspect --format '{{.State.Running}}' "$id")" = true ] && continue
    docker start "$id" >/dev/null || true
    [ -n "$PREVIOUS" ] && [ -n "$(service_value "$PREVIOUS" "$1" .name)" ] || continue
    (RELEASE=$PREVIOUS REASON_FILE='' await_health "$PREVIOUS" "$1" "$id") || true
  done < <(jq -r --arg service "$1" '.old[$service][] | "\(.id)\t\(.policy)"' "$DIR/rollout.json")
}

drain_new() {
  local id
  for id in $(new_containers "$1"); do
    [ "$(docker inspect --format '{{.State.Running}}' "$id" 2>/dev/null)" = true ] || continue
    drain_if_routed "$RELEASE" "$1" "$id"
  done
}

# forget_release: a release that never served leaves neither files nor images.
forget_release() {
  [ -e "$DIR/releases/$RELEASE/confirmed" ] || [ "$RELEASE" = "$PREVIOUS" ] || [ ! -d "$DIR/releases/$RELEASE" ] && return
  mkdir -p "$RUN/failed" && cp "$DIR/releases/$RELEASE/manifest.json" "$RUN/failed/"
  rm -rf "$DIR/releases/$RELEASE"
  prune_images "$RUN/failed/manifest.json"
  prune_secret_files
}
