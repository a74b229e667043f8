# shellcheck shell=sh
# What a machine has and lacks that is to become a host. It is asked before anything of Slipway is there: reads only, in
# any POSIX shell, and comes with needed.sh through stdin: sh -s -- ROOT [PORT…]. Prints a line per thing: KEY VALUE….
# Reads: NEEDED.

root=$1
shift

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
there() { command -v "$1" >/dev/null 2>&1; }
# engine ARGUMENT…: docker, with root's rights where this login has none yet.
engine() { $as timeout 5 docker "$@" 2>/dev/null; }

printf 'user %s\n' "$(id -un)"
if as_root true 2>/dev/null; then printf 'sudo yes\n'; else printf 'sudo no\n'; fi
if there apt-get; then printf 'apt yes\n'; else printf 'apt no\n'; fi
there bash || printf 'missing bash\n'
for pair in $NEEDED; do
  there "${pair%%:*}" || printf 'missing %s\n' "${pair#*:}"
done

as=
docker=none
if there docker; then
  docker=$(engine version --format '{{.Server.Version}}') || {
    as=as_root
    if docker=$(engine version --format '{{.Server.Version}}'); then printf 'group no\n'; else docker=silent; fi
  }
  compose=$(timeout 5 docker compose version --short 2>/dev/null) || compose=none
  printf 'compose %s\n' "${compose#v}"
elif as_root sh -c 'command -v dockerd' >/dev/null 2>&1; then
  docker=engine
fi
printf 'docker %s\n' "$docker"

case $docker in
  none | engine | silent) printf 'daemon no\n' ;;
  *)
    # As bootstrap/docker.sh wants it.
    if [ "$(engine info --format '{{or .LiveRestoreEnabled (eq .Swarm.LocalNodeState "active")}}')" = true ] &&
      grep -Eq '"log-(driver|opts)"' /etc/docker/daemon.json 2>/dev/null; then
      printf 'daemon yes\n'
    else
      printf 'daemon no\n'
    fi
    engine ps --all --filter label=com.docker.compose.project \
      --format 'container {{.Label "com.docker.compose.project"}} {{.Label "com.docker.compose.service"}} {{.Names}} {{.Label "com.docker.compose.oneoff"}} {{.Ports}}'
    engine volume ls --format 'volume {{.Name}}'
    ;;
esac

folder=$root/slipway
while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
if [ -w "$folder" ]; then printf 'folder yes\n'; else printf 'folder no\n'; fi

# holder PORT: the container that publishes it, or the program that listens there, as far as it can be known.
holder() {
  name=$(engine ps --filter "publish=$1" --format '{{.Names}}' | sed -n 1p)
  if [ -n "$name" ]; then
    printf 'the container %s' "$name"
  else
    as_root ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | sed -n 1p
  fi
}

# A socket that listens is in the state 0A; addresses and ports are hexadecimal (proc_net_tcp, Linux kernel docs).
if [ "$(engine ps --all --quiet --filter 'name=^slipway-proxy$')" = '' ]; then
  for port in "$@"; do
    if grep -Eqs "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$port") [0-9A-F:]+ 0A " /proc/net/tcp /proc/net/tcp6; then
      printf 'port %s %s\n' "$port" "$(holder "$port")"
    fi
  done
fi
