# shellcheck shell=bash
# Services that run to their end before others start: init containers, seeds. Each runs once for each definition that it
# ever had here, whichever release brings it, so that the way to an older release runs none again. `once` in the
# application's folder has a line for each that ended well: its name, and the hash of its definition.
# Reads: APP, DIR, RELEASE.

# start_in_order: accessories, and what is to end before one of them is started. What only own services wait for is left
# to run_last.
start_in_order() {
  local index count last
  count_groups
  for ((index = 0; index <= last; index++)); do start_group "$index"; done
}

# run_last: what runs once after the last accessory, when there is a backup and the volumes have their owners.
run_last() {
  local index count last
  count_groups
  for ((index = last + 1; index < count; index++)); do start_group "$index"; done
}

# count_groups: in count and last of the caller: how many groups are started, and the index of the last accessories among them.
count_groups() {
  local index
  last=-1
  count=$(manifest "$RELEASE" .start.length)
  for ((index = 0; index < count; index++)); do
    if ! runs_once "$(manifest "$RELEASE" ".start.$index.0")"; then last=$index; fi
  done
}

runs_once() { [ -n "$(manifest "$RELEASE" ".once.$1.hash")" ]; }

start_group() {
  local names
  mapfile -t names < <(manifest "$RELEASE" ".start.$1[]")
  if runs_once "${names[0]}"; then run_once "${names[0]}"; else start_these after "${names[@]}"; fi
}

# run_once SERVICE: unless this definition of it ended well before.
run_once() {
  local line timeout code=0
  line="$1 $(manifest "$RELEASE" ".once.$1.hash")"
  if [ -z "$(manifest "$RELEASE" ".once.$1.each")" ] && has_run "$line"; then return; fi
  timeout=$(manifest "$RELEASE" ".once.$1.timeout")
  say "           $1 runs to its end"
  compose_within "$timeout" --file "$DIR/releases/$RELEASE/compose.yaml" run --rm --label "slipway.helper=$APP" --no-deps -T "$1" </dev/null 2>&1 |
    redacted '    | ' || code=$?
  if [ "$code" -ne 0 ]; then fail_once "$1" "$timeout" "$code"; fi
  if has_run "$line"; then return; fi
  { tail -n 500 "$(file_or_none "$DIR/once")" && printf '%s\n' "$line"; } | replace "$DIR/once" ||
    fail "that $1 of $APP ended well cannot be written down; df $DIR shows whether the disk is full"
}

has_run() {
  text_of "$DIR/once"
  [[ $'\n'$TEXT$'\n' == *$'\n'"$1"$'\n'* ]]
}

# fail_once SERVICE SECONDS CODE: 124 is that of timeout.
fail_once() {
  remove_one_offs
  case $3 in
    124) fail "$1 of $APP did not end within $2 s; if it is to go on running, declare services.$1.once: false; $(what_ran)" ;;
    137) fail "$1 of $APP was killed: it had no memory left, or did not end within $2 s; $(what_ran)" ;;
    *) fail "$1 of $APP ended with $3, and what waits for it was not started; its lines stand above; $(what_ran)" ;;
  esac
}
