# shellcheck shell=bash
# The application's containers, found by the labels that Docker Compose gives them.
# Reads: APP, J. Sets: SERVICE_OF, NAME_OF, STATE_OF, POLICY_OF, GRACE_OF, ADDRESS_OF (by id, as they were looked at last), IDS, MADE.

declare -A SERVICE_OF=() NAME_OF=() STATE_OF=() POLICY_OF=() GRACE_OF=() ADDRESS_OF=()

# look_containers: all of the application, stopped ones too, without one-off runs. Exit code 1: Docker does not say.
look_containers() {
  local output id service name state policy grace address
  output=$(inspected --filter "label=com.docker.compose.project=$APP" --filter label=com.docker.compose.oneoff=False) || return
  output=$(jq -r --arg app "$APP" "$CONTAINER" <<<"$output") || return
  SERVICE_OF=() NAME_OF=() STATE_OF=() POLICY_OF=() GRACE_OF=() ADDRESS_OF=()
  while IFS='|' read -r id service name state policy grace address; do
    if [ -z "$id" ]; then continue; fi
    SERVICE_OF[$id]=$service NAME_OF[$id]=$name STATE_OF[$id]=$state GRACE_OF[$id]=$grace ADDRESS_OF[$id]=$address
    POLICY_OF[$id]=$policy
  done <<<"$output"
}

# inspected FILTER…: what Docker says of all containers that the filters leave, as JSON. Exit code 1: it does not say.
inspected() {
  local ids output=[]
  ids=$(docker ps --all --quiet --no-trunc "$@") || return
  # One that goes meanwhile is missing in the answer.
  # shellcheck disable=SC2086 # one argument per id
  if [ -n "$ids" ]; then output=$(docker inspect $ids 2>/dev/null) || [[ $output == '['* ]] || return; fi
  printf '%s' "$output"
}

# A line of what Docker says of a container, with its address in the network slipway-APP.
CONTAINER='.[] | [.Id, .Config.Labels["com.docker.compose.service"], .Name[1:], .State.Status,
  (.HostConfig.RestartPolicy | if .Name == "" then "no" elif .Name == "on-failure" and .MaximumRetryCount > 0
    then "on-failure:\(.MaximumRetryCount)" else .Name end),
  (.Config.StopTimeout // 10 | tostring), (.NetworkSettings.Networks["slipway-" + $app].IPAMConfig.IPv4Address // "")] | join("|")'

# containers_of SERVICE: sets IDS to all of a service.
containers_of() {
  local id
  IDS=()
  for id in "${!SERVICE_OF[@]}"; do
    if [ "${SERVICE_OF[$id]}" = "$1" ]; then IDS+=("$id"); fi
  done
}

# containers_for before|after SERVICE: sets IDS to those that serve on this side of a deployment: the ones that the journal
# names, or those that came since it was begun.
containers_for() {
  local id
  IDS=()
  if [ "$1" = before ]; then
    for id in ${J[".before.containers.$2@"]-}; do
      if [ -n "${SERVICE_OF[$id]-}" ]; then IDS+=("$id"); fi
    done
    return
  fi
  for id in "${!SERVICE_OF[@]}"; do
    if [ "${SERVICE_OF[$id]}" = "$2" ] && [[ ${J[".present@"]-} != *"$id"* ]]; then IDS+=("$id"); fi
  done
}

# is_gone ID: Docker says so.
is_gone() {
  local found
  found=$(docker ps --all --quiet --no-trunc --filter "id=$1" 2>/dev/null) && [ -z "$found" ]
}

# make_containers before|after SERVICE…: makes new containers beside those that are there, not started yet. MADE are those of
# the last service.
make_containers() {
  local side=$1 release=${J[".$1.release"]} service id scale=() known=" ${!SERVICE_OF[*]} "
  shift
  for service in "$@"; do
    containers_of "$service"
    scale+=(--scale "$service=$((${#IDS[@]} + ${J[".$side.services.$service.replicas"]-1}))")
  done
  quietly compose "$release" up --no-start --no-deps --no-recreate --no-build --pull never "${scale[@]}" "$@" ||
    fail "Docker Compose could not create ${*} of $APP"
  look_containers || fail_docker
  for service in "$@"; do
    containers_of "$service"
    MADE=()
    for id in "${IDS[@]}"; do
      if [[ $known != *" $id "* ]]; then MADE+=("$id"); fi
    done
    [ ${#MADE[@]} -gt 0 ] || fail "Docker Compose created no new container for $service of $APP"
    if [ -n "${J[".$side.services.$service.upstream"]-}" ]; then
      for id in "${MADE[@]}"; do pin_address "$id"; done
    fi
  done
}

# start_container ID: exit code 1, and why in OUTPUT, when it does not start.
start_container() {
  OUTPUT=$(docker start "$1" 2>&1) || return
  STATE_OF[$1]=running
}

# stop_container ID: by SIGTERM, with the time that it asks for; it is not started again by Docker.
stop_container() {
  docker update --restart no "$1" >/dev/null &&
    DOCKER_LIMIT=$((${GRACE_OF[$1]-10} + 30)) docker stop "$1" >/dev/null &&
    STATE_OF[$1]=exited
}

# remove_container ID [--volumes]: it is gone afterwards, or this fails.
remove_container() {
  docker rm --force "${@:2}" "$1" >/dev/null 2>&1 || is_gone "$1" ||
    fail "the container ${NAME_OF[$1]-$1} of $APP cannot be removed; docker rm --force shows why"
  unset "SERVICE_OF[$1]"
}

# remove_one_offs: what a migration, a backup or a helper left.
remove_one_offs() {
  local id
  for id in $(docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$APP" --filter label=com.docker.compose.oneoff=True) \
    $(docker ps --all --quiet --no-trunc --filter "label=slipway.helper=$APP"); do
    remove_container "$id"
  done
}

# fail_docker: where an answer of Docker's is needed to go on.
fail_docker() { fail "Docker does not say what runs of $APP on this host; docker ps shows why"; }
