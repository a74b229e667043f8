# shellcheck shell=bash
# The application's containers, found by the labels that Docker Compose gives them.
# Reads: APP, J. Sets: SERVICE_OF, NAME_OF, STATE_OF, POLICY_OF, GRACE_OF, ADDRESS_OF, HOOKS_OF (by id, as they were looked at
# last), IDS, FOUND_IDS, DOCUMENTS, OTHERS, MADE.

declare -A SERVICE_OF=() NAME_OF=() STATE_OF=() POLICY_OF=() GRACE_OF=() ADDRESS_OF=() HOOKS_OF=()

# look_containers [PATH…]: all of the application, stopped ones too, without one-off runs. What Docker says to each PATH is in
# OTHERS. Exit code 1: it does not say.
look_containers() {
  local output id service name state policy grace address hooks
  inspected "com.docker.compose.project=$APP" com.docker.compose.oneoff=False "$@" || return
  output=$(jq -r --arg app "$APP" "$HOOKED$CONTAINER" <<<"$DOCUMENTS") || return
  SERVICE_OF=() NAME_OF=() STATE_OF=() POLICY_OF=() GRACE_OF=() ADDRESS_OF=() HOOKS_OF=()
  while IFS='|' read -r id service name state policy grace address hooks; do
    if [ -z "$id" ]; then continue; fi
    SERVICE_OF[$id]=$service NAME_OF[$id]=$name STATE_OF[$id]=$state GRACE_OF[$id]=$grace ADDRESS_OF[$id]=$address
    POLICY_OF[$id]=$policy
    if [ -n "$hooks" ]; then HOOKS_OF[$id]=$hooks; fi
  done <<<"$output"
}

# look_again: the services, names and states of all, new ones too, as Docker lists them; what does not change stays as it was
# looked at. Exit code 1: Docker does not say.
look_again() {
  local output id service name state hooks
  with_labels "com.docker.compose.project=$APP" com.docker.compose.oneoff=False || return
  output=$(jq -r "$HOOKED$LISTED" <<<"$ANSWER") || return
  SERVICE_OF=() NAME_OF=() STATE_OF=() HOOKS_OF=()
  while IFS='|' read -r id service name state hooks; do
    if [ -n "$id" ]; then SERVICE_OF[$id]=$service NAME_OF[$id]=$name STATE_OF[$id]=$state; fi
    if [ -n "$hooks" ]; then HOOKS_OF[$id]=$hooks; fi
  done <<<"$output"
}

