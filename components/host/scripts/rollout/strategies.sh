# shellcheck shell=bash
# Strategies: how a service's old container gives way to its new one. Each is a file of strategies/ with a function
# NAME_STEP for each step below; what a release's manifest names is looked up by that name.
#   NAME_start SERVICE…      beside the old containers, before anything of theirs is touched
#   NAME_await SERVICE…      until the new ones are healthy
#   NAME_exchange SERVICE…   where the old one must stop before the new one may start
#   NAME_exclusive           the old one and the new one may not run at the same time
# A service of which nothing ran before makes way for nobody: it starts and is awaited as none of them says.
# The way back is the same for all (settle.sh).
# Reads: HERE, RUN, RELEASE. Sets: STRATEGIES, NAMES.

STRATEGIES=()
for part in "$HERE"/rollout/strategies/*.sh; do
  # shellcheck source=/dev/null
  . "$part"
  part=${part##*/}
  STRATEGIES+=("${part%.sh}")
done

# exclusive SERVICE: as its strategy before or now says; where nothing is known of how it was started, it is.
exclusive() {
  local side strategy
  for side in before after; do
    strategy=${J[".$side.services.$1.strategy"]-}
    if [ -n "$strategy" ] && "${strategy}_exclusive"; then return; fi
  done
  [ -z "$strategy" ]
}

# make_missing SERVICE…: new containers for those services that have none yet.
make_missing() {
  local service missing=() joined=()
  for service in "$@"; do
    containers_for after "$service"
    if [ ${#IDS[@]} -gt 0 ]; then continue; fi
    if [ -n "${MANIFEST["$RELEASE.services.$service.joined@"]-}" ]; then joined+=("$service"); else missing+=("$service"); fi
  done
  if [ ${#missing[@]} -gt 0 ]; then make_containers after "${missing[@]}"; fi
  for service in "${joined[@]}"; do make_joined "$service"; done
}

# make_joined SERVICE: a container that has the network, say, of another service's new one, which comes first. Compose would
# join it to the one that is about to go.
make_joined() {
  local key other joins='' MORE
  for key in ${MANIFEST["$RELEASE.services.$1.joined@"]}; do
    other=${MANIFEST["$RELEASE.services.$1.joined.$key"]}
    make_missing "$other"
    containers_for after "$other"
    joins+=",\"$key\":\"container:${IDS[0]}\""
  done
  MORE=(--file "$RUN/joined.json")
  printf '{"services":{"%s":{%s}}}\n' "$1" "${joins#,}" >"$RUN/joined.json"
  make_containers after "$1"
}

start_new() {
  local id
  containers_for after "$1"
  for id in "${IDS[@]}"; do
    start_container "$id" || fail "$1 of $APP does not start: $(last_line "$ANSWER")"
    run_hooks post_start "$id" "${J[".after.services.$1.health.timeout"]-60}" || {
      last_words "$id"
      fail "$HOOK_PROBLEM; what the container itself said last stands above"
    }
  done
}

await_new() {
  local id
  containers_for after "$1"
  for id in "${IDS[@]}"; do await_health after "$1" "$id" || fail "$PROBLEM"; done
}

start_services() {
  start_newcomers
  each_strategy start
}

await_services() {
  await_newcomers
  each_strategy await
}

# each_strategy STEP: each strategy takes this step with those services of the release that are its own.
each_strategy() {
  local strategy service own
  for strategy in "${STRATEGIES[@]}"; do
    own=()
    for service in ${MANIFEST["$RELEASE.services.${strategy}[]"]-}; do
      if ran_before "$service"; then own+=("$service"); fi
    done
    if [ ${#own[@]} -gt 0 ]; then "${strategy}_$1" "${own[@]}"; fi
  done
}

# start_newcomers: in the order of what they need. What others wait for is healthy before these start.
start_newcomers() {
  local service services
  newcomers
  services=("${NAMES[@]}")
  make_missing "${services[@]}"
  for service in "${services[@]}"; do
    start_new "$service"
    if [ -n "${MANIFEST["$RELEASE.services.$service.awaited"]-}" ]; then await_new "$service"; fi
  done
}

await_newcomers() {
  local service
  newcomers
  for service in "${NAMES[@]}"; do await_new "$service"; done
}

# newcomers: sets NAMES to the services of the release of which nothing ran before.
newcomers() {
  local service
  NAMES=()
  for service in ${MANIFEST["$RELEASE.services[]"]-}; do
    if ! ran_before "$service"; then NAMES+=("$service"); fi
  done
}

# ran_before SERVICE: it has a container that was there when the deployment began.
ran_before() {
  local id
  containers_of "$1"
  for id in "${IDS[@]}"; do
    if [[ ${J[".present@"]-} == *"$id"* ]]; then return; fi
  done
  return 1
}

# strategies_known RELEASE: a service of an unknown strategy would not be started, and its old container removed.
strategies_known() {
  local service strategy
  for service in ${MANIFEST["$1.services[]"]-}; do
    strategy=${MANIFEST["$1.services.$service.strategy"]-}
    [[ " ${STRATEGIES[*]} " == *" $strategy "* ]] ||
      fail "$service of $APP wants the strategy $strategy, which this host does not know (it knows: ${STRATEGIES[*]}); run pulumi up with an administrator's key, which brings the host its newer scripts. Nothing was changed."
  done
}
