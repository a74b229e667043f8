# shellcheck shell=bash
# Health: several good checks in a row, not one.
# Reads: APP, J, ADDRESS_OF. Sets: HOST, LOOKED (what Docker says), RESTARTS, ADDRESS
# and ANSWERED of the container that was looked at last; PROBLEM, why one is not healthy.

# look_at ID [URL [OPTIONS…]]: 0 it runs, 1 not yet, 2 it is gone. A URL is asked by the same program; ANSWERED is with which status.
look_at() {
  local FIRST=()
  RESTARTS=0
  if [ $# -gt 1 ]; then
    FIRST=(--noproxy '*' --max-time 2 --output /dev/null --write-out '%{http_code} ' "${@:2}" --next --silent)
  fi
  engine GET "/containers/$1/json" 2>/dev/null || {
    FIRST=()
    # Docker may only not have said.
    if is_gone "$1"; then return 2; else return 1; fi
  }
  LOOKED=$ANSWER
  field RestartCount "$LOOKED"
  RESTARTS=${FIELD:-0}
  # Docker lists networks by name; the first one counts.
  after '"Networks":' "$LOOKED"
  field IPAddress "$REST"
  ADDRESS=$FIELD
  ANSWERED=${LOOKED%%[ \{]*}
  field Status "$LOOKED"
  case $FIELD in running) ;; exited | dead | removing) return 2 ;; *) return 1 ;; esac
}

# restarts_of ID: prints how often Docker has started it again in its whole life.
restarts_of() {
  engine GET "/containers/$1/json" 2>/dev/null || true
  field RestartCount "$ANSWER"
  printf '%s' "${FIELD:-0}"
}

# keeps_ending BEFORE: the container that was looked at last was started again three times since it had BEFORE restarts.
keeps_ending() { [ $((RESTARTS - $1)) -ge 3 ]; }

