# shellcheck shell=bash
# Verification: the new containers are asked before users reach them, and after the switch it is asked once as a user.
# Reads: APP, MANIFEST, and what containers_for reads. Sets: BODY (the last answer to a question for the version), VERSION (in it).

# verify_candidate RELEASE: everything that is declared is asked of the new containers, by requests.
verify_candidate() {
  local requests
  read_manifest "$1" || return
  if [ -n "${MANIFEST["$1.verification.host"]-}" ]; then
    requests=$(requests "$1" candidate) || return
    if ! answers_at_once "$1" "$requests"; then
      leads_to_candidate "$1" "$requests"
      verify_version_and_checks "$1" "$requests"
    fi
    each_route_answers "$1" "$requests"
    response_time "$1" "$requests"
  fi
}

# answers_at_once RELEASE REQUESTS: everything is as it should be, each asked twice in a row and nothing waited for. Where it is
# not, each is asked by itself, for as long as it may take.
answers_at_once() {
  local path index count=${MANIFEST["$1.verification.checks.length"]-} paths=("$CANDIDATE_PATH") wanted=(200)
  path=${MANIFEST["$1.verification.version.path"]-}
  if [ -n "$path" ]; then paths+=("$path" "$path") wanted+=('???' '???'); fi
  for ((index = 0; index < count; index++)); do
    path=${MANIFEST["$1.verification.checks.$index.site"]-}${MANIFEST["$1.verification.checks.$index.path"]-}
    paths+=("$path" "$path")
    wanted+=("${MANIFEST["$1.verification.checks.$index.status"]-}" "${MANIFEST["$1.verification.checks.$index.status"]-}")
  done
  ask_all "$1" "$2" "${paths[@]}"
  if [ "${#STATUSES[@]}" -ne "${#paths[@]}" ] || [ "${BODIES[0]}" != candidate ]; then return 1; fi
  for index in "${!wanted[@]}"; do
    # shellcheck disable=SC2053 # a pattern
    if [[ ${STATUSES[index]} != ${wanted[index]} ]]; then return 1; fi
  done
  if [ -z "${MANIFEST["$1.verification.version.path"]-}" ]; then return; fi
  [ "${BODIES[1]}" = "${BODIES[2]}" ] && is_wanted_version "$1" "${BODIES[1]}"
}

# verify_as_user RELEASE: one request after the switch.
verify_as_user() {
  local requests
  read_manifest "$1" || return
  if [ -z "${MANIFEST["$1.verification.host"]-}" ]; then return; fi
  requests=$(requests "$1" user) || return
  if [ -n "${MANIFEST["$1.verification.version.path"]-}" ]; then
    same_version "$1" "$requests"
  elif [ "${MANIFEST["$1.verification.checks.length"]-}" -gt 0 ]; then
    smoke "$1" "$requests" 0 1
  else
    somebody_answers "$1" "$requests"
  fi
}

# verify: everything that is declared is asked as a user.
verify() {
  local requests
  read_manifest "$RELEASE" || return
  if [ -z "${MANIFEST["$RELEASE.verification"]-}" ]; then return; fi
  if [ -n "${MANIFEST["$RELEASE.verification.host"]-}" ]; then
    requests=$(requests "$RELEASE" user) || return
    verify_answers "$RELEASE" "$requests"
  fi
  verify_command "$RELEASE"
}

# verify_answers RELEASE REQUESTS
verify_answers() {
  verify_version_and_checks "$@"
  response_time "$@"
}

# verify_version_and_checks RELEASE REQUESTS
verify_version_and_checks() {
  local count index
  if [ -n "${MANIFEST["$1.verification.version.path"]-}" ]; then
    same_version "$@"
    same_version "$@"
  fi
  count=${MANIFEST["$1.verification.checks.length"]-}
  for ((index = 0; index < count; index++)); do
    smoke "$@" "$index" 2
  done
}

