# shellcheck shell=bash
# With several hosts, nobody begins before all can: staging waits for the lock and leaves a reservation for its deployment,
# which comes over a connection of its own. It ends by itself, with the deployment, or with the next one of the same stack.
# Reads: APP, DIR, TOKEN.

# Minutes for the slowest of the other hosts to pull its images.
RESERVED_MINUTES=15

# reserve: the caller holds the lock.
reserve() {
  printf '%s\n' "$TOKEN" | replace "$DIR/reserved" || fail "$DIR cannot be written; df shows whether the disk is full. Nothing was changed."
}

# reserved_by_other: prints who; exit code 1: nobody else.
reserved_by_other() {
  local token
  if [ ! -e "$DIR/reserved" ] || [ -z "$(find "$DIR" -maxdepth 1 -name reserved -mmin -"$RESERVED_MINUTES" 2>/dev/null)" ]; then return 1; fi
  token=$(<"$DIR/reserved")
  if [ "$token" = "$TOKEN" ]; then return 1; fi
  printf '%s' "$token"
}

refuse_if_reserved() {
  local other
  other=$(reserved_by_other) || return 0
  EXIT_CODE=3 fail "$APP is about to be deployed by $other, which waits for other hosts; try again when it is done. Nothing was changed."
}
