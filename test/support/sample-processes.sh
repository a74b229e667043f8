# Prints "ready", then each command line that carries one of the markers, once. Standard input: the longest
# time in seconds, the markers (one a line, then an empty one); its end stops the sampling.
set -euo pipefail
IFS= read -r seconds
# In no file that has a name, and in no argument.
file=$(mktemp)
exec 9<>"$file"
rm "$file"
markers=()
while IFS= read -r marker && [[ -n $marker ]]; do
  markers+=("$marker")
  printf '%s\n' "$marker" >&9
done
declare -A seen=()
echo ready
while ((SECONDS < seconds)); do
  while IFS= read -r line; do
    if [[ -n ${seen[$line]:-} ]]; then continue; fi
    seen[$line]=1
    for marker in "${markers[@]}"; do line="${line//"$marker"/MARKER}"; done
    printf '%s\n' "${line%" "}"
  done < <(grep -shaF -f /proc/$$/fd/9 /proc/[0-9]*/cmdline | tr '\0' ' ' || true)
  status=0
  IFS= read -r -t 0.05 _ || status=$?
  if ((status > 0 && status <= 128)); then exit 0; fi
done
