# shellcheck shell=bash
# Sessions: a command that somebody runs in an application's containers from afar, by two channels of one connection. The
# first (`exec`, `run`) holds the session, by a lock, for as long as its standard input is open, and ends it then, whatever
# became of the connection. The second (`attach`, operate/attach.sh) is the command itself, with the terminal or the streams
# of whoever asked. What is left of a session whose holder was killed, `recover` ends.
# Reads: ROOT, APP, DIR. Sets: RELEASE, SERVICE, SESSION (its folder), CONTAINER, descriptor 8.

# exec APP [--service NAME]: a session in the container that serves.
command_exec() {
  begin_session exec "$@"
  serving_container
  hold_session exec
}

# run APP [--service NAME]: a session in a fresh container of the release that serves.
command_run() {
  begin_session run "$@"
  CONTAINER=-
  hold_session run
}

# begin_session COMMAND APP OPTION…
begin_session() {
  use_application "${2:-}"
  parse_options "$1" "${@:3}"
  RELEASE=$(deployed release)
  [ -n "$RELEASE" ] || fail "no release of $APP is deployed on this host"
  need_service
  docker_answers || fail "Docker does not answer on this host; start it (systemctl start docker). Nothing was changed."
}

# need_service: one of the release; the first that has a route, or the only one, where none is named.
need_service() {
  local service own all
  read_manifest "$RELEASE" || exit 1
  mapfile -t own < <(manifest "$RELEASE" '.services[]')
  if [ -z "$SERVICE" ]; then
    for service in "${own[@]}"; do
      if [ -n "${MANIFEST["$RELEASE.services.$service.upstream"]-}" ]; then
        SERVICE=$service
        return
      fi
    done
    [ ${#own[@]} -eq 1 ] || fail "no service of $APP has a route, so name one; its services are: $(services_of "$RELEASE")"
    SERVICE=${own[0]}
    return
  fi
  all=$(services_of "$RELEASE")
  [[ " $all " == *" $SERVICE "* ]] || fail "$SERVICE is no service of $APP; its services are: $all"
}

# services_of RELEASE: all of its Compose file.
services_of() {
  local all
  mapfile -t all < <({ manifest "$1" '.services[]' && manifest "$1" '.accessories[]' && manifest "$1" '.once@'; } | sort -u)
  printf '%s' "${all[*]}"
}

# serving_container: sets CONTAINER to the one to which the route of the service leads; without a route, to one that was confirmed.
serving_container() {
  local id confirmed
  look_containers 2>/dev/null || fail_docker
  containers_of "$SERVICE"
  upstream "$APP.$SERVICE"
  for id in "${IDS[@]}"; do
    if [ "${STATE_OF[$id]}" = running ] && [ -n "${ADDRESS_OF[$id]}" ] && [ "${ADDRESS_OF[$id]}" = "${UPSTREAM%:*}" ]; then
      CONTAINER=$id
      return
    fi
  done
  mapfile -t confirmed < <(jq -r '.containers[].id' "$DIR/deployment.json")
  for id in "${confirmed[@]}"; do
    if [ "${SERVICE_OF[$id]-}" = "$SERVICE" ] && [ "${STATE_OF[$id]}" = running ]; then
      CONTAINER=$id
      return
    fi
  done
  fail "no container of $SERVICE of $APP runs on this host; slipway status tells more"
}

# hold_session KIND: tells of it, a line of JSON; then a line "interrupt" on standard input is handed to the command as SIGINT,
# and the end of standard input ends the session.
hold_session() {
  local line name=''
  SESSION=''
  trap 'exit 0' HUP INT TERM
  trap end_session_here EXIT
  SESSION=$(mktemp -d "$DIR/run/session.XXXXXXXX") || fail "a session of $APP cannot be written down; df $DIR shows whether the disk is full"
  exec 8>"$SESSION/lock"
  flock 8
  if [ "$1" = run ]; then only_once >"$SESSION/one-off.json" || fail "the Compose file of $APP cannot be read"; else name=${NAME_OF[$CONTAINER]}; fi
  printf '%s %s %s %s\n' "$1" "$RELEASE" "$SERVICE" "$CONTAINER" >"$SESSION/kind"
  printf '{"session":"%s","service":"%s","container":"%s","version":%s}\n' "${SESSION##*.}" "$SERVICE" "$name" \
    "$(in_json "$(manifest "$RELEASE" .version)")"
  while IFS= read -r line; do
    if [ "$line" = interrupt ]; then signal_session "$1" INT || true; fi
  done
}

# only_once: the part of a Compose file that makes the service a one-off, whose health nobody asks.
only_once() { without_copying "$RELEASE" "$SERVICE" | jq -ce --arg service "$SERVICE" '.services[$service].healthcheck = {disable: true}'; }

# end_session_here: the trap of whoever holds it. Nothing of it goes on.
end_session_here() {
  trap - EXIT
  trap '' HUP INT TERM PIPE
  if [ -z "$SESSION" ]; then return; fi
  # What it says, nobody may be there to read.
  apart abandon "$APP" "${SESSION##*.}" </dev/null >/dev/null 2>&1
}

# command_abandon APP ID: ends a session; its holder calls this, or the recovery in its place.
command_abandon() {
  local kind
  use_application "$1"
  SESSION=$DIR/run/session.$2
  if read -r kind RELEASE SERVICE CONTAINER <"$SESSION/kind"; then
    if [ "$kind" = run ]; then end_fresh; elif [ ! -e "$SESSION/ended" ]; then end_within; fi
  fi
  rm -rf "$SESSION"
}

# end_fresh: Compose, which removes the container, gets a moment to do so. One that is still being made comes after its Compose is
# gone, or not at all.
end_fresh() {
  local id pid tries=0
  while is_attached && [ "$tries" -lt 30 ]; do
    session_containers || true
    for id in "${FOUND_IDS[@]}"; do engine POST "/containers/$id/stop?t=5" 2>/dev/null || true; done
    tries=$((tries + 1))
    if [ "$tries" -gt 5 ] && read -r pid <"$SESSION/attached"; then kill -KILL "$pid" 2>/dev/null || true; fi
    nap 0.3
  done
  remove_one_offs "slipway.session=${SESSION##*.}"
}

# end_within: as the end of a terminal does it, and 5 s later by force.
end_within() {
  local tries
  signal_session exec HUP || return 0
  for ((tries = 0; tries < 10; tries++)); do
    nap 0.5
    signal_session exec 0 || return 0
  done
  signal_session exec KILL || true
}

# signal_session KIND SIGNAL: exit code 1 where nobody is there to get it.
signal_session() {
  local id
  if [ "$1" = run ]; then
    session_containers || return
    for id in "${FOUND_IDS[@]}"; do engine POST "/containers/$id/kill?signal=SIG$2" 2>/dev/null || true; done
    return
  fi
  within "$MARKED" "${SESSION##*.}" "$2"
}

session_containers() { with_labels "slipway.session=${SESSION##*.}" 2>/dev/null; }

# For sh in a container: every process that has the session in its environment gets a signal.
# shellcheck disable=SC2016 # the container's variables
MARKED='found=
for one in /proc/[0-9]*; do
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *"SLIPWAY_SESSION=$1"*) kill -s "$2" "${one#/proc/}" && found=yes ;; esac
  done <"$one/environ"
done
[ -n "$found" ]'

# within SCRIPT WORD…: by the container's own sh, as the user of the session; where its image has none, by that of the proxy's image.
within() {
  local code=0 image
  docker exec "$CONTAINER" sh -c "$1" sh "${@:2}" >/dev/null 2>&1 || code=$?
  if [ "$code" -ne 126 ] && [ "$code" -ne 127 ]; then return "$code"; fi
  image=$(docker inspect --format '{{.Config.Image}}' slipway-proxy 2>/dev/null) || return
  helper --network none --pid "container:$CONTAINER" --user 0 --cap-add SYS_PTRACE --entrypoint sh "$image" -c "$1" sh "${@:2}" >/dev/null 2>&1
}

# is_attached: its command runs.
is_attached() { [ -s "$SESSION/attached" ] && ! flock --nonblock 4 4<"$SESSION/attached"; }

# end_sessions_left: those whose holders were killed.
end_sessions_left() {
  local folder app
  for folder in "$ROOT"/*/run/session.*/; do
    folder=${folder%/}
    if [ ! -s "$folder/kind" ] || ! flock --nonblock 4 4<"$folder/lock"; then continue; fi
    app=${folder%/run/*}
    apart abandon "${app##*/}" "${folder##*.}"
  done
}

# release_in_session ID: a command runs in it, so its files stay.
release_in_session() {
  local folder release
  for folder in "$DIR"/run/session.*/; do
    if [ ! -s "$folder/kind" ]; then continue; fi
    read -r _ release _ <"$folder/kind"
    if [ "$release" = "$1" ]; then return; fi
  done
  return 1
}
