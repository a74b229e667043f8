# shellcheck shell=bash
# Output for people: plain lines, progress of long commands, errors with their remedy.

say() { printf '%s\n' "$*"; }

die() {
  printf 'bootstrap: %s\n' "$*" >&2
  exit 1
}

# run_logged LABEL COMMAND…: runs it with its output in a log, shows the elapsed time, and on failure shows the end of
# the log.
run_logged() {
  local label=$1 log status=0 pid start=$SECONDS elapsed
  shift
  log="$SLIPWAY_CACHE/logs/bootstrap-${label//[^A-Za-z0-9.]/-}.log"
  mkdir -p "$(dirname "$log")"
  say "  $label ..."
  set -m # its own process group, so that an interruption stops all of it
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  # shellcheck disable=SC2064
  trap "kill -- -$pid 2>/dev/null; exit 130" INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    elapsed=$((SECONDS - start))
    if [[ -t 1 ]]; then
      printf '\r  %s ... %d s ' "$label" "$elapsed"
    elif ((elapsed > 0 && elapsed % 15 == 0 && elapsed != ${last_shown:-0})); then
      say "  $label ... $elapsed s"
      last_shown=$elapsed
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  last_shown=0
  [[ -t 1 ]] && printf '\r'
  if ((status != 0)); then
    tail -n 20 "$log" >&2
    die "$label failed with exit code $status; the complete output is in $log"
  fi
  say "  $label: done in $((SECONDS - start)) s"
}

# confirm QUESTION: asks only a person at a terminal; any answer that does not start with n means yes.
confirm() {
  local answer
  if [[ -n ${CI:-} || ${ASSUME_YES:-} == 1 || ! -t 0 || ! -t 1 ]]; then return 0; fi
  read -r -p "$1 [Y/n] " answer
  [[ ! $answer =~ ^[Nn] ]]
}
