# shellcheck shell=bash
# Where the data of a backup is: a database in a server's container, or a folder that a service mounts. What Docker says of the
# service's container counts, not the manifest: nothing is read or written that the service itself does not have.
# Reads: APP, NAME, KEPT, WORK, WHAT, SERVICE, MOUNT, FILE, TIMEOUT, LABELS. Sets: CONTAINER, IMAGE, SOURCE (volume or folder).

# find_server: sets CONTAINER to the one in which the service runs.
find_server() {
  local id
  look_containers || fail_docker
  containers_of "$SERVICE"
  for id in "${IDS[@]}"; do
    CONTAINER=$id
    if [ "${STATE_OF[$id]}" = running ]; then return; fi
  done
  fail "the service $SERVICE of $APP does not run, so its database cannot be reached; slipway status tells more"
}

# find_source: sets SOURCE to what the service has mounted at MOUNT, and IMAGE to that of its container.
# During a restore the journal says both: it has to end also where somebody has removed the containers that it has stopped.
find_source() {
  local found
  if [ -n "${R[".source"]-}" ]; then
    SOURCE=${R[".source"]} IMAGE=${R[".image"]}
    # Their image may have been removed with them.
    docker image inspect "$IMAGE" >/dev/null 2>&1 || read -r IMAGE < <(docker image ls --quiet --no-trunc) || fail_docker
    return
  fi
  look_containers || fail_docker
  containers_of "$SERVICE"
  [ ${#IDS[@]} -gt 0 ] || fail "the service $SERVICE of $APP has no container, so nobody knows where its data is; slipway status tells more"
  inspected "com.docker.compose.project=$APP" "com.docker.compose.service=$SERVICE" com.docker.compose.oneoff=False || fail_docker
  found=$(jq -r --arg mount "${MOUNT%/}" '.Image as $image | .Mounts[] | select((.Destination | rtrimstr("/")) == $mount)
    | $image, if .Type == "volume" then .Name else .Source end' <<<"$DOCUMENTS") || fail_docker
  { read -r IMAGE && read -r SOURCE; } <<<"$found" ||
    fail "the service $SERVICE of $APP mounts nothing at $MOUNT; deploy the release that declares the backup $NAME first"
}

# USES: jq, whether a container may read or write what is in $source: a folder also by one above or below it.
USES='def uses($source): .Name == $source or (.Type == "bind" and (((.Source | rtrimstr("/")) + "/") as $mine | (($source | rtrimstr("/")) + "/") as $other
  | ($source | startswith("/")) and (($mine | startswith($other)) or ($other | startswith($mine))))); '

# in_helper USER ARGS… -- WORD…: programs of this very host in a container without a network, which sees the host's programs
# and what ARGS mount.
in_helper() {
  local user=$1 args=() folder
  shift
  make_helper_image
  while [ "$1" != -- ]; do args+=("$1") && shift; done
  for folder in /usr /bin /sbin /lib /lib64; do
    if [ -d "$folder" ]; then args+=(--volume "$folder:$folder:ro"); fi
  done
  DOCKER_LIMIT=$TIMEOUT docker run --rm --interactive --network none --user "$user" --no-healthcheck --security-opt no-new-privileges \
    --env PATH=/usr/bin:/bin:/usr/sbin:/sbin --env HOME=/tmp "${LABELS[@]}" "${args[@]}" --workdir / --entrypoint /bin/sh "$HELPER_IMAGE" -euc "${@:2}" 8>&-
}

HELPER_IMAGE=slipway-helper

# make_helper_image: it has nothing but /tmp. What an image of the application brings, as its loader's settings and its variables,
# would run in the helper, beside the host's files that it is to copy.
make_helper_image() {
  local folder
  if docker image inspect "$HELPER_IMAGE" </dev/null >/dev/null 2>&1; then return; fi
  folder=$(mktemp -d)
  mkdir -m 1777 "$folder/tmp"
  tar -C "$folder" --numeric-owner --owner 0 --group 0 -cf - tmp | docker import - "$HELPER_IMAGE" >/dev/null || {
    rm -rf "$folder"
    fail "the image of helpers cannot be made; df shows whether the disk is full"
  }
  rm -rf "$folder"
}

# label_for RUN: sets LABELS, by which its containers are found if they are left. Those of a job go with its run.
label_for() {
  LABELS=(--label "com.docker.compose.project=$APP" --label com.docker.compose.oneoff=True)
  if [ -n "$1" ]; then LABELS+=(--label "slipway.job=$APP.$JOB" --label "slipway.run=$1"); else LABELS+=(--label "slipway.helper=$APP"); fi
}

# In the container of a server: the words that follow, with the variables of Postgres' programs as the image understands them.
# shellcheck disable=SC2016 # for that shell
AS_POSTGRES='set -eu
value() { eval "v=\${$1-} f=\${$1_FILE-}"; if [ -z "$v" ] && [ -n "$f" ]; then v=$(cat "$f"); fi; printf %s "$v"; }
PGUSER=${1:-$(value POSTGRES_USER)} PGDATABASE=${2:-$(value POSTGRES_DB)} PGPASSWORD=$(value POSTGRES_PASSWORD)
PGUSER=${PGUSER:-postgres}
PGDATABASE=${PGDATABASE:-$PGUSER}
export PGUSER PGDATABASE PGPASSWORD PGAPPNAME=slipway
shift 2
exec "$@"'

# postgres_words WORD…: sets WORDS to what `docker exec` gets.
postgres_words() {
  local user database
  of_backup user user
  of_backup database database
  WORDS=(exec --interactive "$CONTAINER" sh -c "$AS_POSTGRES" sh "$user" "$database" "$@")
}

# in_postgres WORD…
in_postgres() {
  local WORDS
  postgres_words "$@"
  DOCKER_LIMIT=$TIMEOUT docker "${WORDS[@]}"
}

# sql DATABASE [ARGS…]: what is on stdin, of which every part must succeed.
sql() { in_postgres psql --no-psqlrc --no-password --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$1" "${@:2}"; }

# room_for_copy BYTES FOLDER: with something left for everything else.
room_for_copy() {
  free_mib "$2"
  [ "${FREE[0]}" -gt $(($1 / 1048576 + 256)) ] ||
    fail "only ${FREE[0]} MiB free below $2, where a copy of the data of $APP ($(($1 / 1048576)) MiB) has to lie for a while; free some space"
}

# judge_value VALUE: what the declared query says of a restored backup; true, or a number that is large enough.
judge_value() {
  local least
  of_backup least check.atLeast
  jq -en --arg value "$1" --arg least "$least" '($value | ascii_downcase) as $text
    | if $least == "" and ($text == "t" or $text == "true") then true
      else ($text | try tonumber catch null) as $number | $number != null and (if $least == "" then $number > 0 else $number >= ($least | tonumber) end) end' >/dev/null ||
    fail "the backup $NAME of $APP can be restored, but its check answers $(printf '%q' "$(short "$1" 100)") instead of ${least:+at least }${least:-true, or more than 0}"
}

# first_value TEXT: sets VALUE to the first column of its first line.
first_value() {
  VALUE=${1%%$'\n'*}
  VALUE=${VALUE%%|*}
}
