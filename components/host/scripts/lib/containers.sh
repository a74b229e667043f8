# shellcheck shell=bash
# The application's containers, found by the labels that Docker Compose gives them.
# Reads: APP, J. Sets: SERVICE_OF, NAME_OF, STATE_OF, POLICY_OF, GRACE_OF, ADDRESS_OF, PID_OF (by id, as they were looked
# at last), IDS, FOUND_IDS, LISTING, HELPERS, DOCUMENTS, OTHERS, PROXY_SEEN, NETWORK_SEEN, MADE.

declare -A SERVICE_OF=() NAME_OF=() STATE_OF=() POLICY_OF=() GRACE_OF=() ADDRESS_OF=() PID_OF=() HOOKS_OF=()
PROXY_SEEN='' NETWORK_SEEN=''

# look_containers [PATH…]: all of the application, stopped ones too, without one-off runs; HELPERS are those that a migration,
# a backup or a helper left. What Docker says to each PATH is in OTHERS. Exit code 1: it does not say.
look_containers() {
  local list paths=() index=0 id
  listing label "com.docker.compose.project=$APP" com.docker.compose.oneoff=False
  list=$LISTING
  listing label "slipway.helper=$APP"
  ask_at_once "$list" "$LISTING" || return
  list=${ANSWERS[0]}
  ids_in "${ANSWERS[1]}"
  HELPERS=("${FOUND_IDS[@]}")
  ids_in "$list"
  for id in "${FOUND_IDS[@]}"; do paths+=("/containers/$id/json"); done
  paths+=("$@")
  if [ ${#paths[@]} -gt 0 ]; then ask_at_once "${paths[@]}" || return; fi
  note_listed "$list"
  POLICY_OF=() GRACE_OF=() ADDRESS_OF=() PID_OF=() OTHERS=()
  for id in "${FOUND_IDS[@]}"; do note_details "$id" "${ANSWERS[index++]}"; done
  if [ $# -gt 0 ]; then OTHERS=("${ANSWERS[@]:index}"); fi
}

# look_around [PATH…]: as look_containers; PROXY_SEEN and NETWORK_SEEN are what Docker says of the proxy and of the network
# slipway-APP.
look_around() {
  look_containers /containers/slipway-proxy/json "/networks/slipway-$APP" "$@" || return
  PROXY_SEEN=${OTHERS[0]} NETWORK_SEEN=${OTHERS[1]} OTHERS=("${OTHERS[@]:2}")
}

# look_again: the services, names and states of all, new ones too, as Docker lists them; what does not change stays as it was
# looked at. Exit code 1: Docker does not say.
look_again() {
  with_labels "com.docker.compose.project=$APP" com.docker.compose.oneoff=False || return
  note_listed "$ANSWER"
}

# note_listed LIST: what Docker lists of each, without jq, which takes longer to start than all of this. The keys stand in
# this order (docs.docker.com/reference/api/engine, ContainerSummary), and no text can look like one, as its quotes are escaped.
note_listed() {
  local list=$1 one id
  SERVICE_OF=() NAME_OF=() STATE_OF=() HOOKS_OF=()
  # From the last to the first: a pattern takes as much as it can.
  while [[ $list =~ (.*)\{\"Id\":\"([0-9a-f]+)\"(.*) ]]; do
    list=${BASH_REMATCH[1]} id=${BASH_REMATCH[2]} one=${BASH_REMATCH[3]}
    field com.docker.compose.service "$one"
    SERVICE_OF[$id]=$FIELD NAME_OF[$id]='' STATE_OF[$id]=''
    if [[ $one =~ \"Names\":\[\"/([^\"]*) ]]; then NAME_OF[$id]=${BASH_REMATCH[1]}; fi
    # A label may be called so, too.
    if [[ $one =~ []}l],\"State\":\"([a-z]*)\",\"Status\": ]]; then STATE_OF[$id]=${BASH_REMATCH[1]}; fi
    note_hooks "$id" "$one"
  done
}

# note_details ID TEXT: what only Docker's answer about this one has, with its address in the network slipway-APP. One that
# is gone meanwhile has none.
note_details() {
  if [ -z "$2" ]; then
    unset "SERVICE_OF[$1]" "NAME_OF[$1]" "STATE_OF[$1]" "HOOKS_OF[$1]"
    return
  fi
  POLICY_OF[$1]=no GRACE_OF[$1]=10 ADDRESS_OF[$1]=''
  field Pid "$2"
  PID_OF[$1]=$FIELD
  if [[ $2 =~ \"RestartPolicy\":\{\"Name\":\"([a-z-]+)\",\"MaximumRetryCount\":([0-9]+) ]]; then
    POLICY_OF[$1]=${BASH_REMATCH[1]}
    if [ "${BASH_REMATCH[1]}" = on-failure ] && [ "${BASH_REMATCH[2]}" -gt 0 ]; then POLICY_OF[$1]+=:${BASH_REMATCH[2]}; fi
  fi
  if [[ $2 =~ \"StopTimeout\":([0-9]+) ]]; then GRACE_OF[$1]=${BASH_REMATCH[1]}; fi
  if [[ $2 =~ \"slipway-$APP\":\{\"IPAMConfig\":\{[^}]*\"IPv4Address\":\"([^\"]*) ]]; then ADDRESS_OF[$1]=${BASH_REMATCH[1]}; fi
  # Without that network nothing leads to it yet.
  if [[ $2 == *'"NetworkMode":"host"'* ]] && gateway 2>/dev/null; then ADDRESS_OF[$1]=$GATEWAY; fi
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
with_labels() { found label "$@"; }

# found FILTER VALUE…: as with_labels, of any filter of the API.
found() {
  listing "$@"
  engine GET "$LISTING" || return
  ids_in "$ANSWER"
}

# listing FILTER VALUE…: sets LISTING to the path of the list of containers, stopped ones too, for which Docker finds all of these.
listing() {
  local values
  printf -v values '%%22%s%%22%%2C' "${@:2}"
  LISTING="/containers/json?all=true&filters=%7B%22$1%22%3A%5B${values%\%2C}%5D%7D"
}

# ids_in LIST: sets FOUND_IDS.
ids_in() {
  local list=$1
  FOUND_IDS=()
  while [[ $list =~ \"Id\":\"([^\"]*)(.*) ]]; do
    FOUND_IDS+=("${BASH_REMATCH[1]}")
    list=${BASH_REMATCH[2]}
  done
}

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
is_gone() { found id "$1" 2>/dev/null && [ ${#FOUND_IDS[@]} -eq 0 ]; }

# make_containers before|after SERVICE…: makes new containers beside those that are there, not started yet. MADE are those of
# the last service. MORE, a list of the caller, is what Compose gets besides.
MORE=()
make_containers() {
  local side=$1 release=${J[".$1.release"]} service id scale=() known=" ${!SERVICE_OF[*]} "
  shift
  for service in "$@"; do
    containers_of "$service"
    scale+=(--scale "$service=$((${#IDS[@]} + ${J[".$side.services.$service.replicas"]-1}))")
  done
  quietly compose "$release" "${MORE[@]}" up --no-start --no-deps --no-recreate --no-build --pull never "${scale[@]}" "$@" || {
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
      for id in "${MADE[@]}"; do give_address "$side" "$service" "$id"; done
    fi
  done
}

# start_container ID: in the network slipway-APP, if it was given an address there. Exit code 1, and why in ANSWER, when it
# does not start.
start_container() {
  local FIRST=() address=${JOINS[$1]-} why
  if [ -n "$address" ]; then joining "$1" "$address"; fi
  unset "JOINS[$1]"
  if DOCKER_LIMIT=${DOCKER_LIMIT:-120} engine POST "/containers/$1/start" 2>/dev/null; then
    STATE_OF[$1]=running
    return
  fi
  if [ -z "$address" ]; then return 1; fi
  # Which of the two failed.
  why=$ANSWER FIRST=()
  join_network "$1" "$address" 2>/dev/null || [[ $ANSWER == *already* ]] || fail_to_join "$1"
  ANSWER=$why
  return 1
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

# remove_helpers: those that were seen last.
remove_helpers() {
  local id
  for id in "${HELPERS[@]}"; do remove_container "$id"; done
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
