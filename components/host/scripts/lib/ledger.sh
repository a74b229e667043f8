# shellcheck shell=bash
# Steps and their times, and the ledger: the record of every deployment on this host.
# Reads: RUN (folder of this deployment), DIR, VERSION (of the release, where its manifest may be gone), PREVIOUS, TOKEN.

# step NAME COMMAND…: runs one step of a deployment and records how long it took. A failing step ends the shell
# (errexit), so it must not be part of a condition.
step() {
  local name=$1 start took
  shift
  start=$(now)
  printf '%s' "$name" >"$RUN/step"
  "$@"
  took=$(($(now) - start))
  printf '%s %s\n' "$name" "$took" >>"$RUN/steps"
  say "$(printf '%-10s %6s s' "$name" "$(seconds "$took")")"
}

# ledger ACTION RESULT RELEASE REASON: appends one line.
ledger() {
  local steps=''
  if [ -f "$RUN/steps" ]; then steps=$(<"$RUN/steps"); fi
  jq -cn --arg time "$(timestamp)" --arg action "$1" --arg result "$2" --arg release "$3" --arg reason "$4" \
    --arg version "${VERSION:-$(manifest "$3" .version 2>/dev/null || true)}" --arg previous "${PREVIOUS:-}" \
    --arg by "${TOKEN:-}" --arg steps "$steps" '
    def milliseconds: split("\n") | map(select(. != "") | split(" ") | {key: .[0], value: (.[1] | tonumber)});
    {time: $time, action: $action, result: $result, release: $release, version: $version, previous: $previous,
      by: $by, reason: $reason,
      steps: ($steps | milliseconds | group_by(.key) | map({key: .[0].key, value: ((map(.value) | add) / 1000)})
        | from_entries)}
    | del(.[] | select(. == ""))' >>"$DIR/ledger.jsonl"
}
