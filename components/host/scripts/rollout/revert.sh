# shellcheck shell=bash
# The way back: image, Compose file, environment and route of the previous release, whose containers still exist.
# Every part can run again after an interruption.
# Reads: APP, DIR, RUN, RELEASE, PREVIOUS, OLD, FAILED_AT (when the rollout failed).

revert() {
  local service held
  need_docker
  phase revert
  remove_one_offs
  mapfile -t held < <(each_strategy held)
  restore_routes "${held[@]}"
  each_strategy stop_new
  for service in $(jq -r '.old | keys[]' "$DIR/rollout.json"); do start_old "$service"; done
  restore_routes
  forget_upstreams
  printf 'reverted %s\n' "$(($(now) - ${FAILED_AT:-$(now)}))" >>"$RUN/steps"
  each_strategy drop_new
  revert_accessories
  forget_release
}

# start_old SERVICE: the old containers run again, with the restart policy that they had.
start_old() {
  local id policy now_has
  while IFS=$'\t' read -r id policy; do
    now_has=$(docker inspect --format '{{.HostConfig.RestartPolicy.Name}}' "$id" 2>/dev/null) || continue
    # Docker may still be stopping it (see stop_old), and would go on after it was found running.
    if [ "$now_has" != "${policy%%:*}" ]; then docker stop "$id" >/dev/null; fi
    docker update --restart "$policy" "$id" >/dev/null 2>&1 || continue
    if is_running "$id"; then continue; fi
    docker start "$id" >/dev/null || true
    if [ -n "$PREVIOUS" ] && [ -n "$(service_value "$PREVIOUS" "$1" .name)" ]; then
      (RELEASE=$PREVIOUS REASON_FILE='' await_health "$PREVIOUS" "$1" "$id" "$(restarts_of "$id")") || true
    fi
  done < <(jq -r --arg service "$1" '.old[$service][] | "\(.id)\t\(.policy)"' "$DIR/rollout.json")
}

# forget_release: a release that never served leaves neither files nor images.
forget_release() {
  if [ -e "$DIR/releases/$RELEASE/confirmed" ] || [ "$RELEASE" = "$PREVIOUS" ] || [ ! -d "$DIR/releases/$RELEASE" ]; then
    return
  fi
  mkdir -p "$RUN/failed" && cp "$DIR/releases/$RELEASE/manifest.json" "$RUN/failed/"
  rm -rf "$DIR/releases/$RELEASE"
  prune_images "$RUN/failed/manifest.json"
  prune_secret_files
}
