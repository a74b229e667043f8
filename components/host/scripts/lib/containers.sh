# shellcheck shell=bash
# The application's containers, found by the labels that Docker Compose gives them.
# Reads: APP, DIR. Sets: OLD and NEW, ids by service, as old_containers and new_containers give them, kept while they
# cannot change.

declare -A OLD=() NEW=()

# containers_of SERVICE: ids of its containers, stopped ones too, without one-off runs.
containers_of() {
  docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$APP" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False
}

# read_old: from now on old_containers answers from the journal as it is now.
read_old() {
  local service id
  OLD=()
  while IFS=$'\t' read -r service id; do
    OLD[$service]+=$id$'\n'
  done < <(jq -r '.old | to_entries[] | .key as $service | .value[] | "\($service)\t\(.id)"' "$DIR/rollout.json")
}

# old_containers SERVICE / new_containers SERVICE: those from before this rollout, and those it made.
old_containers() { printf '%s' "${OLD[$1]:-}"; }
new_containers() {
  local old
  if [ -n "${NEW[$1]:-}" ]; then
    printf '%s\n' "${NEW[$1]}"
    return
  fi
  old=$(old_containers "$1")
  containers_of "$1" | { if [ -n "$old" ]; then grep -v -x -F "$old" || true; else cat; fi; }
}

# own_containers: all of the application but one-off runs, name and id a line, ordered by name.
own_containers() {
  docker ps --all --no-trunc --filter "label=com.docker.compose.project=$APP" \
    --filter label=com.docker.compose.oneoff=False --format '{{.Names}}\t{{.ID}}' | sort
}

name_of() { docker inspect --format '{{slice .Name 1}}' "$1"; }

# is_running ID: Docker says so; a container that is gone does not run.
is_running() { [ "$(docker inspect --format '{{.State.Running}}' "$1" 2>/dev/null)" = true ]; }

# describe_containers: {service: [{id, name, policy}]} of the application's services, for the journal.
describe_containers() {
  local ids
  ids=$(docker ps --all --quiet --filter "label=com.docker.compose.project=$APP" \
    --filter label=com.docker.compose.oneoff=False) || return
  if [ -z "$ids" ]; then
    printf '{}'
    return
  fi
  # shellcheck disable=SC2086 # one argument per id
  docker inspect $ids | jq -c '[.[] | {service: .Config.Labels["com.docker.compose.service"], id: .Id, name: .Name[1:],
      policy: (.HostConfig.RestartPolicy | if .Name == "" then "no" elif .Name == "on-failure" and .MaximumRetryCount > 0
        then "on-failure:\(.MaximumRetryCount)" else .Name end)}]
    | group_by(.service) | map({key: .[0].service, value: map({id, name, policy})}) | from_entries'
}

# create_new RELEASE SERVICE…: makes new containers beside the old ones, not started yet; at most once for each service.
create_new() {
  local release=$1 service scale=() missing=()
  shift
  for service in "$@"; do
    if [ -z "${NEW[$service]:-}" ]; then missing+=("$service"); fi
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  set -- "${missing[@]}"
  for service in "$@"; do
    scale+=(--scale "$service=$(($(old_containers "$service" | wc -l) + $(service_value "$release" "$service" .replicas)))")
  done
  quietly compose "$release" up --no-start --no-deps --no-recreate --no-build --pull never "${scale[@]}" "$@" ||
    fail "Docker Compose could not create ${*} of $APP"
  for service in "$@"; do
    NEW[$service]=$(new_containers "$service")
    [ -n "${NEW[$service]}" ] || fail "Docker Compose created no new container for $service of $APP"
  done
}

start_new() {
  local id output
  for id in $(new_containers "$1"); do
    output=$(docker start "$id" 2>&1) || fail "$1 of $APP does not start: $(last_line "${output##*response from daemon: }")"
  done
}

remove_containers() {
  local id
  for id in "$@"; do
    if docker rm --force "$id" >/dev/null 2>&1; then continue; fi
    if wait_for_docker; then docker rm --force "$id" >/dev/null 2>&1 || true; fi
  done
}

remove_one_offs() {
  # shellcheck disable=SC2046 # one argument per id
  remove_containers $(docker ps --all --quiet --filter "label=com.docker.compose.project=$APP" --filter label=com.docker.compose.oneoff=True)
}
