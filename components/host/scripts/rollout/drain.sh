# shellcheck shell=bash
# Draining: requests in flight finish before a container is stopped.
# Reads: APP, J, PROC, COUNT, PID_OF, PROXY_SEEN.

# drain ID PORTS SECONDS NETWORK: lets requests in flight finish; the proxy keeps no idle connections. Three looks in a row must
# find nothing, as a request may be between the proxy's decision and its connection.
drain() {
  local quiet=0 deadline pid=${PID_OF[$1]-} proxy=$PROXY_SEEN address
  field Pid "$proxy"
  # What was seen of them holds for as long as their processes live.
  if [ ! -d "$PROC/${pid:-none}" ] || [ ! -d "$PROC/${FIELD:-none}" ]; then
    ask_at_once "/containers/$1/json" /containers/slipway-proxy/json 2>/dev/null || {
      # Nobody sees whether requests are in flight.
      is_gone "$1" || nap "$3"
      return
    }
    if [ -z "${ANSWERS[0]}" ]; then return; fi
    field Pid "${ANSWERS[0]}"
    pid=$FIELD proxy=${ANSWERS[1]}
  fi
  # Not reached by the proxy.
  if [[ $proxy != *"\"$4\":{"* ]]; then return; fi
  after "\"$4\":{" "$proxy"
  field IPAddress "$REST"
  address=$FIELD
  now
  deadline=$((NOW + $3 * 1000))
  until is_over "$deadline"; do
    connections "$pid" "$2" "$address"
    if [ "$COUNT" -eq 0 ]; then quiet=$((quiet + 1)); else quiet=0; fi
    if [ "$quiet" -eq 3 ]; then return; fi
    nap 0.05
  done
  connections "$pid" "$2" "$address"
  say "           open connections of ${NAME_OF[$1]-$1} after $3 s: $COUNT"
}

# stop_old SERVICE ID: drained, and not started again by a restart of Docker while the new one runs.
stop_old() {
  if [ "${STATE_OF[$2]-}" = running ]; then drain_if_routed "$1" "$2"; fi
  stop_container "$2" || fail "the container ${NAME_OF[$2]-$2} of $APP does not stop; docker stop shows why"
}

# drain_if_routed SERVICE ID: as the side says that the container serves on.
drain_if_routed() {
  local side=after network=slipway-$APP ports name
  if [[ ${J[".present@"]-} == *"$2"* ]]; then side=before; fi
  if ! routed "$side" "$1"; then return; fi
  if [ -z "${ADDRESS_OF[$2]-}" ]; then network=${J[".$side.services.$1.network"]-}; fi
  ports=${J[".$side.services.$1.port"]}
  names ".$side.services.$1.upstreams@"
  for name in "${NAMES[@]}"; do ports+=" ${J[".$side.services.$1.upstreams.$name"]}"; done
  drain "$2" "$ports" "${J[".$side.services.$1.drain"]}" "$network"
}
