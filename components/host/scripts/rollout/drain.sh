# shellcheck shell=bash
# Draining: requests in flight finish before a container is stopped.
# Reads: APP, J, PROC. Sets: COUNT.

# connections PID PORTS ADDRESS: sets COUNT to the established connections of a process from the proxy's address; the proxy keeps none idle.
connections() {
  local a b c d hex port ports='' file line lines
  IFS=. read -r a b c d <<<"$3"
  # /proc/net/tcp shows an IPv4 address as the hexadecimal of its bytes in reverse (proc_net_tcp, Linux kernel docs).
  printf -v hex '%02X%02X%02X%02X' "$d" "$c" "$b" "$a"
  for port in $2; do printf -v ports '%s|:%04X' "$ports" "$port"; done
  # Local address, remote address, 01 for "established"; one in tcp6 ends with that of IPv4.
  port="(${ports#|}) [0-9A-F]*$hex:[0-9A-F]{4} 01 "
  COUNT=0
  for file in "$PROC/$1/net/tcp" "$PROC/$1/net/tcp6"; do
    # At once: the kernel makes the table anew for each line that is read of it.
    { mapfile -t lines <"$file"; } 2>/dev/null || continue
    for line in "${lines[@]}"; do
      if [[ $line =~ $port ]]; then COUNT=$((COUNT + 1)); fi
    done
  done
}

# drain ID PORTS SECONDS NETWORK: lets requests in flight finish. Three looks in a row must find nothing, as a request may
# be between the proxy's decision and its connection.
drain() {
  local quiet=0 deadline pid address
  ask_at_once "/containers/$1/json" /containers/slipway-proxy/json 2>/dev/null || {
    # Nobody sees whether requests are in flight.
    is_gone "$1" || nap "$3"
    return
  }
  # Gone, or not reached by the proxy.
  if [[ -z ${ANSWERS[0]} || ${ANSWERS[1]} != *"\"$4\":{"* ]]; then return; fi
  field Pid "${ANSWERS[0]}"
  pid=$FIELD
  after "\"$4\":{" "${ANSWERS[1]}"
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
