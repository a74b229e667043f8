# shellcheck shell=bash
# Settle: the one end of a deployment (side after) and of its way back (side before). What should serve is made to serve;
# only when that was read from the host do other containers, and then the journal, go. Every part can run again.
# Reads: APP, DIR, J. Sets: RUN, PROBLEMS (services that do not serve, and why), SERVICES.

# Exit codes: 0 it serves and is written down; 5 nothing serves; 6 it is not settled, or nobody can tell.
NOTHING_SERVES=5 NOT_SETTLED=6

# command_settle APP before|after: the caller holds the lock.
command_settle() {
  use_application "$1"
  local side=$2 start
  EXIT_CODE=$NOT_SETTLED
  trap 'code=$?; [ "$code" -eq 0 ] || exit "$EXIT_CODE"' EXIT
  read_journal || fail_journal
  RUN=${J[".run"]}
  if [ -e "$RUN/settling" ]; then SETTLED_AGAIN=yes; fi
  { [ -d "$RUN" ] || mkdir -p "$RUN"; } 2>/dev/null && { : >"$RUN/settling"; } 2>/dev/null || SETTLED_AGAIN=yes
  remove_temporary
  see_what_runs
  remove_helpers
  now
  start=$NOW
  restore "$side"
  read_what_serves "$side"
  now
  if [ "$side" = before ]; then took reverted $((NOW - start)); fi
  start=$NOW
  remove_others "$side"
  if [ "$side" = after ]; then stop_adopted; fi
  now
  took drain $((NOW - start))
  write_down "$side"
  rm -f "$PROXY/before/$APP".* "$DIR/rollout.json"
  sync "$DIR"
  notify_end "$side"
  outcome "$side"
}

# see_what_runs: Docker is waited for.
see_what_runs() {
  if look_around 2>/dev/null; then return; fi
  need_docker
  look_around || fail_docker
}

# remove_temporary: what was about to be written.
remove_temporary() {
  local file left=()
  for file in "$DIR"/*.new.* "$PROXY/upstreams/$APP".*.new.* "$PROXY/upstreams/$APP".*.next "$PROXY/routes/$APP".caddy.new.*; do
    if [ -e "$file" ]; then left+=("$file"); fi
  done
  if [ ${#left[@]} -gt 0 ]; then rm -f "${left[@]}"; fi
}

# restore SIDE: its containers run and are healthy, and requests go to them, first to those that run already.
restore() {
  local side=$1 service
  PROBLEMS=()
  on_this_side "$side"
  for service in "${SERVICES[@]}"; do lead_if_it_runs "$side" "$service"; done
  if [ -n "${J[".$side.route"]-}" ]; then ensure_proxy "$PROXY_SEEN"; fi
  if takes_requests "$side" && addressed "$side"; then ensure_network "$NETWORK_SEEN"; fi
  write_logins "$side"
  install_route "${J[".$side.route"]-}"
  restore_accessories "$side"
  undo_migration "$side"
  for service in "${SERVICES[@]}"; do restore_service "$side" "$service"; done
  restore_accessories "$side" late
  if [ "$side" = before ]; then return_to_adopted; fi
}

# addressed SIDE: its containers are reached by addresses in slipway-APP.
addressed() { [ "$1" = after ] || [ -n "${J[".$1.data"]-}" ]; }

lead_if_it_runs() {
  if ! routed "$1" "$2"; then return; fi
  containers_for "$1" "$2"
  if [ ${#IDS[@]} -gt 1 ]; then those_that_run; fi
  if [ "${STATE_OF[${IDS[0]-none}]-}" = running ] && has_its_policy "${IDS[0]}"; then lead "$1" "$2"; else hold "$1" "$2" || true; fi
}

# restore_service SIDE SERVICE: containers of it that are gone are made again, from the files of their release.
restore_service() {
  local side=$1 service=$2 id ids
  containers_for "$side" "$service"
  if [ ${#IDS[@]} -eq 0 ]; then make_again "$side" "$service" || return 0; fi
  containers_for "$side" "$service"
  ids=("${IDS[@]}")
  for id in "${ids[@]}"; do
    if routed "$side" "$service" && addressed "$side"; then give_address "$side" "$service" "$id"; fi
    give_policy_back "$id"
    # Docker gave an empty volume to the owner of the image's folder when it made the container that is turned down.
    if [ "$side" = before ]; then (own_empty_mounts "$id") || true; fi
    if [ "${STATE_OF[$id]}" = running ]; then continue; fi
    if exclusive "$service"; then stop_other_side "$side" "$service"; fi
    start_again "$side" "$service" "$id"
  done
  lead "$side" "$service"
}

make_again() {
  local side=$1 service=$2
  apart make "$APP" "$side" "$service"
  if [ "$CODE" -ne 0 ]; then
    PROBLEMS+=("$service is gone and cannot be made again")
    return 1
  fi
  read_journal || fail_journal
  look_containers || fail_docker
}

# command_make APP SIDE SERVICE: the containers of a service of this side, which are gone, from its release.
command_make() {
  use_application "$1"
  read_journal || fail_journal
  look_containers || fail_docker
  if routed "$2" "$3"; then ensure_network; fi
  make_joined "$2" "$3"
  join_now
  if [ "$2" = after ]; then return; fi
  jq -c --arg service "$3" --arg ids "${MADE[*]}" '.before.containers[$service] = ($ids | split(" "))' "$DIR/rollout.json" |
    replace "$DIR/rollout.json"
}

# start_again SIDE SERVICE ID: with the restart policy that it had, until it is healthy.
start_again() {
  local id=$3 restarts
  case ${STATE_OF[$id]} in
    paused) engine POST "/containers/$id/unpause" || true ;;
    # Docker may still be stopping it, and would go on after it was found running.
    restarting | removing | dead) engine POST "/containers/$id/stop" 2>/dev/null || true ;;
  esac
  restarts=$(restarts_of "$id")
  if ! start_container "$id"; then
    PROBLEMS+=("$2 does not start: $(last_line "$ANSWER")")
    return
  fi
  # Whether it serves is what counts here.
  run_hooks post_start "$id" "${J[".$1.services.$2.health.timeout"]-60}" || say "           $HOOK_PROBLEM"
  if ! await_health "$1" "$2" "$id" "$restarts"; then
    PROBLEMS+=("$PROBLEM")
  fi
}

# has_its_policy ID: nobody began to stop it (stop_container).
has_its_policy() { [ "${POLICY_OF[$1]}" = "${J[".before.policies.$1"]-${POLICY_OF[$1]}}" ]; }

# give_policy_back ID: what was about to be stopped is started again by Docker as before. Docker may still be stopping it,
# and would go on after it was found running.
give_policy_back() {
  local policy=${J[".before.policies.$1"]-}
  if has_its_policy "$1"; then return; fi
  if [ "${STATE_OF[$1]}" = running ]; then stop_container "$1" || fail_docker; fi
  restart_policy "$1" "$policy" || fail_docker
  POLICY_OF[$1]=$policy
}

# stop_other_side SIDE SERVICE: both may not run at the same time.
stop_other_side() {
  local id own
  containers_for "$1" "$2"
  own=" ${IDS[*]} "
  containers_of "$2"
  for id in "${IDS[@]}"; do
    if [[ $own != *" $id "* && ${STATE_OF[$id]} = running ]]; then stop_container "$id" || fail_docker; fi
  done
}

# read_what_serves SIDE: nothing is said or removed before route, upstreams and containers were read, as they are now.
read_what_serves() {
  local side=$1 service problem
  if [ ${#PROBLEMS[@]} -eq 0 ]; then
    for service in "${SERVICES[@]}"; do
      problem=$(does_not_serve "$side" "$service")
      if [ -n "$problem" ]; then PROBLEMS+=("$problem"); fi
    done
  fi
  if [ ${#PROBLEMS[@]} -eq 0 ]; then
    route_is "${J[".$side.route"]-}" || fail "the route of $APP is not what it should be"
    return
  fi
  docker_answers || fail_docker
  say_what_does_not "$side"
}

# say_what_does_not SIDE: ends with the exit code of its own; the journal stays, and with it what it says.
say_what_does_not() {
  local service text how="NOTHING SERVES"
  for service in "${SERVICES[@]}"; do
    if routed "$1" "$service" && [ -z "$(does_not_serve "$1" "$service")" ]; then how="ONLY A PART SERVES"; fi
  done
  text=$(printf '%s; ' "${PROBLEMS[@]}")
  text="$how: $APP ${J[".$1.version"]} (release ${J[".$1.release"]}): ${text%; }"
  note_unsettled "$text"
  notify_event "${RUN##*/}.$1.nothing" failure "$how: $APP ${J[".$1.version"]}" "$text"
  EXIT_CODE=$NOTHING_SERVES
  fail "$text. Deploy a version that works, or mend what is said here; slipway recover tries again every minute"
}

