# shellcheck shell=bash
# Rollback by hand.

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
