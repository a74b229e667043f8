# shellcheck shell=bash
# One deployment of an application at a time. The lock is the kernel's (flock on descriptor 9), so it is free the
# moment its last holder is gone; the file's text only tells who holds it.

# take_lock SECONDS WHO: exit code 1 when somebody else holds it after SECONDS.
take_lock() {
  mkdir -p "$DIR"
  exec 9>>"$DIR/lock"
  if [ "$1" -gt 0 ]; then flock --wait "$1" 9; else flock --nonblock 9; fi || {
    exec 9>&-
    return 1
  }
  jq -cn --arg by "$2" --arg since "$(timestamp)" --arg pid $$ '{by: $by, since: $since, pid: $pid}' >"$DIR/lock"
}

drop_lock() {
  : >"$DIR/lock"
  exec 9>&-
}

lock_is_free() {
  [ ! -e "$DIR/lock" ] || flock --nonblock "$DIR/lock" true
}

lock_holder() {
  jq -r '"\(.by) since \(.since)"' "$DIR/lock" 2>/dev/null || printf 'another deployment'
}

fail_locked() {
  local hint=''
  [ ! -f "$DIR/rollout.json" ] || hint=" (release $(jq -r '"\(.release), version \(.version), step \(.phase)"' "$DIR/rollout.json" 2>/dev/null || true))"
  EXIT_CODE=3 fail "$APP is being deployed by $(lock_holder)$hint; try again when it is done, or set lockWait to wait for it. Nothing was changed."
}
