# shellcheck shell=bash
# Draining: requests in flight finish before a container is stopped.
# Reads: PREVIOUS, PROC.

# connections PID PORT ADDRESS: established connections of a process from the proxy's address; the proxy keeps none idle.
connections() {
  local a b c d hex port
  IFS=. read -r a b c d <<<"$3"
  # /proc/net/tcp shows an IPv4 address as the hexadecimal of its bytes in reverse (proc_net_tcp, Linux kernel docs).
  printf -v hex '%02X%02X%02X%02X' "$d" "$c" "$b" "$a"
  printf -v port ':%04X' "$2"
  cat "$PROC/$1/net/tcp" "$PROC/$1/net/tcp6" 2>/dev/null | awk -v port="$port" -v proxy="$hex" '
    $4 == "01" && substr($2, length($2) - 4) == port && substr($3, length($3) - 12, 8) == proxy { n++ } END { print n + 0 }'
}

# drain ID PORT SECONDS NETWORK: lets requests in flight finish. Three looks in a row must find nothing, as a request may
# be between the proxy's decision and its connection.
drain() {
  local quiet=0 deadline pid address
  { read -r pid _ && read -r _ address; } < <(docker inspect --format "{{.State.Pid}} {{with index .NetworkSettings.Networks \"$4\"}}{{.IPAddress}}{{end}}" "$1" slipway-proxy 2>/dev/null) ||
    return 0
  deadline=$(($(now) + $3 * 1000))
  while [ "$(now)" -lt "$deadline" ]; do
    if [ "$(connections "$pid" "$2" "$address")" -eq 0 ]; then quiet=$((quiet + 1)); else quiet=0; fi
    if [ "$quiet" -eq 3 ]; then return; fi
    nap 0.1
  done
  say "           open connections of $(name_of "$1") after $3 s: $(connections "$pid" "$2" "$address")"
}

# stop_old SERVICE ID: drained, and not started again by a restart of Docker while the new one runs.
stop_old() {
  drain_if_routed "$PREVIOUS" "$1" "$2"
  docker update --restart no "$2" >/dev/null
  docker stop "$2" >/dev/null
}

# drain_if_routed RELEASE SERVICE ID: as the release that the container belongs to says; without one nothing is known.
drain_if_routed() {
  if [ -z "$1" ] || ! routed "$1" "$2"; then return; fi
  drain "$3" "$(service_value "$1" "$2" .port)" "$(service_value "$1" "$2" .drain)" "$(service_value "$1" "$2" .network)"
}