# inspected LABEL… [PATH…]: sets DOCUMENTS to what Docker says of all containers with these labels, a line of JSON each, and
# OTHERS to what it says to each PATH, which is asked at the same time. Exit code 1: it does not say.
inspected() {
  local word id labels=() paths=() others=()
  DOCUMENTS='' OTHERS=()
  for word in "$@"; do
    if [[ $word == /* ]]; then others+=("$word"); else labels+=("$word"); fi
  done
  with_labels "${labels[@]}" || return
  # One that goes meanwhile is missing.
  for id in "${FOUND_IDS[@]}"; do paths+=("/containers/$id/json"); done
  paths+=("${others[@]}")
  if [ ${#paths[@]} -eq 0 ]; then return; fi
  ask_at_once "${paths[@]}" || return
  printf -v DOCUMENTS '%s\n' "${ANSWERS[@]:0:${#FOUND_IDS[@]}}"
  OTHERS=("${ANSWERS[@]:${#FOUND_IDS[@]}}")
}

# with_labels LABEL…: sets FOUND_IDS to the ids of containers, stopped ones too, and ANSWER to the list of them.
with_labels() {
  local labels
  printf -v labels '"%s",' "$@"
  ids_where "{\"label\":[${labels%,}]}"
}

# ids_where FILTERS: as with_labels, of the filters of the API.
ids_where() {
  local list
  FOUND_IDS=()
  engine GET /containers/json --get --data all=true --data-urlencode "filters=$1" || return
  list=$ANSWER
  while [[ $list =~ \"Id\":\"([^\"]*)(.*) ]]; do
    FOUND_IDS+=("${BASH_REMATCH[1]}")
    list=${BASH_REMATCH[2]}
  done
}

# A line of what Docker says of a container, with its address in the network slipway-APP.
CONTAINER='[.Id, .Config.Labels["com.docker.compose.service"], .Name[1:], .State.Status,
  (.HostConfig.RestartPolicy | if .Name == "" then "no" elif .Name == "on-failure" and .MaximumRetryCount > 0
    then "on-failure:\(.MaximumRetryCount)" else .Name end),
  (.Config.StopTimeout // 10 | tostring), (.NetworkSettings.Networks["slipway-" + $app].IPAMConfig.IPv4Address // ""),
  (.Config.Labels | hooked)] | join("|")'

LISTED='.[] | [.Id, .Labels["com.docker.compose.service"], .Names[0][1:], .State, (.Labels | hooked)] | join("|")'

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
is_gone() { ids_where "{\"id\":[\"$1\"]}" 2>/dev/null && [ ${#FOUND_IDS[@]} -eq 0 ]; }

# make_containers before|after SERVICE…: makes new containers beside those that are there, not started yet. MADE are those of
# the last service.
make_containers() {
  local side=$1 release=${J[".$1.release"]} service id scale=() known=" ${!SERVICE_OF[*]} "
  shift
  for service in "$@"; do
    containers_of "$service"
    scale+=(--scale "$service=$((${#IDS[@]} + ${J[".$side.services.$service.replicas"]-1}))")
  done
  quietly compose "$release" up --no-start --no-deps --no-recreate --no-build --pull never "${scale[@]}" "$@" || {
    check_composition "$release"
    fail "Docker Compose could not create ${*} of $APP"
  }
  look_again || fail_docker
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

# start_container ID: exit code 1, and why in ANSWER, when it does not start.
start_container() {
  DOCKER_LIMIT=${DOCKER_LIMIT:-120} engine POST "/containers/$1/start" 2>/dev/null || return
  STATE_OF[$1]=running
}

# stop_container ID: by SIGTERM, with the time that it asks for, after its hooks; it is not started again by Docker.
stop_container() {
  restart_policy "$1" no &&
    run_pre_stop "$1" &&
    DOCKER_LIMIT=$((${GRACE_OF[$1]-10} + 30)) engine POST "/containers/$1/stop" &&
    STATE_OF[$1]=exited
}

# restart_policy ID POLICY: as Compose writes it (no, always, unless-stopped, on-failure, on-failure:3).
restart_policy() {
  local count=0
  if [[ $2 == on-failure:* ]]; then count=${2#*:}; fi
  told POST "/containers/$1/update" "{\"RestartPolicy\":{\"Name\":\"${2%:*}\",\"MaximumRetryCount\":$count}}"
}

# stop_and_remove ID [VOLUMES]: as stop_container and remove_container, and mostly by one program.
stop_and_remove() {
  run_pre_stop "$1"
  if DOCKER_LIMIT=$((${GRACE_OF[$1]-10} + 30)) told_in_turn POST "/containers/$1/update" '{"RestartPolicy":{"Name":"no"}}' \
    POST "/containers/$1/stop" '' DELETE "/containers/$1?force=true&v=${2:-false}" '' || is_gone "$1"; then
    unset "SERVICE_OF[$1]"
    return
  fi
  stop_container "$1" || fail_docker
  remove_container "$@"
}

# remove_container ID [VOLUMES]: it is gone afterwards, with those of its volumes that have no name if VOLUMES is true, or this fails.
remove_container() {
  engine DELETE "/containers/$1?force=true&v=${2:-false}" 2>/dev/null || is_gone "$1" ||
    fail "the container ${NAME_OF[$1]-$1} of $APP cannot be removed; docker rm --force shows why"
  unset "SERVICE_OF[$1]"
}

# helper ARGS…: a container that does something once. It has the label by which it is found if it is left.
helper() {
  quietly docker run --rm --label "slipway.helper=$APP" --label "com.docker.compose.project=$APP" \
    --label com.docker.compose.oneoff=True "$@"
}

# remove_one_offs [LABEL…]: what a migration, a backup or a helper left; somebody's own `docker compose run` is none of them.
# Others by their labels.
remove_one_offs() {
  local ids id labels=("${@:-slipway.helper=$APP}")
  with_labels "${labels[@]}" 2>/dev/null || {
    need_docker
    with_labels "${labels[@]}" || fail_docker
  }
  ids=("${FOUND_IDS[@]}")
  for id in "${ids[@]}"; do remove_container "$id"; done
}

# fail_docker: where an answer of Docker's is needed to go on.
fail_docker() { fail "Docker does not say what runs of $APP on this host; docker ps shows why"; }
