# shellcheck shell=bash
# Pre-flight: what must hold before the running release is touched.
# Reads: APP, DIR, RUN, RELEASE, PROXY_SEEN, NETWORK_SEEN, IMAGES_SEEN. Sets: MOUNTED, FREE.

# preflight: what the rollout itself asks.
preflight() {
  local name missing=''
  strategies_known "$RELEASE"
  if acts_before_start "$RELEASE"; then check_composition "$RELEASE" "Nothing was changed."; fi
  judge "$RELEASE"
  for name in ${MANIFEST["$RELEASE.preflight.variables[]"]-}; do
    grep -q "^$name=\"[^\"]" "$DIR/releases/$RELEASE/.env" || missing+="$name "
  done
  [ -z "$missing" ] || fail "these variables of $APP have no value: ${missing% }; set them in slipway:secrets.$APP or slipway:applications.$APP.environment. Nothing was changed."
  data_named "$RELEASE" "${IMAGES_SEEN[@]}"
  ports_free "$RELEASE"
  window_open "$RELEASE"
  if [ -n "${MANIFEST["$RELEASE.proof"]-}" ]; then proof_is_new; fi
  if [ -n "${J[".after.route"]-}" ]; then ensure_proxy "$PROXY_SEEN"; fi
  if takes_requests after; then ensure_network "$NETWORK_SEEN"; fi
}

# free_space_for FOLDER [SENTENCE]: at least 64 MiB, to write a release at all; SENTENCE is what else is said where there is less.
free_space_for() {
  free_mib "$1"
  enough_for_a_release "$1" "${FREE[0]}" "${2:-}"
}

enough_for_a_release() {
  [ "$2" -ge 64 ] || fail "only $2 MiB free below $1; a deployment needs at least 64 MiB. Free some space (docker system df shows what Docker uses).${3:+ $3}"
}

# room_for RELEASE FOLDER: for its files, and for its images below Docker's FOLDER.
room_for() {
  local need=${MANIFEST["$1.preflight.freeMiB"]:-0}
  free_mib "$DIR" "$2"
  enough_for_a_release "$DIR" "${FREE[0]}" "Nothing was changed."
  [ "${FREE[1]:-$need}" -ge "$need" ] ||
    fail "only ${FREE[1]} MiB free in $2, $APP wants $need MiB (preflight.freeMiB). Free some space; nothing was changed."
}

# free_mib FOLDER…: sets FREE to the free MiB of the file system of each; of the first alone where df cannot say it of all.
free_mib() {
  local text
  text=$(df --output=avail -BM "$@" 2>/dev/null) || text=$(df --output=avail -BM "$1")
  text=${text//[!0-9$'\n']/}
  # shellcheck disable=SC2206 # a number a line, below the heading
  FREE=($text)
}

# acts_before_start RELEASE: something is changed before its containers are made, which is when Compose reads all of its file.
acts_before_start() {
  [ -n "${MANIFEST["$1.accessories[]"]-}${MANIFEST["$1.start"]-}${MANIFEST["$1.adopt"]-}${MANIFEST["$1.backup"]-}" ] || migrations_here
}

# check_composition RELEASE [SENTENCE]: Compose takes its file; SENTENCE is what else is said where it does not. What Compose makes
# of it has the values of secrets: of that only places are kept.
check_composition() {
  compose "$1" config --format json 2>"$RUN/config" | jq -r "$MOUNTED" >"$RUN/mounted" ||
    fail "the Compose file of $APP is not valid: $(short "$(tail -n 3 "$RUN/config" | tr '\n' ' ')" 500)${2:-}"
}

# For each service of a Compose file its image and the folders at which something is mounted.
MOUNTED='.services | to_entries[]
  | [.key, .value.image, ((.value.volumes // [] | map(.target)) + ([.value.tmpfs // []] | flatten | map(split(":")[0])) | join(" "))] | @tsv'

# data_named RELEASE SEEN…: folders for which an image asks for a volume have one, as Docker's own would be empty at every
# rollout. SEEN is what Docker says of each image.
data_named() {
  local release=$1 image folder folders service mounted
  local -A seen=()
  for image in ${MANIFEST["$release.images[]"]-}; do
    shift
    seen[$image]=$1
    [ -n "$1" ] || fail_docker
  done
  # Most ask for none.
  if [[ ${seen[*]} != *'"Volumes":{"'* ]]; then return; fi
  check_composition "$release" "Nothing was changed."
  while IFS=$'\t' read -r service image mounted; do
    if [ -z "${MANIFEST["$release.services.$service.name"]-}" ]; then continue; fi
    folders=$(jq -r '.Config.Volumes // {} | keys[]' <<<"${seen[$image]-}") || fail_docker
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
    # One by one: `docker ps` joins those that follow each other, as 8080-8081->8080-8081.
    own+=$(docker ps --quiet --filter "label=com.docker.compose.project=$project" |
      xargs -r timeout 60 docker inspect --format '{{range .NetworkSettings.Ports}}{{range .}}:{{.HostPort}}-> {{end}}{{end}}')$'\n' ||
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
