# shellcheck shell=bash
# The rollout itself, and its supervisor, whose session is its own. `roll_out` is the table of contents.
# Reads: HERE, APP, DIR, HOLDS. Sets: RUN, RELEASE, TOKEN, OWNER, CONFIRM, KEEP, NO_MIGRATION, IMAGES, OUTSIDE, REASON_FILE.

# supervise: runs the rollout as a child; however that ends, killed too, what it leaves is settled at once.
command_supervise() {
  local code=0
  use_application "$1"
  RUN=$2
  "$HERE/slipway" work "$APP" "$RUN" &
  wait $! || code=$?
  if [ "$code" -ne 0 ]; then end_session; fi
  if [ -f "$DIR/rollout.json" ]; then
    conclude
    code=$CODE
  fi
  end_run "$RUN" "$code"
  drop_lock
}

# end_run RUN CODE: whoever follows it reads how it ended.
end_run() {
  give_reserve_up "$1"
  if [ "$2" -eq 6 ]; then notify_event "${1##*/}.unsettled" failure "a deployment of $APP is not settled: nobody knows what serves" "$(reason_of "$1")"; fi
  if [ "$2" -eq 0 ]; then { : >"$1/finished"; } 2>/dev/null || true; fi
  { printf '%s' "$2" >"$1/status"; } 2>/dev/null || true
}

# give_reserve_up RUN: what is written from here on has its room.
give_reserve_up() {
  if [ -s "$1/reserve" ]; then : >"$1/reserve"; fi
}

# conclude: settles what the journal tells of, whoever comes to it: the supervisor, the recovery, the next deployment. The
# caller holds the lock. Sets CODE: 0 the release serves, 1 the one before serves again, 5 nothing serves, 6 not settled.
conclude() {
  local run
  # Whether it is whole, `settle` asks.
  text_of "$DIR/rollout.json"
  field run "$TEXT"
  run=$FIELD
  give_reserve_up "$run"
  field phase "$TEXT"
  if [ "$FIELD" = confirmed ]; then
    apart settle "$APP" after
    case $CODE in 0) return ;; 5) ;; *) CODE=6 && return ;; esac
    { printf 'it does not serve any more' >"$run/reason"; } 2>/dev/null || true
    { read_journal && phase back; } || { CODE=6 && return; }
  fi
  apart settle "$APP" before
  # One that was killed has settled nothing.
  case $CODE in 0) CODE=1 ;; 5) ;; *) CODE=6 ;; esac
}

