#!/usr/bin/env bash
# Makes a machine a Slipway host: Docker Engine and Compose, the folders, the proxy, the watch. Every part looks
# first and changes only what is missing, so that running it again does nothing. $1: the request (JSON, private).
set -euo pipefail
umask 077
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
HOME_DIR=$(dirname "$(dirname "$HERE")")
ROOT=$(dirname "$HOME_DIR")
REQUEST=$1
for part in lib stage route packages proxy hardening keys; do
  # shellcheck source=/dev/null
  . "$HERE/$part.sh"
done

# The user may have joined the group docker only now: this login does not know it yet.
in_docker_group() { docker version >/dev/null 2>&1; }

watch_by_cron() {
  local line="* * * * * $HOME_DIR/bin/slipway recover >/dev/null 2>&1" boot="@reboot $HOME_DIR/bin/slipway recover >/dev/null 2>&1"
  crontab -l 2>/dev/null | grep -q -F "$line" && return
  {
    crontab -l 2>/dev/null | grep -v -F "$HOME_DIR/bin/slipway recover" || true
    printf '%s\n%s\n' "$line" "$boot"
  } | crontab -
  say "cron now looks every minute for deployments that were interrupted"
}

keep_containers_running() {
  # live-restore: containers survive a restart of dockerd. Read again by SIGHUP, without a restart (Docker
  # documentation, "Live restore"); a node of a swarm cannot have it. What daemon.json says already stays.
  local file=/etc/docker/daemon.json current='{}' wanted
  [ ! -s $file ] || current=$(as_root cat $file)
  wanted=$(jq --arg swarm "$(docker info --format '{{.Swarm.LocalNodeState}}')" '
    if $swarm == "active" then . else {"live-restore": true} + . end
    | if has("log-driver") or has("log-opts") then . else . + {"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}} end' <<<"$current")
  ! jq -e --argjson wanted "$wanted" '. == $wanted' <<<"$current" >/dev/null || return 0
  as_root mkdir -p /etc/docker
  as_root tee $file.slipway <<<"$wanted" >/dev/null
  as_root mv $file.slipway $file
  as_root chmod 644 $file
  as_root kill -HUP "$(pidof dockerd)"
  say "Docker now keeps containers running while it restarts itself, and rotates their logs ($file)"
}

write_host_json() {
  jq --arg scripts "$(basename "$HERE")" '{token: .token, scripts: $scripts, proxy: .proxy, docker: $docker}' \
    --arg docker "$(docker version --format '{{.Server.Version}}')" "$REQUEST" | replace "$HOME_DIR/host.json"
}

install_packages
mkdir -p "$HOME_DIR"/{proxy/routes,proxy/upstreams}
ln -sfn "scripts/$(basename "$HERE")" "$HOME_DIR/.bin" && mv -fT "$HOME_DIR/.bin" "$HOME_DIR/bin"
find "$HOME_DIR/scripts" -mindepth 1 -maxdepth 1 -type d ! -path "$HERE" -mtime +7 -exec rm -rf {} +
keep_containers_running
docker network inspect slipway >/dev/null 2>&1 || docker network create slipway >/dev/null
[ "$(jq -r .proxy.enabled "$REQUEST")" != true ] || proxy_up
harden
deploy_keys
write_host_json
watch_by_cron
say "host ready: Docker $(docker version --format '{{.Server.Version}}'), Compose $(docker compose version --short)"
