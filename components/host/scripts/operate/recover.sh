# shellcheck shell=bash
# Recovery: a rollout whose processes are gone (killed, power cut) left its journal. Before the confirmation the way
# is back, after it forward. Cron calls this every minute and after a boot; the next deployment calls it first.
# Reads: ROOT, APP, DIR, PROXY. Sets: RELEASE, PREVIOUS, RUN, TOKEN, OWNER, KEEP, NEW, OLD, REASON_FILE, of the rollout
# that was interrupted; afterwards they are the caller's again.

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
  need_docker
  # Halves of files that were being replaced.
  rm -f "$DIR"/*.json.?????? "$PROXY/upstreams/$APP".*.?????? "$PROXY/routes/$APP".caddy.??????
  if [ "$(jq -r .phase "$DIR/rollout.json")" = confirmed ]; then
    make_current
    finish
    say "finished the interrupted deployment of $APP (release $RELEASE)"
  else
    if [ ! -s "$REASON_FILE" ]; then
      touch "$RUN/retry"
      printf 'interrupted in step %s' "$(jq -r .phase "$DIR/rollout.json")" >"$REASON_FILE"
    fi
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
    if [ ! -f "$journal" ]; then continue; fi
    name=$(basename "$(dirname "$journal")")
    (use_application "$name" && recover_one) || true
  done
}

recover_one() {
  local run code=1
  if [ ! -f "$DIR/rollout.json" ] || ! take_lock 0 "recovery"; then return; fi
  RELEASE='' RUN=$(jq -r .run "$DIR/rollout.json") TOKEN=''
  run=$RUN
  # Whoever held the lock may have ended its rollout meanwhile.
  if [ -f "$DIR/rollout.json" ]; then recover_interrupted; fi
  if [ -e "$run/finished" ]; then code=0; fi
  printf '%s' "$code" >"$run/status"
  drop_lock
}
