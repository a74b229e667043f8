# Prints "ready", then each command line that carries one of the markers, once. Standard input: the longest
# time in seconds, the markers (one a line, then an empty one); its end stops the sampling.
# A new process is looked at twice, as it may become another program; every second all are.
set -euo pipefail
IFS= read -r seconds
markers=()
while IFS= read -r marker && [[ -n $marker ]]; do markers+=("$marker"); done
declare -A seen=()

# look PID…: without a program of its own, as that would cost more than the look.
look() {
  local pid line shown marker words
  for pid; do
    { mapfile -d '' -t words <"/proc/$pid/cmdline"; } 2>/dev/null || continue
    line="${words[*]}" shown="${words[*]}"
    for marker in "${markers[@]}"; do shown="${shown//"$marker"/MARKER}"; done
    [[ $shown != "$line" ]] || continue
    shown=${shown//$'\n'/ }
    [[ -n ${seen[$shown]:-} ]] || printf '%s\n' "$shown"
    seen[$shown]=1
  done
}
everything() {
  local all=(/proc/[0-9]*)
  look "${all[@]#/proc/}"
}
# The process that was begun last.
newest() { read -r _ _ _ _ newest </proc/loadavg; }

newest
echo ready
everything
before=$newest looked=$SECONDS
while ((SECONDS < seconds)); do
  last=$newest
  newest
  if ((SECONDS > looked || newest < before)); then
    everything
    looked=$SECONDS
  else
    for ((pid = before + 1; pid <= newest; pid++)); do look "$pid"; done
  fi
  before=$last
  status=0
  IFS= read -r -t 0.05 _ || status=$?
  if ((status > 0 && status <= 128)); then exit 0; fi
done
