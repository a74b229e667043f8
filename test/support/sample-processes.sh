# Prints "ready", then each command line that carries the marker, once. Standard input: the longest
# time in seconds, the marker; its end stops the sampling.
set -euo pipefail
IFS= read -r seconds
IFS= read -r marker
declare -A seen=()
echo ready
while ((SECONDS < seconds)); do
  for file in /proc/[0-9]*/cmdline; do
    words=()
    { mapfile -d '' -t words <"$file"; } 2>/dev/null || continue
    line="${words[*]}"
    line="${line//$'\n'/ }"
    if [[ $line == *"$marker"* && -z ${seen[$line]:-} ]]; then
      seen[$line]=1
      printf '%s\n' "${line//"$marker"/MARKER}"
    fi
  done
  status=0
  IFS= read -r -t 0.05 _ || status=$?
  if ((status > 0 && status <= 128)); then exit 0; fi
done
