# shellcheck shell=bash
# Recovery: a rollout whose processes are gone (killed, power cut) left its journal. Before the confirmation the way
# is back, after it forward. Cron calls this every minute and after a boot; the next deployment calls it first.

# recover_interrupted: the caller holds the lock.
recover_interrupted() {
  local release=$RELEASE run=$RUN token=$TOKEN owner=${OWNER:-} keep=${KEEP:-}
  RELEASE=$(jq -r .release "$DIR/rollout.json")
  PREVIOUS=$(jq -r .previous "$DIR/rollout.json")
  TOKEN=$(jq -r .by "$DIR/rollout.json")
  OWNER=$(jq -r .owner "$DIR/rollout.json")
  RUN=$(jq -r .run "$DIR/rollout.json")
  NEW=()
  read_old
  read_manifest "$RELEASE" 2>/dev/null || true
  mkdir -p "$RUN"
  REASON_FILE=$RUN/reason
  KEEP=$(jq -r '.keep // 5' "$RUN/request.json" 2>/dev/null) || KEEP=5
  wait_for_docker || fail "Docker does not answer on this host; start it (systemctl start docker), the rest follows by itself"
  # Halves of files that were being replaced.
  rm -f "$DIR"/*.json.?????? "$PROXY/upstreams/$APP".*.?????? "$PROXY/routes/$APP".caddy.??????
  if [ "$(jq -r .phase "$DIR/rollout.json")" = confirmed ]; then
    make_current
    finish
    say "finished the interrupted deployment of $APP (release $RELEASE)"
  else
    [ -s "$REASON_FILE" ] || {
      touch "$RUN/retry"
      printf 'interrupted in step %s' "$(jq -r .phase "$DIR/rollout.json")" >"$REASON_FILE"
    }
    turn_back
  fi
  RELEASE=$release RUN=$run TOKEN=$token OWNER=$owner KEEP=$keep
  REASON_FILE=$RUN/reason
  PREVIOUS=$(deployed release)
}

command_recover() {
  local journal name
  if [ $# -gt 0 ]; then
    use_application "$1"
    recover_one
    return
  fi
  sweep
  for journal in "$ROOT"/*/rollout.json; do
    [ -f "$journal" ] || continue
    name=$(basename "$(dirname "$journal")")
    (use_application "$name" && recover_one) || true
  done
}

recover_one() {
  [ -f "$DIR/rollout.json" ] && take_lock 0 "recovery" || return 0
  RELEASE='' RUN=$(jq -r .run "$DIR/rollout.json") TOKEN=''
  local run=$RUN code=1
  [ ! -f "$DIR/rollout.json" ] || recover_interrupted
  [ ! -e "$run/finished" ] || code=0
  printf '%s' "$code" >"$run/status"
  drop_lock
}
