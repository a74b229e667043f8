# shellcheck shell=bash
# Strategies: how a service's old container gives way to its new one. Each is a file of strategies/ with a function
# NAME_STEP for each step below; what a release's manifest names is looked up by that name.
#   NAME_start SERVICE…      beside the old containers, before anything of theirs is touched
#   NAME_await SERVICE…      until the new ones are healthy
#   NAME_exchange SERVICE…   where the old one must stop before the new one may start
#   NAME_exclusive           the old one and the new one may not run at the same time
# A service of which nothing ran before, nor of what it needs, makes way for nobody: it starts early, in the order of what is
# needed, as none of them says.
# The way back is the same for all (settle.sh).
# Reads: HERE, RELEASE, MANIFEST, J. Sets: STRATEGIES, EARLY (those that start early).

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
    if [ -n "${J[".after.services.$service.joined@"]-}" ]; then joined+=("$service"); else missing+=("$service"); fi
  done
  if [ ${#missing[@]} -gt 0 ]; then make_containers after "${missing[@]}"; fi
  for service in "${joined[@]}"; do
    # shellcheck disable=SC2046 # one argument per service
    make_missing $(joined_to after "$service")
    make_joined after "$service"
  done
}

# make_joined SIDE SERVICE: containers that have the network, say, of another service's container of this side. Compose would join
# them to any.
make_joined() {
  local key joins='' file=${J[".run"]}/joined.json MORE=()
  names ".$1.services.$2.joined@"
  for key in "${NAMES[@]}"; do
    containers_for "$1" "${J[".$1.services.$2.joined.$key"]}"
    if [ ${#IDS[@]} -gt 0 ]; then joins+=",\"$key\":\"container:${IDS[0]}\""; fi
  done
  if [ -n "$joins" ]; then
    printf '{"services":{"%s":{%s}}}\n' "$2" "${joins#,}" >"$file"
    MORE=(--file "$file")
  fi
  make_containers "$1" "$2"
}

# joined_to SIDE SERVICE: prints the services whose network, say, it has.
joined_to() {
  local key
  for key in ${J[".$1.services.$2.joined@"]-}; do printf '%s\n' "${J[".$1.services.$2.joined.$key"]}"; done
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
  choose_early
  start_early
  each_strategy start
}

await_services() {
  await_early
  each_strategy await
}

# each_strategy STEP: each strategy takes this step with those services of the release that are its own.
each_strategy() {
  local strategy service own
  for strategy in "${STRATEGIES[@]}"; do
    own=()
    for service in ${MANIFEST["$RELEASE.services.${strategy}[]"]-}; do
      if ! is_early "$service"; then own+=("$service"); fi
    done
    if [ ${#own[@]} -gt 0 ]; then "${strategy}_$1" "${own[@]}"; fi
  done
}

# choose_early: once, as containers come and go.
EARLY=()
choose_early() {
  local service other
  EARLY=()
  for service in ${MANIFEST["$RELEASE.services[]"]-}; do
    if ran_before "$service"; then continue; fi
    for other in ${MANIFEST["$RELEASE.services.$service.needs[]"]-}; do
      if ! is_early "$other"; then continue 2; fi
    done
    EARLY+=("$service")
  done
}

is_early() { [[ " ${EARLY[*]} " == *" $1 "* ]]; }

# start_early: what others wait for is healthy before these start.
start_early() {
  local service
  make_missing "${EARLY[@]}"
  for service in "${EARLY[@]}"; do
    start_new "$service"
    if [ -n "${MANIFEST["$RELEASE.services.$service.awaited"]-}" ]; then await_new "$service"; fi
  done
}

await_early() {
  local service
  for service in "${EARLY[@]}"; do await_new "$service"; done
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
