# shellcheck shell=bash
# The proxy that runs: where its files are, whether it answers, the networks it is in.

PROXY=$HOME_DIR/proxy
# A name to which every connection fails at once: the proxy holds requests and tries again (lb_try_duration).
HOLD=255.255.255.255

reload_proxy() { docker exec slipway-proxy caddy reload --config /etc/caddy/Caddyfile --adapter caddyfile 2>&1; }

# proxy_answers SECONDS: waits until Caddy listens at its admin address, 127.0.0.1:2019, as the kernel shows it
# (proc_net_tcp, Linux kernel docs; 0A is "listen"). A health check of Docker's would run a program in the container for
# as long as the host lives.
proxy_answers() {
  local deadline pid restarts
  deadline=$(($(now) + $1 * 1000))
  while read -r pid restarts < <(docker inspect --format '{{.State.Pid}} {{.RestartCount}}' slipway-proxy 2>/dev/null); do
    grep -q '^ *[0-9]*: 0100007F:07E3 [0-9A-F:]* 0A ' "/proc/$pid/net/tcp" 2>/dev/null && return
    [ "$restarts" -lt 3 ] && [ "$(now)" -lt "$deadline" ] || return 1
    nap 0.1
  done
  return 1
}

ensure_proxy() {
  [ "$(docker inspect --format '{{.State.Running}}' slipway-proxy 2>/dev/null)" = true ] && return
  docker start slipway-proxy >/dev/null 2>&1 || fail "the proxy (container slipway-proxy) is missing on this host; run pulumi up for the host first, or: docker compose --file $PROXY/compose.yaml up --detach"
}

# join_network RELEASE SERVICE: the proxy is in the network on which it reaches the service.
join_network() {
  local network
  network=$(service_value "$1" "$2" .network)
  [ -n "$(docker inspect --format "{{with index .NetworkSettings.Networks \"$network\"}}{{.NetworkID}}{{end}}" slipway-proxy)" ] ||
    quietly docker network connect "$network" slipway-proxy || fail "the proxy cannot join the network $network of $APP"
}

leave_networks() {
  local network
  for network in $(docker network ls --quiet --filter "label=com.docker.compose.project=$APP"); do
    docker network disconnect --force "$network" slipway-proxy >/dev/null 2>&1 || true
  done
}