# probe ID: runs the own health check of the container that was looked at last, now. Docker runs it only once in its
# interval, and a short interval starts programs in the container for as long as it lives. Without a check, running is enough.
probe() {
  local limit test
  { read -r limit && mapfile -d '' -t test; } < <(jq -j '
    .Config | .Shell as $shell | .Healthcheck // {} | "\((.Timeout // 0) / 1e9 | if . > 0 then . else 30 end)\n",
    ((if .Test[0] == "CMD" then .Test[1:] elif .Test[0] == "CMD-SHELL" then ($shell // ["/bin/sh", "-c"]) + .Test[1:]
      else [] end)[] | "\(.)\u0000")' <<<"{${LOOKED#*\{}") || return 1
  if [ ${#test[@]} -gt 0 ]; then DOCKER_LIMIT=$limit docker exec "$1" "${test[@]}" >/dev/null 2>&1 </dev/null; fi
}

# has_check: the container that was looked at last has a health check of its own.
has_check() { [[ $LOOKED == *'"Healthcheck":{"Test":["CMD'* ]]; }

# host_of SIDE SERVICE: sets HOST to the first domain of which a service gets the requests; to nothing where it gets none.
host_of() {
  local data=.$1.data index
  HOST=''
  for ((index = 0; index < ${J["$data.services.length"]:-0}; index++)); do
    if [ "${J["$data.services.$index.name"]}" != "$2" ]; then continue; fi
    HOST=${J["$data.services.$index.sites.0"]-${J["$data.sites.0.host"]-}}
    HOST=${HOST#*://}
    return
  done
}

# check SIDE SERVICE ID: one check. 0 good, 1 not yet, 2 it is gone. A service that takes requests is asked by the name that
# these come by: many answer to no other.
check() {
  local path=${J[".$1.services.$2.health.path"]-} url=() result=0
  path=${path:+:${J[".$1.services.$2.health.port"]-}$path}
  if [ -n "$path" ] && [ -n "${ADDRESS_OF[$3]-}" ]; then
    url=("http://${ADDRESS_OF[$3]}$path")
    host_of "$1" "$2"
    if [ -n "$HOST" ]; then url+=(--header "Host: ${HOST/#\*/slipway}"); fi
  fi
  look_at "$3" "${url[@]}" || result=$?
  if [ "$result" -ne 0 ]; then return "$result"; fi
  if [ -z "$path" ]; then
    probe "$3" || return 1
  elif [ ${#url[@]} -gt 0 ]; then
    [[ $ANSWERED == [123]?? ]]
  else
    fetch --output /dev/null --fail --max-time 2 "http://$ADDRESS$path" || return 1
  fi
}

# how_it_ended ID: the exit code of a container that Docker just started again is not known.
how_it_ended() {
  local how
  how=$(docker inspect --format '{{if and .State.Running (not .State.Restarting)}}keeps exiting{{else}}exited with code {{.State.ExitCode}}{{end}}' "$1" 2>/dev/null) ||
    how='is gone'
  printf '%s' "$how"
}

# await_health SIDE SERVICE ID [RESTARTS]: as many good checks in a row as wanted, before the deadline and with no restart
# among them. RESTARTS: how often Docker had started it again before (default: 0, it is new). Exit code 1: PROBLEM says why.
await_health() {
  local at=.$1.services.$2 before=${4:-0} good=0 restarts=${4:-0} listened='' deadline result
  local who="$2 of $APP ${J[".$1.version"]}"
  now
  deadline=$((NOW + ${J["$at.health.timeout"]-60} * 1000))
  while :; do
    result=0
    check "$1" "$2" "$3" || result=$?
    if [ "$RESTARTS" != "$restarts" ]; then good=0; fi
    restarts=$RESTARTS
    if [ "$result" -eq 2 ] || keeps_ending "$before"; then
      last_words "$3"
      problem "$who $(how_it_ended "$3") instead of serving; its last lines stand above"
      return 1
    fi
    if [ "$result" -eq 0 ]; then good=$((good + 1)); else good=0; fi
    if [ "$good" -ge "${J["$at.health.successes"]-1}" ]; then return; fi
    if is_over "$deadline"; then
      last_words "$3"
      problem "$who was not healthy within ${J["$at.health.timeout"]-60} s ($(wanted_health "$at" "$result")); its last lines stand above"
      return 1
    fi
    if [ "$good" -eq 0 ]; then nap_until_it_listens "$at"; else nap_between_good "$at"; fi
  done
}

# nap_between_good AT: what is healthy is asked again three times as often, where it has a check. Without one it must last.
nap_between_good() {
  local interval=${J["$1.health.interval"]-1}
  if [ -n "${J["$1.health.path"]-}" ] || has_check; then
    milliseconds "$interval"
    printf -v interval '%d.%03d' $((MS / 3000)) $((MS / 3 % 1000))
  fi
  nap "$interval"
}

# nap_until_it_listens AT: waits for the interval of a service, or until the container that was looked at last begins to listen
# at the port of its check: one that has just started is not left to wait. Sets `listened` of its caller.
nap_until_it_listens() {
  local interval=${J["$1.health.interval"]-1} port=${J["$1.health.port"]-} pid end
  if [ -z "$port" ] || [ -n "$listened" ]; then
    nap "$interval"
    return
  fi
  field Pid "$LOOKED"
  pid=$FIELD
  milliseconds "$interval"
  now
  end=$((NOW + MS))
  until is_over "$end"; do
    if listens "$pid" "$port"; then
      listened=yes
      return
    fi
    nap 0.02
  done
}

problem() { PROBLEM=$1; }

# wanted_health AT RESULT: what was asked, and, of a container that ran, how it answered last.
wanted_health() {
  if [ -z "${J["$1.health.path"]-}" ]; then
    printf 'its health check'
    return
  fi
  printf 'GET %s on port %s' "${J["$1.health.path"]}" "${J["$1.health.port"]-}"
  if [[ $2 -eq 1 && $ANSWERED == [1-9]?? ]]; then printf ', which answered %s last' "$ANSWERED"; else printf ', which did not answer'; fi
}