# end_session: what is left of a killed rollout must not go on beside the way back. A migration's one-off has a process group of
# its own (timeout), but belongs to the session, which begins with this process.
end_session() {
  local tries id parent left
  for ((tries = 0; tries < 20; tries++)); do
    left=()
    # The rollout has ended: what this process has now as a child is `ps`.
    while read -r id parent; do
      if [ "$id" != $$ ] && [ "$parent" != $$ ]; then left+=("$id"); fi
    done < <(exec ps -o pid=,ppid= -s $$)
    if [ ${#left[@]} -eq 0 ]; then return; fi
    kill -KILL "${left[@]}" 2>/dev/null || true
    nap 0.05
  done
}

load_request() {
  {
    read -r RELEASE
    read -r TOKEN
    read -r OWNER
    read -r CONFIRM
    read -r KEEP
    read -r NO_MIGRATION
    read -r IMAGES
    # Missing where the deployment began before the scripts knew it.
    IFS= read -r OUTSIDE || true
  } <"$RUN/request"
  REASON_FILE=$RUN/reason
}

# work: the rollout, up to the moment from which its release is what should serve.
command_work() {
  use_application "$1"
  RUN=$2
  load_request
  begin_rollout
  notify_event "${RUN##*/}.start" start "$APP ${J[".version"]} (release $RELEASE) is being deployed${J[".before.version"]:+; ${J[".before.version"]} served before}"
  roll_out
}

roll_out() {
  step preflight preflight
  if [ -n "${J[".after.data"]-}" ]; then step route prepare_route; fi
  if [ -n "${MANIFEST["$RELEASE.adopt.exclusive"]-}" ]; then step adopt stop_adopted; fi
  step accessory update_accessories
  plan_migration
  if [ -n "${MANIFEST["$RELEASE.mounted[]"]-}" ]; then step volumes prepare_volumes; fi
  if [ -n "${MANIFEST["$RELEASE.backup"]-}" ]; then step backup back_up; fi
  if keeps_before_migration; then step backup keep_before_migration; fi
  if [ -n "${MANIFEST["$RELEASE.start"]-}" ]; then step once run_last; fi
  if [ -n "$WAY" ]; then step migration migrate; fi
  step start start_services
  step health await_services
  step exchange each_strategy exchange
  if [ -n "${J[".after.data"]-}" ]; then step verify verify_unseen; fi
  step switch switch_routes
  if [ -n "${J[".after.late@"]-}" ]; then step accessory start_late; fi
  step check check_as_user
  if [ "${MANIFEST["$RELEASE.observe"]-}" -ne 0 ]; then step observe observe; fi
  await_confirmation
  phase confirmed || fail "the confirmation of $APP cannot be written; df $DIR shows whether the disk is full"
}

# takes_requests SIDE: some service is reached by the proxy.
takes_requests() {
  local service
  for service in ${J[".$1.services@"]-}; do
    if routed "$1" "$service"; then return; fi
  done
  return 1
}

# prepare_route: the sites of both sides, and the way on which the new containers will be verified, before any request is
# held: a reload of the proxy ends those that are.
prepare_route() {
  write_logins after
  if ! route_is "${J[".after.route"]}"; then route_is_understood "${J[".after.route"]}"; fi
  names '.after.services@'
  lead_to_old "${NAMES[@]}"
  if ! route_is "${J[".after.route"]}"; then
    install_route "$(route_text "${J[".before.data"]:-null}" "${J[".after.data"]}")"$'\n'
  fi
}

# verify_unseen: the new containers are asked through the proxy, on a way that only this host can use.
verify_unseen() {
  local services service most=1 n
  names '.after.services@'
  services=("${NAMES[@]}")
  for service in "${services[@]}"; do
    n=${J[".after.services.$service.replicas"]:-1}
    if routed after "$service" && [ "$n" -gt "$most" ]; then most=$n; fi
  done
  # The first one last, as it is offered to users like that.
  for ((n = most; n > 0; n--)); do
    offer_candidates "$n" "${services[@]}"
    verify_candidate "$RELEASE"
  done
  verify_command "$RELEASE"
}

# lead_to_old SERVICE…: an upstream that the route did not have before leads to what serves now, until the switch.
lead_to_old() {
  local service name name_of_port port
  for service in "$@"; do
    if ! routed before "$service"; then continue; fi
    ways after "$service"
    for name in "${WAYS[@]}"; do
      upstream "$name"
      if [ -n "$UPSTREAM" ]; then continue; fi
      containers_for before "$service"
      if [ ${#IDS[@]} -eq 0 ]; then continue; fi
      if [ ${#IDS[@]} -gt 1 ]; then those_that_run; fi
      port=${J[".before.services.$service.port"]}
      # A port of its own that what serves did not have: its requests wait until the switch.
      name_of_port=${name%~*}
      if [[ $name_of_port == *@* && ${name_of_port##*@} != "$port" ]]; then continue; fi
      set_upstream "$name" "${ADDRESS_OF[${IDS[0]}]:-${NAME_OF[${IDS[0]}]}}:$port"
    done
  done
}

# switch_routes: from here on users reach the new containers. A power cut may take that back, until it is confirmed (phase).
switch_routes() {
  local service
  keep_upstreams
  if [ -n "${J[".after.data"]-}" ]; then switch_by_renaming; else
    # The route of an older release: it may have other upstreams, which lead to their containers before it is there.
    for service in ${J[".after.services@"]-}; do lead after "$service"; done
  fi
  # Requests that were held try again every 0.1 s; a reload would end those that have not yet.
  if [ -n "$HOLDS" ] && ! route_is "${J[".after.route"]-}"; then nap 0.5; fi
  holds_no_more
  install_route "${J[".after.route"]-}"
}

switch_by_renaming() {
  local service name
  for service in ${J[".after.services@"]-}; do
    ways after "$service" both
    for name in "${WAYS[@]}"; do
      mv -fT "$PROXY/upstreams/$name.next" "$PROXY/upstreams/$name" || fail "the route of $APP cannot be written; see $PROXY/upstreams"
    done
  done
}

# check_as_user: a release of the version before is verified only here.
check_as_user() {
  if [ -z "${MANIFEST["$RELEASE.verification"]-}" ]; then return; fi
  if [ -n "${J[".after.data"]-}" ]; then verify_as_user "$RELEASE"; else verify; fi
}
