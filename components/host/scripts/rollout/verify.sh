# shellcheck shell=bash
# Verification: the new containers are asked before users reach them, and after the switch it is asked once as a user.
# Reads: APP, and what containers_for reads. Sets: BODY (the last answer to a question for the version), VERSION (in it).

# verify_candidate RELEASE: everything that is declared is asked of the new containers.
verify_candidate() {
  local requests
  if [ -n "$(manifest "$1" .verification.host)" ]; then
    requests=$(requests "$1" candidate) || return
    leads_to_candidate "$1" "$requests" || return
    verify_answers "$1" "$requests" || return
  fi
  verify_command "$1"
}

# verify_as_user RELEASE: one request after the switch.
verify_as_user() {
  local requests
  if [ -z "$(manifest "$1" .verification.host)" ]; then return; fi
  requests=$(requests "$1" user) || return
  if [ -n "$(manifest "$1" .verification.version.path)" ]; then
    same_version "$1" "$requests"
  elif [ "$(manifest "$1" .verification.checks.length)" -gt 0 ]; then
    smoke "$1" "$requests" 0 1
  else
    somebody_answers "$1" "$requests"
  fi
}

# verify: everything that is declared is asked as a user.
verify() {
  local requests
  if [ -z "$(manifest "$RELEASE" .verification)" ]; then return; fi
  if [ -n "$(manifest "$RELEASE" .verification.host)" ]; then
    requests=$(requests "$RELEASE" user) || return
    verify_answers "$RELEASE" "$requests" || return
  fi
  verify_command "$RELEASE"
}

# verify_answers RELEASE REQUESTS
verify_answers() {
  local count index
  if [ -n "$(manifest "$1" .verification.version.path)" ]; then
    same_version "$@" && same_version "$@" || return
  fi
  count=$(manifest "$1" .verification.checks.length)
  for ((index = 0; index < count; index++)); do
    smoke "$@" "$index" 2 || return
  done
  response_time "$@"
}

# leads_to_candidate RELEASE REQUESTS: otherwise it would be the running version that is verified.
leads_to_candidate() {
  local answer
  answer=$(ask "$@" "$CANDIDATE_PATH") || return
  [[ $answer == $'candidate\n200 '* ]] ||
    fail "the proxy does not lead the verification of $APP to its new containers (GET $CANDIDATE_PATH answered $(status_of "$answer")); docker logs slipway-proxy shows why"
}

# smoke RELEASE REQUESTS INDEX GOOD: as many answers in a row with the wanted status; up to five tries.
smoke() {
  local good=0 tries status=none answer path wanted
  path=$(manifest "$1" ".verification.checks.$3.path")
  wanted=$(manifest "$1" ".verification.checks.$3.status")
  for ((tries = 0; tries < 5; tries++)); do
    answer=$(ask "$1" "$2" "$path") || return
    status=$(status_of "$answer")
    if [ "$status" = "$wanted" ]; then good=$((good + 1)); else good=0; fi
    if [ "$good" -eq "$4" ]; then return; fi
    if [ "$good" -eq 0 ]; then nap 0.2; fi
  done
  fail "smoke check failed: GET $path through the proxy answered $status, wanted $wanted"
}

somebody_answers() {
  local answer status
  answer=$(ask "$@" /) || return
  status=$(status_of "$answer")
  case $status in
    000 | 502 | 503 | 504) fail "smoke check failed: GET / through the proxy answered $status after the switch" ;;
  esac
}

# same_version RELEASE REQUESTS: the text that was answered last has been read already.
BODY='' VERSION=''
same_version() {
  local path wanted answer served
  path=$(manifest "$1" .verification.version.path)
  wanted=$(manifest "$1" .verification.version.equals)
  answer=$(ask "$@" "$path") || return
  if [ "${answer%$'\n'*}" != "$BODY" ]; then
    BODY=${answer%$'\n'*}
    VERSION=$(version_in "$BODY" "$(manifest "$1" .verification.version.field)")
  fi
  served=$VERSION
  [ "${served#v}" = "${wanted#v}" ] ||
    fail "the wrong version serves: GET $path answers \"$(short "$served" 60)\" (status $(status_of "$answer")), wanted \"$wanted\""
}

# version_in BODY FIELD: the version in a field of JSON, like app.version. Without a field: in a JSON text, in the field
# `version`, or in plain text.
version_in() {
  jq -rRs --arg field "$2" '
    . as $text | (try fromjson catch null) as $json
    | if $field != "" then try ($json | getpath($field | split("."))) catch null
      elif $json | type == "string" then $json
      elif $json | type == "object" and has("version") then $json.version
      else $text | gsub("\\s"; "") end' <<<"$1"
}

response_time() {
  local limit path median answer tries times=()
  limit=$(manifest "$1" .verification.responseTime.milliseconds)
  if [ -z "$limit" ]; then return; fi
  path=$(manifest "$1" .verification.responseTime.path)
  for ((tries = 0; tries < 5; tries++)); do
    answer=$(ask "$1" "$2" "$path") || return
    times+=("${answer##*$'\n'}")
  done
  median=$(printf '%s\n' "${times[@]}" | awk '{ printf "%d\n", $2 * 1000 }' | sort -n | sed -n 3p)
  [ "$median" -le "$limit" ] || fail "slower than its baseline: GET $path took $median ms (median of 5), at most $limit ms are allowed"
}

# verify_command RELEASE: a command in each new container of its service.
verify_command() {
  local service limit command id
  mapfile -t command < <(manifest "$1" '.verification.command.command[]')
  if [ ${#command[@]} -eq 0 ]; then return; fi
  service=$(manifest "$1" .verification.command.service)
  limit=$(manifest "$1" .verification.command.timeout)
  containers_for after "$service"
  for id in "${IDS[@]:-none}"; do
    DOCKER_LIMIT=$limit docker exec "$id" "${command[@]}" </dev/null 2>&1 | redacted '    | ' ||
      fail "the verification of $APP failed: ${command[*]} in the new container of $service ended with an error, or took longer than $limit s"
  done
}
