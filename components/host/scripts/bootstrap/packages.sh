# shellcheck shell=bash
# What a host needs: Docker Engine, Compose v2 and a few small tools that Debian and Ubuntu carry.
# Reads: HERE, REQUEST, SLIPWAY_INSTALL (no: nothing may be installed), SLIPWAY_JOINED.

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_install() {
  [ "${SLIPWAY_INSTALL:-yes}" = yes ] || fail "$1 is missing on this host and slipway:hosts.<name>.install is false; install it by hand"
  as_root true 2>/dev/null || fail "$1 is missing on this host and $(id -un) may not use sudo without a password; install it by hand, or allow sudo for the first run"
}

install_packages() {
  local missing=() pair
  for pair in jq:jq curl:curl flock:util-linux crontab:cron ss:iproute2 ps:procps; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    may_install "${missing[*]}"
    say "installing ${missing[*]}"
    as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
  if ! command -v docker >/dev/null || ! docker compose version >/dev/null 2>&1; then
    may_install "Docker Engine with Compose v2"
    say "installing Docker Engine and Compose (official packages, get.docker.com)"
    curl -fsSL https://get.docker.com | as_root sh >/dev/null ||
      fail "Docker could not be installed from get.docker.com; install Docker Engine and the Compose plugin by hand, then run pulumi up again"
  fi
  join_docker_group
  compose_is_v2
}

# join_docker_group: where this login is not in the group docker yet, the bootstrap goes on in a shell that is.
join_docker_group() {
  if docker version >/dev/null 2>&1; then return; fi
  as_root docker version >/dev/null 2>&1 || fail "Docker does not answer on this host; start it: sudo systemctl start docker"
  if [[ " $(id -nG "$(id -un)") " != *' docker '* ]]; then
    as_root usermod -aG docker "$(id -un)"
    say "$(id -un) joined the group docker"
  fi
  [ -z "${SLIPWAY_JOINED:-}" ] || fail "$(id -un) cannot use Docker though in the group docker; see docker version"
  SLIPWAY_JOINED=1 exec sg docker -c "bash '$HERE/bootstrap/bootstrap.sh' '$REQUEST'"
}

compose_is_v2() {
  local version oldest
  version=$(docker compose version --short | tr -d v)
  oldest=$(printf '%s\n2.20.0\n' "$version" | sort -V | sed -n 1p)
  [ "$oldest" = 2.20.0 ] ||
    fail "Docker Compose $version is too old on this host; 2.20 or newer is needed (apt-get install docker-compose-plugin)"
}
