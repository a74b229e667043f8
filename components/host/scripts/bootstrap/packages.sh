# shellcheck shell=bash
# What a host needs: Docker Engine, Compose v2 and a few small tools that Debian and Ubuntu carry.
# Reads: HERE, REQUEST, NEEDED, SLIPWAY_INSTALL (no: nothing may be installed), SLIPWAY_JOINED.

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_install() {
  [ "${SLIPWAY_INSTALL:-yes}" = yes ] || fail "$1 is missing on this host and slipway:hosts.<name>.install is false; install it by hand"
  as_root true 2>/dev/null || fail "$1 is missing on this host and $(id -un) may not use sudo without a password; install it by hand, or allow sudo for the first run"
}

install_packages() {
  local missing=() pair
  for pair in $NEEDED; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    may_install "${missing[*]}"
    say "installing ${missing[*]}"
    add_packages "${missing[@]}" || fail "${missing[*]} could not be installed by apt-get; its lines stand above"
  fi
  # lib/docker.sh has a function of this name.
  if ! type -P docker >/dev/null && as_root sh -c 'command -v dockerd' >/dev/null 2>&1; then add_command; fi
  if ! type -P docker >/dev/null; then
    may_install "Docker Engine with Compose v2"
    say "installing Docker Engine and Compose (official packages, get.docker.com)"
    # What it installs is for everybody to read.
    (umask 022 && curl -fsSL https://get.docker.com | as_root sh >/dev/null) ||
      fail "Docker could not be installed from get.docker.com; install Docker Engine and the Compose plugin by hand, then run pulumi up again"
  elif ! docker compose version >/dev/null 2>&1; then
    add_compose
  fi
  join_docker_group
  compose_is_v2
}

# install_sender: what sends notifications, where some are declared. Without it they wait, and deployments go on.
install_sender() {
  if [ "$(jq '.notifications.targets // [] | length' "$REQUEST")" = 0 ] || type -P apprise >/dev/null; then return; fi
  if [ "${SLIPWAY_INSTALL:-yes}" = yes ] && as_root true 2>/dev/null; then
    say "installing apprise"
    if add_packages apprise && type -P apprise >/dev/null; then return; fi
  fi
  say "nobody is notified from this host, as apprise is missing there and was not installed; install it by hand: sudo apt-get install apprise"
}

# install_keeper: what backups need, where some are declared: restic 0.18 or newer, from Debian or else out of restic's own image, and
# sqlite3; and the folders of destinations that are folders.
install_keeper() {
  local folder
  if [ "$(jq '.backups.destinations // [] | length' "$REQUEST")" = 0 ]; then return; fi
  if ! type -P sqlite3 >/dev/null; then
    may_install sqlite3
    say "installing sqlite3"
    add_packages sqlite3 && type -P sqlite3 >/dev/null || fail "sqlite3 could not be installed by apt-get; its lines stand above"
  fi
  if ! use_restic; then add_restic; fi
  while IFS= read -r folder; do
    if [ -d "$folder" ] && [ -w "$folder" ]; then continue; fi
    [ ! -e "$folder" ] || fail "the destination $folder of slipway:backups is there, but $(id -un) may not write to it; give it to that login: sudo chown $(id -un) $folder"
    mkdir -p "$folder" 2>/dev/null || as_root install -d -m 0700 -o "$(id -u)" -g "$(id -g)" "$folder" ||
      fail "the destination $folder of slipway:backups cannot be made on this host; make it for $(id -un) by hand"
  done < <(jq -r '.backups.destinations[].repository | select(startswith("/"))' "$REQUEST")
}

RESTIC_IMAGE=restic/restic:0.18.1

add_restic() {
  local id=''
  say "installing restic"
  if [ "${SLIPWAY_INSTALL:-yes}" = yes ] && [[ $(apt-cache policy restic 2>/dev/null) =~ Candidate:\ ([0-9]+)\.([0-9]+) ]] &&
    [ $((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2])) -ge 18 ] && as_root true 2>/dev/null; then
    if add_packages restic && use_restic; then return; fi
  fi
  # One program, which needs nothing beside it.
  if pull "$RESTIC_IMAGE" 2>/dev/null && id=$(docker create "$RESTIC_IMAGE" 2>/dev/null) && docker cp "$id:/usr/bin/restic" "$HOME_DIR/.restic" >/dev/null; then
    chmod 0755 "$HOME_DIR/.restic" && mv -f "$HOME_DIR/.restic" "$HOME_DIR/restic"
  fi
  if [ -n "$id" ]; then docker rm "$id" >/dev/null || true; fi
  use_restic || fail "restic 0.18 or newer is not on this host: its packages have none, and the image $RESTIC_IMAGE cannot be pulled; install it by hand (github.com/restic/restic/releases), then run pulumi up again"
}

# add_packages NAME…: their files are for everybody to read.
add_packages() {
  (
    umask 022
    as_root apt-get update -qq &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  )
}

# add_command: since Debian 13 the package docker.io only recommends it. Another engine is never installed over one.
add_command() {
  may_install "Docker's command"
  say "installing docker-cli"
  add_packages docker-cli && type -P docker >/dev/null ||
    fail "Docker's engine is on this host without its command, and docker-cli could not be installed by apt-get; install it by hand, then run pulumi up again"
}

# add_compose: beside the engine that is there, from where that one came: Docker's own packages, Ubuntu's, or Debian's,
# whose docker-compose is of version 2 since Debian 13.
add_compose() {
  local package
  may_install "Docker's Compose plugin"
  (as_root apt-get update -qq) || true
  for package in docker-compose-plugin docker-compose-v2 docker-compose; do
    if [[ $(apt-cache policy "$package" 2>/dev/null) =~ Candidate:\ ([0-9]+:)?[2-9] ]]; then
      say "installing $package"
      if add_packages "$package" && docker compose version >/dev/null 2>&1; then return; fi
    fi
  done
  fail "Docker is on this host without its Compose plugin, and no package of it was found; install it by hand (docs.docker.com/compose/install/linux), then run pulumi up again"
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
