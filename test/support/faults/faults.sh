#!/usr/bin/env bash
# Waits on a sandbox host until a rollout is in a phase (of its journal, a step of its run, or a file that marks it), then does harm at that moment. Run as root:
#   faults.sh APPLICATION PHASE HARM [COMMAND]
# With COMMAND the moment is when Docker is told to do that with a container in the phase, such as stop.
# Prints its process id, then "hit" when it was done, "missed" (exit code 1) when the phase did not come. HARM none: only says so;
# HARM freeze: stops the rollout where it is, for harm that comes from outside, and prints the process ids, "stopped 1 2".
set -euo pipefail
app=$1 wanted=$2 harm=$3 command=${4:-}
journal=/opt/$app/rollout.json
exec {idle}<> <(:)
pause() { read -r -t "$1" -u "$idle" _ || true; }

pids() { pgrep -f "slipway/(bin|scripts/[0-9a-f]+)/slipway $1 $app( |\$)" || true; }

parent_of() { ps -o ppid= -p "$1" | tr -d ' '; }

session() {
  local pid
  for pid in $(pids deploy); do
    pid=$(parent_of "$pid")
    [[ $(ps -o comm= -p "$pid") != sshd ]] || printf '%s\n' "$pid"
  done
}

victims() {
  case $1 in
  connection) session ;;
  deploy) pids deploy ;;
  worker) pids work ;;
  parent) pids work | while read -r pid; do [[ $(pids supervise) != *$(parent_of "$pid")* ]] || printf '%s\n' "$pid"; done ;;
  both | freeze)
    pids supervise
    pids work
    pids settle
    ;;
  dockerd) pidof dockerd ;;
  esac
}

# stages: a deployment runs that has not asked for its rollout yet.
stages() {
  local run
  for run in "/opt/$app"/run/*/; do
    if [[ ! -e $run/request && -n $(pids deploy) ]]; then return 0; fi
  done
  return 1
}

echo "pid $$"
seen=''
for ((tries = 0; tries < 60000; tries++)); do
  if [[ $wanted = stage ]] && stages; then
    seen=yes
    break
  fi
  text='' run='' step=''
  { read -r text <"$journal"; } 2>/dev/null || true
  if [[ $text == *"\"phase\":\"$wanted\""* ]]; then
    seen=yes
    break
  fi
  if [[ $text =~ \"run\":\"([^\"]*)\" ]]; then run=${BASH_REMATCH[1]}; fi
  { read -r step <"$run/step"; } 2>/dev/null || true
  if [[ -n $run && ($wanted = "$step" || -e $run/$wanted) ]]; then
    seen=yes
    break
  fi
  pause 0.003
done
[[ -n $seen ]] || {
  echo missed
  exit 1
}
if [[ -n $command ]]; then
  # The version before has it done by the command docker.
  until pgrep -f "^(docker $command |curl .*/containers/[0-9a-f]*/$command( |\$))" >/dev/null; do pause 0.02; done
  pause 0.3
fi
case $harm in
none) ;;
restart-dockerd) kill -TERM "$(pidof dockerd)" ;;
*)
  # One signal to all of them at once.
  mapfile -t found < <(victims "$harm")
  [[ ${#found[@]} -gt 0 ]] || {
    echo "nothing to kill: $harm"
    exit 1
  }
  if [[ $harm = freeze ]]; then
    kill -STOP "${found[@]}"
    echo "stopped ${found[*]}"
  else
    kill -KILL "${found[@]}"
  fi
  ;;
esac
echo hit
