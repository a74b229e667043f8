# shellcheck shell=bash
# Who uses what is restored: these services are stopped with their requests held, and started again in the same containers.
# Reads: APP, DIR, RELEASE, WHAT, SOURCE, R (the journal of the restore). Sets: USERS.

# find_users: containers by their ids: for a database all own services, else those that mount what is restored.
find_users() {
  inspected "com.docker.compose.project=$APP" com.docker.compose.oneoff=False || fail_docker
  mapfile -t USERS < <(jq -r --arg source "${SOURCE-}" --arg what "$WHAT" --arg own "${MANIFEST["$RELEASE.services[]"]-}" "$USES"'($own | split("\n")) as $own
    | select(.State.Running) | select(if $what == "postgres" then (.Config.Labels["com.docker.compose.service"] as $service | $own | index([$service]))
      else any(.Mounts[]?; uses($source)) end) | .Id' <<<"$DOCUMENTS")
}

# stop_users: the journal knows whom, with their policies, and where requests went.
stop_users() {
  local id users='{}'
  look_containers || fail_docker
  find_users
  for id in "${USERS[@]}"; do users=$(jq -c --arg id "$id" --arg policy "${POLICY_OF[$id]-no}" '.[$id] = $policy' <<<"$users"); done
  jq -c --argjson users "$users" --arg upstreams "$(upstreams)" "$ROWS"'.users = $users | .upstreams = ($upstreams | upstreams) | .phase = "stop"' "$DIR/restore.json" |
    replace "$DIR/restore.json" || fail "the journal of the restore of $APP cannot be written; df $DIR shows whether the disk is full"
  use_restore
  hold_users
}

# hold_users: they are stopped, whoever they serve.
hold_users() {
  local path id
  holds
  for path in "${!R[@]}"; do
    if [[ $path != .upstreams.* || $path == *.next ]]; then continue; fi
    set_upstream "${path#.upstreams.}" "$HOLD$(if [[ ${R[$path]} == *:* ]]; then printf :1; fi)"
  done
  look_containers || fail_docker
  users_of_journal
  for id in "${USERS[@]}"; do
    if [ "${STATE_OF[$id]-}" = running ]; then stop_container "$id" || fail "a container of $APP does not stop; docker ps shows it"; fi
  done
}

users_of_journal() {
  local path
  USERS=()
  for path in "${!R[@]}"; do
    if [[ $path == .users.* ]]; then USERS+=("${path#.users.}"); fi
  done
}

# start_users: in the containers that were stopped.
start_users() {
  local id
  look_containers || fail_docker
  users_of_journal
  for id in "${USERS[@]}"; do
    if [ -z "${SERVICE_OF[$id]-}" ]; then continue; fi
    if [ "${STATE_OF[$id]}" != running ]; then start_container "$id" || fail "${NAME_OF[$id]} of $APP does not start again: $(short "$ANSWER" 300)"; fi
    restart_policy "$id" "${R[".users.$id"]}" || fail_docker
  done
}

# await_users: all of them are healthy.
await_users() {
  local id
  for id in "${USERS[@]}"; do
    if [ -n "${SERVICE_OF[$id]-}" ]; then await_again "$id"; fi
  done
}

# lead_users: they get their requests again, and the application answers its users.
lead_users() {
  local path problem
  for path in "${!R[@]}"; do
    if [[ $path == .upstreams.* && $path != *.next ]]; then set_upstream "${path#.upstreams.}" "${R[$path]}"; fi
  done
  holds_no_more
  problem=$(verify_as_user "$RELEASE" 2>&1) || fail "$APP runs again, but does not answer its users as it should: ${problem#error: }"
}

# await_again ID: it answers its health check, or, without one, runs for two seconds.
await_again() {
  local deadline since result before=''
  now
  since=$NOW deadline=$((NOW + 120000))
  while :; do
    result=0
    look_at "$1" || result=$?
    before=${before:-$RESTARTS}
    if [ "$result" -eq 0 ] && probe "$1" && { has_check || is_over $((since + 2000)); }; then return; fi
    if [ "$result" -eq 2 ] || keeps_ending "$before" || is_over "$deadline"; then
      last_words "$1"
      fail "${NAME_OF[$1]} of $APP does not run as it should with what was restored; its last lines stand above"
    fi
    nap 0.3
  done
}
