# shellcheck shell=bash
# The journal, `rollout.json`: what the way back needs, written before anything is touched.
# Reads: APP, DIR, RUN, RELEASE, PREVIOUS, TOKEN, OWNER. Sets: OLD, by read_old.

# journal FILTER ARGS…: changes it by a filter of jq.
journal() {
  local filter=$1
  shift
  jq -c "$@" "$filter" "$DIR/rollout.json" | replace "$DIR/rollout.json"
}

# phase NAME: how far the rollout is; `recover` reads it after an interruption. The journal is one line of compact
# JSON, in which a quote within a text is escaped: no text can look like this key.
phase() { sed 's/"phase":"[a-z]*"/"phase":"'"$1"'"/' "$DIR/rollout.json" | replace "$DIR/rollout.json"; }

begin_rollout() {
  local old
  # Without this list the way back would not know what to keep.
  old=$(describe_containers) || fail "Docker does not answer on this host; start it (systemctl start docker). Nothing was changed."
  remember_routes
  jq -cn --arg release "$RELEASE" --arg version "$(manifest "$RELEASE" .version)" --arg previous "$PREVIOUS" \
    --arg by "$TOKEN" --arg owner "$OWNER" --arg since "$(timestamp)" --arg run "$RUN" --argjson old "$old" \
    '{release: $release, version: $version, previous: $previous, by: $by, owner: $owner, since: $since, run: $run, phase: "begun", old: $old}' |
    replace "$DIR/rollout.json"
  read_old
}
