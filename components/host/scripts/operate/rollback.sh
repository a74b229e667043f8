# shellcheck shell=bash
# Rollback by hand: a kept release again, without Pulumi; `current` is the one that was confirmed last, which somebody may have
# stopped. `pulumi up` will then show the host as drifted.
# Sets what `deploy` sets.

command_rollback() {
  use_application "${1:-}"
  local target=${2:-} kept id
  parse_options rollback "${@:3}"
  [[ $target != -* ]] || parse_options rollback "$target"
  mapfile -t kept < <(confirmed_releases)
  [ ${#kept[@]} -gt 0 ] || fail "$APP is not on this host"
  if [ -z "$target" ]; then
    for id in "${kept[@]}"; do
      if [ "$id" != "$(deployed release)" ]; then
        target=$id
        break
      fi
    done
    [ -n "$target" ] || fail "no other release of $APP is kept; the only one is $(deployed release)"
  fi
  if [ "$target" = current ]; then target=$(deployed release); fi
  [[ " ${kept[*]} " == *" $target "* ]] ||
    fail "$(printf '%q' "$target") is not a release of $APP that is kept; these are: ${kept[*]}"
  RELEASE=$target TOKEN="by hand: $(id -un) $(timestamp)" OWNER=$(deployed owner) CONFIRM=0 KEEP=$(deployed keep)
  KEEP=${KEEP:-5}
  new_run
  mkdir "$RUN"
  take_lock 0 "$TOKEN" || fail_locked
  refuse_if_reserved
  refuse_if_frozen
  settle_before_deploying
  rm -f "$DIR/reserved"
  start_detached
}
