#!/usr/bin/env bash
# Makes a machine a Slipway host: Docker Engine and Compose, the folders, the proxy, the watch. Every part looks
# first and changes only what is missing, so that running it again does nothing. $1: the request (JSON, private).
# Sets: HERE (these scripts), HOME_DIR (of Slipway), ROOT (folder of the applications), REQUEST.
set -euo pipefail
umask 077
HERE=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
HOME_DIR=$(dirname "$(dirname "$HERE")")
ROOT=$(dirname "$HOME_DIR")
REQUEST=$1
for part in "$HERE"/lib/*.sh "$HERE"/bootstrap/{needed,docker,packages,proxy,hardening,watch}.sh; do
  # shellcheck source=/dev/null
  . "$part"
done

write_host_json() {
  jq -c --arg scripts "$(basename "$HERE")" '{token: .token, scripts: $scripts, proxy: .proxy, docker: $docker}' \
    --arg docker "$(docker version --format '{{.Server.Version}}')" "$REQUEST" | replace "$HOME_DIR/host.json"
}

# write_allowances: what rollout/judge.sh lets deploy keys do.
write_allowances() { jq '.allow // {}' "$REQUEST" | replace "$HOME_DIR/allow.json"; }

# settle_by_the_scripts_before: what a deployment of theirs left, they know best how to end.
settle_by_the_scripts_before() {
  if [ -x "$HOME_DIR/bin/slipway" ] && [ ! "$HOME_DIR/bin" -ef "$HERE" ]; then "$HOME_DIR/bin/slipway" recover || true; fi
}

install_packages
settle_by_the_scripts_before
mkdir -p "$HOME_DIR"/{proxy/routes,proxy/upstreams}
ln -sfn "scripts/$(basename "$HERE")" "$HOME_DIR/.bin" && mv -fT "$HOME_DIR/.bin" "$HOME_DIR/bin"
# Scripts that somebody deploys with are young (deploy.sh); requests of bootstraps that were killed hold logins.
find "$HOME_DIR" -maxdepth 1 -name '.request.*' ! -path "$REQUEST" -mmin +60 -exec rm -f {} +
for old in "$HOME_DIR"/scripts/*/; do
  # Each deployment touches `used` in its own.
  if [ ! "$old" -ef "$HERE" ] && [ -z "$(find "$old" -maxdepth 1 -mtime -7)" ]; then rm -rf "$old"; fi
done
keep_containers_running
docker network inspect slipway >/dev/null 2>&1 || docker network create slipway >/dev/null
if [ "$(jq -r .proxy.enabled "$REQUEST")" = true ]; then proxy_up; fi
harden
deploy_keys
install_sender
install_keeper
write_allowances
notifications_become
backups_become
write_host_json
watch_by_cron
say "host ready: Docker $(docker version --format '{{.Server.Version}}'), Compose $(docker compose version --short)"
