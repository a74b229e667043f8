# shellcheck shell=bash
# Adoption: a Compose project of another name, which ran here before Slipway came, gives way to the application. Its
# containers stay on the host, stopped, and are what the way back starts again.
# Reads: APP, J.

# running_of PROJECT: its containers that run, a line each (id, service, name, state, restart policy, seconds to stop in); the newest
# first, as Docker lists them.
running_of() {
  if [ -z "$1" ]; then return; fi
  inspected "com.docker.compose.project=$1" com.docker.compose.oneoff=False || return
  jq -r "select(.State.Status == \"running\") | $CONTAINER" <<<"$DOCUMENTS"
}

CONTAINER='[.Id, .Config.Labels["com.docker.compose.service"], .Name[1:], .State.Status,
  (.HostConfig.RestartPolicy | if .Name == "" then "no" elif .Name == "on-failure" and .MaximumRetryCount > 0
    then "on-failure:\(.MaximumRetryCount)" else .Name end), (.Config.StopTimeout // 10 | tostring)] | join("|")'

# project_adopted MANIFEST: prints the project that gives way to this release, if there is one.
project_adopted() {
  text_of "$1"
  if [[ $TEXT == *'"adopt":'* ]]; then jq -r '.adopt.project // empty' <<<"$TEXT"; fi
}

# In the journal, from such lines.
ADOPTED='def adopted: split("\n") | map(select(. != "") | split("|") | {id: .[0], name: .[2], policy: .[4], grace: .[5]});'

# stop_adopted: what serves there serves no more; nothing of it is removed.
stop_adopted() {
  local index id
  for ((index = 0; index < ${J[".adopted.length"]:-0}; index++)); do
    id=${J[".adopted.$index.id"]}
    GRACE_OF[$id]=${J[".adopted.$index.grace"]}
    stop_container "$id" || is_gone "$id" ||
      fail "the container ${J[".adopted.$index.name"]} of the Compose project that $APP adopts does not stop; docker stop shows why"
  done
}

# return_to_adopted: what was begun is stopped first, as both may write to the same data.
return_to_adopted() {
  local index id name
  if [ "${J[".adopted.length"]:-0}" -eq 0 ]; then return; fi
  for id in "${!SERVICE_OF[@]}"; do
    if [[ ${STATE_OF[$id]} = running && ${J[".present@"]-} != *"$id"* ]]; then stop_container "$id" || fail_docker; fi
  done
  # The oldest first: Compose makes what others depend on before them.
  for ((index = ${J[".adopted.length"]} - 1; index >= 0; index--)); do
    id=${J[".adopted.$index.id"]} name=${J[".adopted.$index.name"]}
    if ! restart_policy "$id" "${J[".adopted.$index.policy"]}" || ! start_container "$id"; then
      PROBLEMS+=("$name, which ran before, does not start: $(last_line "$ANSWER")")
    elif ! look_at "$id"; then
      PROBLEMS+=("$name, which ran before, does not run")
    fi
  done
}
