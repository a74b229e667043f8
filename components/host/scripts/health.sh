# shellcheck shell=bash
# Health: several good checks in a row, not one; and what still goes on in a container before it is stopped.

address_of() { docker inspect --format '{{range $name, $n := .NetworkSettings.Networks}}{{if $n.IPAddress}}{{$name}} {{$n.IPAddress}}{{"\n"}}{{end}}{{end}}' "$1" | sort -k1,1 | sed -n 's/^[^ ]* //p' | head -n 1; }

# check RELEASE SERVICE ID: one check. 0 good, 1 not yet, 2 it is gone.
check() {
  local state status health restarts path port
  state=$(docker inspect --format '{{.State.Status}} {{with .State.Health}}{{.Status}}{{else}}none{{end}} {{.RestartCount}}' "$3" 2>/dev/null) || return 2
  read -r status health restarts <<<"$state"
  case $status in exited|dead|removing) return 2 ;; running) ;; *) [ "$restarts" -lt 3 ] || return 2; return 1 ;; esac
  [ "$restarts" -lt 3 ] || return 2
  path=$(service_value "$1" "$2" '.health.path // empty')
  port=$(service_value "$1" "$2" '.health.port // empty')
  if [ -n "$path" ]; then
    curl --silent --output /dev/null --fail --max-time 2 "http://$(address_of "$3"):$port$path"
    return $(($? == 0 ? 0 : 1))
  fi
  [ "$health" = none ] || [ "$health" = healthy ]
}

# await_health RELEASE SERVICE ID: N consecutive good checks before the deadline.
await_health() {
  local release=$1 service=$2 id=$3 good=0 wanted interval deadline result
  wanted=$(service_value "$release" "$service" .health.successes)
  interval=$(service_value "$release" "$service" .health.interval)
  deadline=$(($(now) + $(service_value "$release" "$service" .health.timeout) * 1000))
  while :; do
    result=0
    check "$release" "$service" "$id" || result=$?
    case $result in
      0) good=$((good + 1)); [ "$good" -lt "$wanted" ] || return 0 ;;
      2) last_words "$id"; fail "$service of $APP $(manifest "$release" .version) exited with code $(docker inspect --format '{{.State.ExitCode}}' "$id" 2>/dev/null || printf unknown) instead of serving; its last lines stand above" ;;
      *) good=0 ;;
    esac
    [ "$(now)" -lt "$deadline" ] || {
      last_words "$id"
      fail "$service of $APP $(manifest "$release" .version) was not healthy within $(service_value "$release" "$service" .health.timeout) s ($(service_value "$release" "$service" '.health | if .path then "GET \(.path) on port \(.port)" else "its health check" end')); its last lines stand above"
    }
    sleep "$interval"
  done
}

# connections ID PORT NETWORK: established connections from the proxy to a container; the proxy keeps none idle.
connections() {
  local pid ip hex
  pid=$(docker inspect --format '{{.State.Pid}}' "$1" 2>/dev/null) || { printf 0; return; }
  ip=$(docker inspect --format "{{with index .NetworkSettings.Networks \"$3\"}}{{.IPAddress}}{{end}}" slipway-proxy)
  # /proc/net/tcp shows an IPv4 address as the hexadecimal of its bytes in reverse (proc_net_tcp, Linux kernel docs).
  # shellcheck disable=SC2046,SC2183 # four arguments
  hex=$(printf '%02X%02X%02X%02X' $(tr . '\n' <<<"$ip" | tac))
  cat "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" 2>/dev/null | awk -v port="$(printf ':%04X' "$2")" -v proxy="$hex" '
    $4 == "01" && substr($2, length($2) - 4) == port && substr($3, length($3) - 12, 8) == proxy { n++ } END { print n + 0 }'
}

# drain ID PORT SECONDS NETWORK: lets requests in flight finish. Three looks in a row must find nothing, as a request may be
# between the proxy's decision and its connection.
drain() {
  local quiet=0 deadline
  deadline=$(($(now) + $3 * 1000))
  while [ "$(now)" -lt "$deadline" ]; do
    if [ "$(connections "$1" "$2" "$4")" -eq 0 ]; then quiet=$((quiet + 1)); else quiet=0; fi
    [ "$quiet" -lt 3 ] || return 0
    sleep 0.15
  done
  say "           $(connections "$1" "$2" "$4") connections of $(name_of "$1") were still open after $3 s"
}
