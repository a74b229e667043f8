# shellcheck shell=bash
# Observation: the new containers are watched for a while after they were verified.
# Reads: APP, RELEASE, J, RESTARTS.

# observe: a container that ends, is started again, or fails five checks in a row fails the deployment.
observe() {
  local deadline service id
  local -A restarts=() bad=()
  now
  deadline=$((NOW + ${MANIFEST["$RELEASE.observe"]-}))
  until is_over "$deadline"; do
    for service in ${J[".after.services@"]-}; do
      containers_for after "$service"
      for id in "${IDS[@]}"; do observe_once "$service" "$id"; done
    done
    nap 0.2
  done
}

# observe_once SERVICE ID: one check. `restarts` and `bad` of the caller hold, for each container, how often Docker had
# started it again when the observation began, and how many checks in a row it failed.
observe_once() {
  local result=0
  check after "$1" "$2" || result=$?
  restarts[$2]=${restarts[$2]:-$RESTARTS}
  if [ "$RESTARTS" != "${restarts[$2]}" ]; then result=2; fi
  if [ "$result" -eq 0 ]; then bad[$2]=0; else bad[$2]=$((${bad[$2]:-0} + 1)); fi
  if [ "$result" -eq 2 ] || [ "${bad[$2]}" -ge 5 ]; then
    last_words "$2"
    fail "$1 of $APP ${J[".version"]} was healthy and then died while it was observed; its last lines stand above"
  fi
}
