# shellcheck shell=bash
# What is written down when a deployment is settled: the record, the rollback point, the ledger. A write that fails keeps
# the journal, so that the recovery does all of it again.
# Reads: APP, DIR, RUN, J.

write_down() {
  forget_upstreams "$1"
  forget_logins "$1"
  if [ "$1" = after ]; then write_down_new; else write_down_old; fi
}

write_down_new() {
  local release=${J[".after.release"]} start
  confirm_release "$release"
  point_current "$release"
  now
  start=$NOW
  prune "$release" "${J[".keep"]}"
  now
  took prune $((NOW - start))
  record "$release" || fail_written
  append_to_ledger confirmed "$CONFIRMED_LINE" || fail_written
}

write_down_old() {
  local reason
  reason=$(reason_of "$RUN")
  if [ -n "${J[".before.record"]}" ]; then
    point_current "${J[".before.release"]}"
    record_again || fail_written
  else
    rm -f "$DIR/deployment.json" "$DIR/current"
  fi
  # It may have been confirmed already when it ceased to serve.
  if [ "${J[".after.confirmed"]}" != true ]; then rm -f "$DIR/releases/${J[".after.release"]}/confirmed"; fi
  forget_release "${J[".after.release"]}"
  ledger deploy reverted "${J[".after.release"]}" "${J[".version"]}" "$reason" || fail_written
}

# point_current RELEASE: for those who look without Slipway.
point_current() {
  if [ "$DIR/current" -ef "$DIR/releases/$1" ]; then return; fi
  ln -sfnT "releases/$1" "$DIR/current" || fail_written
}

fail_written() { fail "what serves cannot be written down; df $DIR shows whether the disk is full. It serves; slipway recover tries again every minute"; }

# confirm_release RELEASE: it is a rollback point; the number says in which order they became so, whatever the clock said.
confirm_release() {
  local file number last=0
  for file in "$DIR"/releases/*/confirmed; do
    if [ -s "$file" ] && read -r number <"$file" && [[ $number =~ ^[0-9]{1,9}$ ]] && [ "$number" -gt "$last" ]; then last=$number; fi
  done
  # It is there or not; its number is on the disk with the record.
  { printf '%s\n' $((last + 1)) >"$DIR/releases/$1/confirmed"; } 2>/dev/null || fail_written
}

# reason_of RUN: why a deployment went back.
reason_of() {
  local reason
  reason=$(cat "$1/reason" 2>/dev/null || true)
  reason=${reason:-"step $(cat "$1/step" 2>/dev/null || printf unknown) failed; the lines above say why"}
  # A rollout of an older version may have left a reason of any length.
  short "$reason" "$OUR_LINE_LIMIT"
}

# forget_release RELEASE: one that never served leaves neither files nor images.
forget_release() {
  local folder=$DIR/releases/$1
  if [ -e "$folder/confirmed" ] || [ "$1" = "${J[".before.release"]-}" ] || [ ! -d "$folder" ]; then return; fi
  # Its migration may have to be taken back, which only it can do.
  if [ "$1" = "$(last_migrated)" ] && [ -n "$(manifest "$1" '.migration.down[]')" ]; then return; fi
  # An interrupted removal may have left it.
  if [ -e "$DIR/releases/.new.gone.$1" ]; then rm -rf "$DIR/releases/.new.gone.$1"; fi
  mv -fT "$folder" "$DIR/releases/.new.gone.$1"
  rm -rf "$DIR/releases/.new.gone.$1"
  prune_images
  prune_files
}

# outcome SIDE: what was read and written down, in one sentence.
outcome() {
  if [ "$1" = after ]; then
    say "$APP ${J[".version"]} (release ${J[".after.release"]}) serves and is confirmed"
  elif [ -n "${J[".before.release"]}" ]; then
    say "reverted: $APP ${J[".before.version"]} (release ${J[".before.release"]}) serves as before. Reason: $(reason_of "$RUN")"
  elif [ -n "${J[".adopted.length"]-}" ]; then
    say "reverted: what ran before $APP runs again (${J[".adopted.0.name"]} and the other containers of its Compose project). Reason: $(reason_of "$RUN")"
  else
    say "reverted: $APP did not run before and does not run now. Reason: $(reason_of "$RUN")"
  fi
}
