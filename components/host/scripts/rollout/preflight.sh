# shellcheck shell=bash
# Pre-flight: what must hold before the running release is touched.
# Reads: APP, DIR, RUN. Sets: MOUNTED, FREE.

# free_space_for FOLDER [SENTENCE]: at least 64 MiB, to write a release at all; SENTENCE is what else is said where there is less.
free_space_for() {
  free_mib "$1"
  [ "$FREE" -ge 64 ] || fail "only $FREE MiB free below $1; a deployment needs at least 64 MiB. Free some space (docker system df shows what Docker uses).${2:+ $2}"
}

# free_mib FOLDER: sets FREE to the free MiB of its file system; to nothing where nobody knows.
free_mib() {
  FREE=$(df --output=avail -BM "$1")
  FREE=${FREE//[!0-9]/}
}

preflight() {
  local release=$1 checking need docker_root name missing=''
  strategies_known "$release"
  # Two slow questions at once.
  # What Compose makes of it has the values of secrets: of that only places are kept.
  { compose "$release" config --format json 2>"$RUN/config" | jq -r "$MOUNTED" >"$RUN/mounted"; } &
  checking=$!
  docker_root=$(engine GET /info)
  field DockerRootDir "$docker_root"
  docker_root=$FIELD
  wait "$checking" ||
    fail "the Compose file of $APP is not valid: $(short "$(tail -n 3 "$RUN/config" | tr '\n' ' ')" 500)Nothing was changed; what ran still runs."
  judge "$release"
  need=$(manifest "$release" .preflight.freeMiB)
  free_mib "$docker_root" 2>/dev/null || true
  [ "${FREE:-$need}" -ge "$need" ] ||
    fail "only $FREE MiB free in $docker_root, $APP wants $need MiB (preflight.freeMiB). Free some space; nothing was changed."
  for name in $(manifest "$release" '.preflight.variables[]'); do
    grep -q "^$name=\"[^\"]" "$DIR/releases/$release/.env" || missing+="$name "
  done
  [ -z "$missing" ] || fail "these variables of $APP have no value: ${missing% }; set them in slipway:secrets.$APP or slipway:applications.$APP.environment. Nothing was changed."
  data_named "$release"
  ports_free "$release"
  window_open "$release"
}

# For each service of a Compose file its image and the folders at which something is mounted.
MOUNTED='.services | to_entries[]
  | [.key, .value.image, ((.value.volumes // [] | map(.target)) + ([.value.tmpfs // []] | flatten | map(split(":")[0])) | join(" "))] | @tsv'

# data_named RELEASE: folders for which an image asks for a volume have one, as Docker's own would be empty at every rollout.
data_named() {
  local image folder folders service mounted some=''
  local -A asked=()
  for image in $(manifest "$1" '.images[]'); do
    asked[$image]=$(engine GET "/images/$image/json") || fail_docker
    # Most ask for none.
    if [[ ${asked[$image]} == *'"Volumes":{"'* ]]; then some=yes; fi
  done
  if [ -z "$some" ]; then return; fi
  while IFS=$'\t' read -r service image mounted; do
    if [ -z "$(service_value "$1" "$service" .name)" ]; then continue; fi
    folders=$(jq -r '.Config.Volumes // {} | keys[]' <<<"${asked[$image]-}") || fail_docker
    for folder in $folders; do
      [[ " $mounted " == *" ${folder%/} "* ]] ||
        fail "the image of $service of $APP keeps data in $folder, which would be empty after every deployment. Name it: volumes: [\"data:$folder\"]. Nothing was changed."
    done
  done <"$RUN/mounted"
}

# ports_free RELEASE: host ports it publishes are free, or ours, or of the project that gives way to us.
ports_free() {
  local port ports project own=''
  mapfile -t ports < <(manifest "$1" '.preflight.ports[]')
  if [ ${#ports[@]} -eq 0 ]; then return; fi
  for project in "$APP" $(manifest "$1" .adopt.project); do
    own+=$(docker ps --filter "label=com.docker.compose.project=$project" --format '{{.Ports}}')$'\n' ||
      fail "Docker does not answer on this host; start it (systemctl start docker). Nothing was changed."
  done
  for port in "${ports[@]}"; do
    if [[ $own == *":$port->"* ]]; then continue; fi
    [ -z "$(ss -Hltn "sport = :$port" 2>/dev/null)" ] ||
      fail "port $port is taken on this host by $(port_owner "$port"); $APP publishes it. Choose another port or stop the other one. Nothing was changed."
  done
}

port_owner() {
  local names
  mapfile -t names < <(docker ps --filter "publish=$1" --format '{{.Names}}')
  if [ ${#names[@]} -gt 0 ]; then printf 'container %s' "${names[0]}"; else printf 'another program'; fi
}

# window_open RELEASE: deployments are allowed now (UTC), e.g. {"days": [1,2,3,4,5], "from": "08:00", "until": "17:00"}.
window_open() {
  local window day time
  window=$(manifest "$1" .preflight.window)
  if [ -z "$window" ]; then return; fi
  day=$(date -u +%u) time=$(date -u +%H:%M)
  jq -e --arg day "$day" --arg time "$time" '(.days | index($day | tonumber)) and .from <= $time and $time < .until' <<<"$window" >/dev/null ||
    fail "outside the deployment window of $APP ($(jq -r '"days \(.days | map(tostring) | join(",")), \(.from) to \(.until) UTC"' <<<"$window"); now day $day, $time UTC). Nothing was changed."
}
