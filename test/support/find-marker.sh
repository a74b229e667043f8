# Prints "leak WHERE" or "expected WHERE" for each place of this host that carries one of the texts
# on standard input (one a line), which are never an argument.
set -euo pipefail
# An unlinked file that can be opened again and again, and that the search cannot meet.
file=$(mktemp)
exec 9<>"$file"
rm "$file"
cat >&9
patterns=/proc/$$/fd/9
# Reads to the end: an early exit would break the pipe and look like "not found".
carries() { [[ $(grep -caF -f "$patterns") -gt 0 ]]; }

# The environment file of a release and the files that services read hold its secrets, privately; nothing else does.
judge() {
  local file=$1 mode
  mode=$(stat -c '%a' "$file" 2>/dev/null || echo gone)
  case $file in
    # The engine's own copy of a running container's environment, below a root-only folder.
    /run/docker/containerd/*/config.json | /run/containerd/*/config.json) echo "expected $file ($mode)" ;;
    # One that any user of a container reads lies in a folder that nobody else on the host enters.
    /opt/*/releases/*/.env | /opt/*/secrets/*) if [[ $mode == [46]00 || ($mode == 444 && $(stat -c '%a' "${file%/*}") == 700) ]]; then echo "expected $file ($mode)"; else echo "leak $file ($mode)"; fi ;;
    *) echo "leak $file ($mode)" ;;
  esac
}

shopt -s nullglob dotglob
folders=(/opt /home /root /tmp /var/tmp /dev/shm /run /var/log /var/spool/cron /etc)
while IFS= read -r file; do
  judge "$file"
done < <(find "${folders[@]}" -xdev -type f -size -50M -print0 2>/dev/null |
  xargs -0 -r grep -laF -D skip -f "$patterns" 2>/dev/null || true)

if command -v journalctl >/dev/null && journalctl --no-pager 2>/dev/null | carries; then echo "leak journal"; fi

for id in $(docker ps -aq); do
  name=$(docker inspect --format '{{.Name}}' "$id")
  if docker inspect --format '{{json .Config.Env}}' "$id" | carries; then echo "expected container $name: environment"; fi
  if docker inspect "$id" | jq 'map(del(.Config.Env))' | carries; then echo "leak container $name: configuration"; fi
  if docker logs "$id" 2>&1 | carries; then echo "leak container $name: log"; fi
done
