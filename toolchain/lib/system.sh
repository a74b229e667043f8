# shellcheck shell=bash
# The machine itself: root access, apt packages, Docker Engine, whether download sites can be reached.

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "\"$*\" needs root; install sudo or run script/bootstrap as root"
  fi
}

# ask_for_root asks for the sudo password now, while someone is there to type it.
ask_for_root() { ((EUID == 0)) || ! command -v sudo >/dev/null || sudo -v; }

# connected: true if official downloads can be reached. SLIPWAY_OFFLINE=1 and SLIPWAY_ONLINE=1 override the check.
connected() {
  if [[ -z ${CONNECTED:-} ]]; then
    CONNECTED=no
    if [[ ${SLIPWAY_ONLINE:-} == 1 ]]; then
      CONNECTED=yes
    elif [[ ${SLIPWAY_OFFLINE:-} != 1 ]] &&
      reachable get.pulumi.com && reachable github.com; then
      CONNECTED=yes
    fi
  fi
  [[ $CONNECTED == yes ]]
}

# reachable HOST: checks with curl, or with a bare TCP connection if curl is not installed yet.
reachable() {
  if command -v curl >/dev/null; then
    curl -fsSIL --max-time 5 -o /dev/null "https://$1/" 2>/dev/null
  else
    timeout 5 bash -c "exec 3<>/dev/tcp/$1/443" 2>/dev/null
  fi
}

# fetch URL FILE
fetch() { curl -fsSL --retry 3 --connect-timeout 15 -o "$2" "$1"; }

apt_update() {
  [[ -z ${APT_UPDATED:-} ]] || return 0
  run_logged "apt-get update" as_root apt-get update
  APT_UPDATED=1
}

apt_install() {
  command -v apt-get >/dev/null ||
    die "$* not found, and this is not Debian or Ubuntu; install it with your package manager, then run this again"
  apt_update
  run_logged "apt-get install $*" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "$@"
}

# missing_packages: names of the apt packages whose commands are missing.
missing_packages() {
  local pair
  for pair in curl:curl jq:jq debootstrap:debootstrap shellcheck:shellcheck ssh:openssh-client \
    sshd:openssh-server openssl:openssl flock:util-linux; do
    # Only the tests need their own server.
    [[ ${pair%%:*} != sshd || ${for_tests:-no} == yes ]] || continue
    command -v "${pair%%:*}" >/dev/null || [[ -x /usr/sbin/${pair%%:*} ]] || printf '%s ' "${pair##*:}"
  done
  # The tests run the checks of a Python project, and some tools come from PyPI.
  if [[ -n $(wanted_tools) ]] && ! has_venv; then printf 'python3-venv '; fi
}

has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }

need_packages() { [[ -n $(missing_packages) ]]; }
plan_packages() { say "apt packages, system-wide: $(missing_packages)(about 20 MB, 20 s)"; }
# shellcheck disable=SC2046
do_packages() {
  local had_sshd=no
  [[ ! -x /usr/sbin/sshd ]] || had_sshd=yes
  apt_install $(missing_packages)
  if [[ $had_sshd == no && -x /usr/sbin/sshd ]] && systemd_runs; then
    as_root systemctl disable --now ssh >/dev/null 2>&1 || true
    say "openssh-server was installed for the tests, which start their own server; its service is disabled"
  fi
}

docker_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
docker_installed() { command -v docker >/dev/null && command -v dockerd >/dev/null; }
systemd_runs() { [[ -d /run/systemd/system ]]; }

need_docker() { ! docker_answers; }
plan_docker() {
  if docker_installed; then
    say "Docker Engine is installed but does not answer; it will be started"
  else
    say "Docker Engine, system-wide, from apt (docker.io, about 300 MB, 1 min), and started"
  fi
  ((EUID == 0)) || [[ " $(id -nG "$(id -un)") " == *" docker "* ]] || say "$(id -un) joins the group docker, which is equivalent to root"
}
# Newer Debian releases have separate packages for the client and its builder.
install_docker() {
  local extra also=()
  apt_update
  for extra in docker-cli docker-buildx; do
    [[ -z $(apt-cache search --names-only "^$extra\$") ]] || also+=("$extra")
  done
  apt_install docker.io "${also[@]}"
}
# join_docker_group: the rest of the bootstrap does not need Docker; its caller continues with in_docker_group.
join_docker_group() {
  as_root usermod -aG docker "$(id -un)"
  say "  $(id -un) is now in the group docker; shells that are already open notice it at the next login"
}

do_docker() {
  docker_installed || install_docker
  docker_answers && return
  if as_root docker version >/dev/null 2>&1; then
    join_docker_group
    return
  fi
  if systemd_runs; then
    run_logged "systemctl enable --now docker" as_root systemctl enable --now docker
  else
    say "  dockerd is started by hand (no systemd here); its log: /var/log/dockerd.log"
    as_root sh -c 'setsid nohup dockerd >/var/log/dockerd.log 2>&1 </dev/null &' 9>&-
  fi
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    docker_answers && return
    sleep 0.5
  done
  if as_root docker version >/dev/null 2>&1; then
    join_docker_group
    return
  fi
  die "Docker Engine does not answer after 30 s; see /var/log/dockerd.log or 'journalctl -u docker'"
}
