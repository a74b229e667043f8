# shellcheck shell=bash
# The journal, `rollout.json`: all that the way back and the way to the end need, written before anything is touched. Only
# `settle` removes it. Neither way asks the manifest of a release.
# Reads: DIR. Sets: J, its values by path as it was read last: ${J[".before.services.web.port"]-}; NAMES, SERVICES.

declare -A J=()

# read_journal: exit code 1 for a file that is not a whole journal of this format.
read_journal() {
  local values
  J=()
  values=$(jq -r "$SPREAD"'
    select(.format == 2 and (.release | type) == "string" and (.phase | type) == "string" and (.run | type) == "string"
      and (.before | type) == "object" and (.after | type) == "object")
    | assigned' "$DIR/rollout.json" 2>/dev/null) || values=''
  eval "$values"
  [ -n "${J[".whole"]-}" ]
}

# fail_journal: one that cannot be read says nothing, and nothing may be guessed.
fail_journal() {
  fail "the journal $DIR/rollout.json cannot be read, so what it left cannot be settled. See with docker ps what runs; once you have removed that file, the next deployment starts from there"
}

# phase NAME: begun (the way is back), confirmed (the way is forward), back (it was confirmed, and does not run). Where users'
# requests go is on the disk with it.
phase() {
  local text
  text=$(<"$DIR/rollout.json")
  # A quote within a text is escaped there: no text can look like this key.
  printf '%s\n' "${text/\"phase\":\"${J[".phase"]}\"/\"phase\":\"$1\"}" | replace "$DIR/rollout.json" "$PROXY/upstreams" || return
  J[".phase"]=$1
}

# note_unsettled TEXT: what `inspect` says until it is settled. A full disk may keep nothing of it.
note_unsettled() {
  jq -c --arg text "$1" '.unsettled = $text' "$DIR/rollout.json" 2>/dev/null | replace "$DIR/rollout.json" || true
}

# on_this_side SIDE: sets SERVICES, the names of its own.
on_this_side() {
  names ".$1.services@"
  SERVICES=("${NAMES[@]}")
}

# names PATH: sets NAMES to what stands there, one a line.
names() {
  NAMES=()
  if [ -n "${J[$1]-}" ]; then mapfile -t NAMES <<<"${J[$1]}"; fi
}

# routed SIDE SERVICE: it takes requests from the proxy.
routed() { [ -n "${J[".$1.services.$2.upstream"]-}" ]; }
