# shellcheck shell=bash
# One deployment of an application at a time. The lock is the kernel's (flock on descriptor 9), so it is free the
# moment its last holder is gone; the file's text only says who holds it.
# Reads: APP, DIR. Sets: descriptor 9.

# take_lock SECONDS WHO: exit code 1 when somebody else still holds it after SECONDS.
take_lock() {
  local patience=(--nonblock)
  if [ "$1" -gt 0 ]; then patience=(--wait "$1"); fi
  if [ ! -d "$DIR" ]; then mkdir -p "$DIR"; fi
  exec 9>>"$DIR/lock"
  if ! flock "${patience[@]}" 9; then
    exec 9>&-
    return 1
  fi
  # The text helps people; the lock is held without it, too, as on a full disk.
  { printf '{"by":%s,"since":"%s","pid":"%s"}\n' "$(in_json "$2")" "$(timestamp)" $$ >"$DIR/lock"; } 2>/dev/null || true
}

drop_lock() {
  : >"$DIR/lock"
  exec 9>&-
}

lock_is_free() { [ ! -e "$DIR/lock" ] || flock --nonblock 4 4<"$DIR/lock"; }

lock_holder() {
  jq -r '"\(.by) since \(.since)"' "$DIR/lock" 2>/dev/null || printf 'another deployment'
}

fail_locked() {
  local hint=''
  if [ -f "$DIR/rollout.json" ]; then
    hint=" (release $(jq -r '"\(.release), version \(.version), step \(.phase)"' "$DIR/rollout.json" 2>/dev/null || true))"
  fi
  EXIT_CODE=3 fail "$APP is being deployed by $(lock_holder)$hint; try again when it is done, or set lockWait to wait for it. Nothing was changed."
}