# leads_to_candidate RELEASE REQUESTS: otherwise it would be the running version that is verified.
leads_to_candidate() {
  ask "$@" "$CANDIDATE_PATH"
  [ "$SAID $STATUS" = 'candidate 200' ] ||
    fail "the proxy does not lead the verification of $APP to its new containers (GET $CANDIDATE_PATH answered $STATUS); docker logs slipway-proxy shows why"
}

# smoke RELEASE REQUESTS INDEX GOOD: as many answers in a row with the wanted status; up to five tries.
smoke() {
  local good=0 tries path wanted
  path=${MANIFEST["$1.verification.checks.$3.site"]-}${MANIFEST["$1.verification.checks.$3.path"]-}
  wanted=${MANIFEST["$1.verification.checks.$3.status"]-}
  for ((tries = 0; tries < 5; tries++)); do
    ask "$1" "$2" "$path"
    if [ "$STATUS" = "$wanted" ]; then good=$((good + 1)); else good=0; fi
    if [ "$good" -eq "$4" ]; then return; fi
    if [ "$good" -eq 0 ]; then nap 0.2; fi
  done
  fail "smoke check failed: GET $path through the proxy answered $STATUS, wanted $wanted"
}

# each_route_answers RELEASE REQUESTS: behind each port that takes requests there is somebody, whatever is answered.
each_route_answers() {
  local index count=${MANIFEST["$1.verification.answers.length"]:-0} url
  for ((index = 0; index < count; index++)); do
    url=${MANIFEST["$1.verification.answers.$index"]}
    ask "$1" "$2" "$url"
    case $STATUS in
      000 | 502 | 503 | 504) fail "nobody answers on a route of $APP: GET $url through the proxy answered $STATUS; its service listens at another port, or only at its own address" ;;
    esac
  done
}

somebody_answers() {
  ask "$@" /
  case $STATUS in
    000 | 502 | 503 | 504) fail "smoke check failed: GET / through the proxy answered $STATUS after the switch" ;;
  esac
}

# same_version RELEASE REQUESTS
same_version() {
  local path=${MANIFEST["$1.verification.version.path"]-}
  ask "$@" "$path"
  is_wanted_version "$1" "$SAID" ||
    fail "the wrong version serves: GET $path answers \"$(short "$VERSION" 60)\" (status $STATUS), wanted \"${MANIFEST["$1.verification.version.equals"]-}\""
}

# is_wanted_version RELEASE BODY: the text that was answered last has been read already.
BODY='' VERSION=''
is_wanted_version() {
  local wanted=${MANIFEST["$1.verification.version.equals"]-}
  if [ "$2" != "$BODY" ]; then
    BODY=$2
    VERSION=$(version_in "$BODY" "${MANIFEST["$1.verification.version.field"]-}")
  fi
  [ "${VERSION#v}" = "${wanted#v}" ]
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
  local limit path median tries times=()
  limit=${MANIFEST["$1.verification.responseTime.milliseconds"]-}
  if [ -z "$limit" ]; then return; fi
  path=${MANIFEST["$1.verification.responseTime.path"]-}
  for ((tries = 0; tries < 5; tries++)); do
    ask "$1" "$2" "$path"
    times+=("$TOOK")
  done
  median=$(printf '%s\n' "${times[@]}" | awk '{ printf "%d\n", $1 * 1000 }' | sort -n | sed -n 3p)
  [ "$median" -le "$limit" ] || fail "slower than its baseline: GET $path took $median ms (median of 5), at most $limit ms are allowed"
}

# verify_command RELEASE: a command in each new container of its service.
verify_command() {
  local service limit command id
  read_manifest "$1" || return
  mapfile -t command < <(manifest "$1" '.verification.command.command[]')
  if [ ${#command[@]} -eq 0 ]; then return; fi
  service=${MANIFEST["$1.verification.command.service"]-}
  limit=${MANIFEST["$1.verification.command.timeout"]-}
  containers_for after "$service"
  for id in "${IDS[@]:-none}"; do
    DOCKER_LIMIT=$limit docker exec "$id" "${command[@]}" </dev/null 2>&1 | redacted '    | ' ||
      fail "the verification of $APP failed: ${command[*]} in the new container of $service ended with an error, or took longer than $limit s"
  done
}