# does_not_serve SIDE SERVICE: prints why, if it does not.
does_not_serve() {
  local id tries result name
  containers_for "$1" "$2"
  if [ ${#IDS[@]} -eq 0 ]; then
    printf '%s has no container' "$2"
    return
  fi
  for id in "${IDS[@]}"; do
    for ((tries = 0; tries < 20; tries++)); do
      result=0
      check "$1" "$2" "$id" || result=$?
      if [ "$result" -ne 1 ]; then break; fi
      nap 0.25
    done
    if [ "$result" -ne 0 ]; then
      printf '%s is not healthy' "$2"
      return
    fi
  done
  ways "$1" "$2"
  for name in "${WAYS[@]}"; do
    dial "$1" "$2" "$name"
    upstream "$name"
    if [ "$UPSTREAM" != "$DIAL" ]; then
      printf 'the route of %s leads elsewhere' "$2"
      return
    fi
  done
}

# remove_others SIDE: containers of the other side, and those that neither has, are drained, stopped and removed.
remove_others() {
  local side=$1 id service wanted=' ' known=' ' volumes
  for service in "${SERVICES[@]}"; do
    containers_for "$side" "$service"
    wanted+="${IDS[*]} "
  done
  for service in ${J[".before.services@"]-} ${J[".before.accessories@"]-} ${J[".after.services@"]-} ${J[".after.accessories@"]-}; do known+="$service "; done
  for id in "${!SERVICE_OF[@]}"; do
    service=${SERVICE_OF[$id]}
    if [[ $wanted == *" $id "* ]] || is_accessory "$side" "$service"; then continue; fi
    # On the way back what nobody declared stays as it was found.
    if [[ $side == before && $known != *" $service "* && ${J[".present@"]-} == *"$id"* ]]; then continue; fi
    volumes=false
    if [ "$side" = before ] && is_accessory after "$service"; then volumes=true; fi
    if [ "${STATE_OF[$id]}" = running ]; then
      drain_if_routed "$service" "$id"
      stop_and_remove "$id" "$volumes"
    else
      remove_container "$id" "$volumes"
    fi
  done
  if [ ${#SERVICES[@]} -eq 0 ]; then remove_networks; fi
}

is_accessory() { [[ $'\n'${J[".$1.accessories@"]-}$'\n' == *$'\n'"$2"$'\n'* ]]; }

# remove_networks: nothing of the application runs.
remove_networks() {
  local network
  remove_network
  for network in $(docker network ls --quiet --filter "label=com.docker.compose.project=$APP"); do
    docker network rm "$network" >/dev/null 2>&1 || true
  done
}
