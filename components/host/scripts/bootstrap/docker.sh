# shellcheck shell=bash
# Docker as a host needs it: containers that outlive its restarts, logs that do not grow without end.

keep_containers_running() {
  # live-restore: containers survive a restart of dockerd. Read again by SIGHUP, without a restart (Docker
  # documentation, "Live restore"); a node of a swarm cannot have it. What daemon.json says already stays.
  local file=/etc/docker/daemon.json current='{}' wanted
  if [ -s $file ]; then current=$(cat $file 2>/dev/null || as_root cat $file); fi
  wanted=$(jq --arg swarm "$(docker info --format '{{.Swarm.LocalNodeState}}')" '
    if $swarm == "active" then . else {"live-restore": true} + . end
    | if has("log-driver") or has("log-opts") then .
      else . + {"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}} end' <<<"$current")
  if jq -e --argjson wanted "$wanted" '. == $wanted' <<<"$current" >/dev/null; then return; fi
  as_root true 2>/dev/null ||
    fail "$(id -un) may not use sudo without a password, so Docker cannot be told to keep containers running while it restarts; allow it for the first run, or write this into $file and reload Docker: $(jq -c . <<<"$wanted")"
  as_root mkdir -p /etc/docker
  as_root tee $file.slipway <<<"$wanted" >/dev/null
  as_root mv $file.slipway $file
  as_root chmod 644 $file
  as_root kill -HUP "$(pidof dockerd)"
  say "Docker now keeps containers running while it restarts itself, and rotates their logs ($file)"
}
