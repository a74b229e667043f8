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

# rollback: a kept release again, without Pulumi. `pulumi up` will then show the host as drifted.
command_rollback() {
  use_application "${1:-}"
  local target=${2:-} kept
  [ -d "$DIR/releases" ] || fail "$APP is not on this host"
  kept=$(find "$DIR/releases" -mindepth 2 -maxdepth 2 -name confirmed -printf '%T@ %h\n' | sort -rn | sed 's#.*/##')
  [ -n "$target" ] || target=$(grep -v -x -F "$(deployed release)" <<<"$kept" | head -n 1 || true)
  [ -n "$target" ] || fail "no other release of $APP is kept; the only one is $(deployed release)"
  grep -q -x -F -e "$target" <<<"$kept" || fail "$(printf '%q' "$target") is not a release of $APP that is kept; these are: ${kept//$'\n'/ }"
  RELEASE=$target TOKEN="by hand: $(id -un) $(timestamp)" OWNER=$(deployed owner) CONFIRM=0 KEEP=$(deployed keep)
  KEEP=${KEEP:-5}
  RUN=$(mktemp -d "$DIR/run/$(date -u +%Y%m%dT%H%M%S).XXXXXX")
  REASON_FILE=$RUN/reason
  take_lock 0 "$TOKEN" || fail_locked
  PREVIOUS=$(deployed release)
  [ ! -f "$DIR/rollout.json" ] || recover_interrupted
  start_detached
}
