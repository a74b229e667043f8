# shellcheck shell=bash
# The record, `deployment.json`: what was confirmed last. `inspect` compares the host with it.
# Reads: DIR, PROXY, APP.

# deployed KEY: a value of what was confirmed last; nothing where nothing was. Read without jq, as it is asked for often.
deployed() {
  local text
  if [ ! -f "$DIR/deployment.json" ]; then return; fi
  text=$(<"$DIR/deployment.json")
  [[ $text == '{'*'}' ]] || fail "the record $DIR/deployment.json cannot be read; slipway history $APP tells what was deployed"
  # The name of a key, and its value as JSON writes it: no text can look like one, as a quote within it is escaped.
  if [[ $text =~ \"$1\":(\"(([^\"\\]|\\.)*)\"|[0-9]+) ]]; then
    if [[ ${BASH_REMATCH[1]} == \"* ]]; then unescaped "${BASH_REMATCH[2]}"; else printf '%s' "${BASH_REMATCH[1]}"; fi
  fi
}

# record RELEASE: what runs now is what was confirmed. Sets CONFIRMED_LINE, what the ledger is to say of it.
record() {
  local containers text LINE
  containers=$(recorded_containers) || return
  about_line deploy confirmed "$1" "${J[".version"]}" ''
  text=$(jq -cn --rawfile route <(open_route) --arg owner "${J[".owner"]}" --arg keep "${J[".keep"]}" \
    --arg containers "$containers" --arg upstreams "$(upstreams)" "${LINE[@]}" "$ROWS$LEDGER_LINE"'
    {release: $release, version: $version, token: $by, owner: $owner, confirmed: $time, keep: ($keep | tonumber),
      containers: ($containers | containers), upstreams: ($upstreams | upstreams), route: $route}, line') || return
  CONFIRMED_LINE=${text##*$'\n'}
  replace "$DIR/deployment.json" "$DIR/releases/$1" "$DIR/releases/$1/confirmed" <<<"${text%$'\n'*}"
}

# record_again: what was confirmed before, as the journal holds it, in the containers in which it runs now.
record_again() {
  local containers
  containers=$(recorded_containers) || return
  jq -c --rawfile route <(open_route) --arg containers "$containers" --arg upstreams "$(upstreams)" "$ROWS"'
    .before.record | .containers = ($containers | containers) | .upstreams = ($upstreams | upstreams) | .route = $route' "$DIR/rollout.json" |
    replace "$DIR/deployment.json"
}

ROWS='def rows: split("\n") | map(select(. != "") | split("\t"));
  def containers: rows | map({name: .[0], id: .[1]}) | sort_by(.name);
  def upstreams: rows | map({key: .[0], value: .[1]}) | from_entries;'

# recorded_containers: all of the application but one-off runs, name and id a line.
recorded_containers() {
  local id
  for id in "${!SERVICE_OF[@]}"; do printf '%s\t%s\n' "${NAME_OF[$id]}" "$id"; done
}

# upstreams: the application's upstream files, name and content a line.
upstreams() {
  local file
  for file in "$PROXY/upstreams/$APP".*; do
    if [ -f "$file" ]; then printf '%s\t%s\n' "${file##*/}" "$(<"$file")"; fi
  done
}

# adopt TOKEN OWNER: the host remembers the name that the newest run gave to the deployment. The caller holds the lock.
adopt() {
  jq -c --arg token "$1" --arg owner "$2" '.token = $token | if $owner == "" then . else .owner = $owner end' \
    "$DIR/deployment.json" | replace "$DIR/deployment.json"
}
