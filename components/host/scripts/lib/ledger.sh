# shellcheck shell=bash
# Steps and their times, and the ledger: the record of every deployment on this host.
# Reads: RUN (folder of this deployment), DIR. Sets: SETTLED_AGAIN (this end of a run may have been written down before).

SETTLED_AGAIN=''

# step NAME COMMAND…: runs one step of a deployment and records how long it took. A failing step ends the shell
# (errexit), so it must not be part of a condition.
step() {
  local name=$1 start
  shift
  now
  start=$NOW
  { printf '%s' "$name" >"$RUN/step"; } 2>/dev/null || true
  "$@"
  now
  took "$name" $((NOW - start))
}

# took NAME MILLISECONDS: how long a step took.
took() {
  { printf '%s %s\n' "$1" "$2" >>"$RUN/steps"; } 2>/dev/null || true
  local line
  printf -v line '%-10s %4d.%d s' "$1" $(($2 / 1000)) $(($2 % 1000 / 100))
  say "$line"
}

# As a program sends it, a reason is the content of a text in JSON; by hand it is what it says.
WORDED='def worded: . as $text | try ("\"\($text)\"" | fromjson | if type == "string" then . else $text end) catch $text;'

worded() { jq -nr --arg text "$1" "$WORDED"'$text | worded'; }

# ledger ACTION RESULT RELEASE VERSION REASON: appends one line, once for each end of a run.
ledger() {
  local LINE line
  about_line "$@"
  line=$(jq -cn "${LINE[@]}" "$LEDGER_LINE line") || return
  append_to_ledger "$2" "$line"
}

# about_line ACTION RESULT RELEASE VERSION REASON: sets LINE, by which jq makes the `line`; LEDGER_MORE, of the caller, is what else it says.
about_line() {
  local outside
  text_of "$RUN/outside"
  outside=$TEXT
  text_of "$RUN/steps"
  LINE=(--arg outside "$outside" --arg time "$(timestamp)" --arg action "$1" --arg result "$2" --arg release "$3" --arg version "$4" --arg reason "$5"
  --arg previous "${J[".before.release"]-${PREVIOUS:-}}" --arg by "${J[".by"]-${TOKEN:-}}" --arg run "${RUN##*/}" --arg steps "$TEXT"
  --argjson more "${LEDGER_MORE:-null}")
}

LEDGER_LINE="$WORDED"'
  def milliseconds: split("\n") | map(select(. != "") | split(" ") | {key: .[0], value: (.[1] | tonumber)});
  def line: {time: $time, action: $action, result: $result, release: $release, version: $version, previous: $previous,
      by: $by, reason: $reason, outsideWindow: ($outside | worded), run: $run,
      steps: ($steps | milliseconds | group_by(.key) | map({key: .[0].key, value: ((map(.value) | add) / 1000)})
        | from_entries)} + ($more // {})
    | del(.[] | select(. == ""));'

# append_to_ledger RESULT LINE
append_to_ledger() {
  local line=$2 written half
  # Only one that is settled again may be there already.
  if [ -n "$SETTLED_AGAIN" ] && [ -f "$DIR/ledger.jsonl" ]; then
    written=$(tail -n 3 "$DIR/ledger.jsonl") || return
    while IFS= read -r half; do
      if [[ $half == *"\"run\":\"${RUN##*/}\""* && $half == *"\"result\":\"$1\""* ]]; then return; fi
    done <<<"$written"
  fi
  append_line "$DIR/ledger.jsonl" "$line"
}

# append_line FILE LINE: on the disk before it returns, whole or not at all.
append_line() {
  local half
  if dd of="$1" oflag=append conv=notrunc,fsync status=none <<<"$2" 2>/dev/null; then return; fi
  # Half a line would be no JSON.
  half=$(tail -c "${#2}" "$1" 2>/dev/null && printf x)
  half=${half%x}
  half=${half##*$'\n'}
  if [ -n "$half" ]; then truncate -s "-${#half}" "$1" || true; fi
  return 1
}
