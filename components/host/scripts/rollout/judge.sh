# shellcheck shell=bash
# A release that came by a deploy key is judged before anything of it runs: the key's holder must not come to be root,
# nor to the data of a neighbour. What an administrator stages is not.
# Reads: APP, DIR, ROOT, HOME_DIR, PROXY.

# is_gated RELEASE: it came by a deploy key. Its rollout, which is detached, knows that by a file.
is_gated() { [ -e "$DIR/releases/$1/gated" ]; }

# judge RELEASE: ends with all offences and their places, unless an administrator staged or allowed it.
judge() {
  local allowed offences
  if ! is_gated "$1"; then return; fi
  allowed=$(allowances)
  if [[ $allowed == *'"*"'* ]]; then return; fi
  offences=$(judge_adoption "$1" && judge_text "$1" && judge_route "$1") || not_judged
  offences=$(not_allowed "$offences" "$allowed") || not_judged
  # Compose reads it only when its text names nothing outside of it.
  if [ -z "$offences" ]; then
    offences=$(judge_composition "$1") || not_judged
    offences=$(not_allowed "$offences" "$allowed") || not_judged
  fi
  if [ -z "$offences" ]; then return; fi
  fail "a deploy key may not bring this release of $APP: $(short "$(jq -rs 'map(.text) | unique | join("; ")' <<<"$offences")" 2000). Take it out; or let an administrator allow it in the settings of this host, slipway:hosts.<name>.allow.$APP: $(jq -cs 'map(.key) | unique' <<<"$offences"), and run pulumi up with their own key. Nothing was changed."
}

not_judged() {
  fail "the release of $APP that a deploy key brought cannot be judged; the lines above say why. Nothing was changed."
}

# allowances: what an administrator allows to this application's deploy keys, as JSON.
allowances() { jq -c --arg app "$APP" '.[$app] // []' "$HOME_DIR/allow.json" 2>/dev/null || printf '[]'; }

# not_allowed OFFENCES ALLOWED
not_allowed() { jq -c --argjson allowed "$2" 'select(.key as $key | $allowed | index([$key]) | not)' <<<"$1"; }

# judgement FILTER ARGS…: jq with what the judgement knows of this host.
judgement() {
  local filter=$1 above ports
  shift
  above=$(written_folders | jq -Rsc 'split("\n") | map(select(. != ""))') || return
  ports=$(jq -c '[.proxy | .httpPort, .httpsPort | numbers]' "$HOME_DIR/host.json" 2>/dev/null || printf '[80,443]')
  jq -c --arg app "$APP" --arg dir "$DIR" --argjson above "$above" --argjson ports "$ports" \
    --arg docker "$(getent group docker | cut -d: -f3)" --arg keys "$SERVICE_KEYS" \
    '($keys | [splits("\\s+")]) as $service_keys | '"$JUDGEMENT $filter" "$@"
}

# written_folders: folders of the host that containers of the application may write to, by themselves or as a volume.
written_folders() {
  local label=label=com.docker.compose.project=$APP
  docker ps --all --quiet --filter "$label" |
    xargs -r docker inspect --format '{{range .Mounts}}{{if and .RW (eq .Type "bind")}}{{println .Source}}{{end}}{{end}}'
  docker volume ls --quiet --filter "$label" |
    xargs -r docker volume inspect --format '{{with .Options}}{{with .device}}{{println .}}{{end}}{{end}}'
}

# judge_adoption RELEASE: it stops what may be anybody's.
judge_adoption() {
  jq -c 'select(.adopt) | {key: "adopt", text: "adopt: stops the Compose project \(.adopt.project)"}' "$DIR/releases/$1/manifest.json"
}

# judge_text RELEASE: what Compose must not even read.
judge_text() {
  local places
  places=$(jq -Rsc "$COMPOSE_TEXT composed" "$DIR/releases/$1/compose.yaml" 2>&1) || {
    jq -nc --arg why "${places##*: }" '{key: "text", text: "compose.yaml: \($why)"}'
    return
  }
  judgement offences_of_text <<<"$places" || return
  # Compose obeys variables of these names wherever it finds them.
  grep -E '^(COMPOSE|DOCKER|BUILDX|BUILDKIT)_' "$DIR/releases/$1/.env" |
    jq -Rc '{key: "environment", text: "the variable \(split("=")[0]) changes what Compose does"}' || true
  grep -v -E '^[A-Za-z_][A-Za-z0-9_]*="([^"\\]|\\.)*"$' "$DIR/releases/$1/.env" |
    jq -nRc '[inputs] | .[0:1][] | {key: "text", text: ".env has a line that is not as Slipway writes it"}' || true
}

# judge_composition RELEASE: what Compose makes of it, with all profiles, as a service is started by its name.
judge_composition() {
  local composition
  # Its warnings are no part of the document.
  composition=$(compose "$1" --profile '*' config --format json 2>/dev/null) || {
    quietly compose "$1" --profile '*' config --quiet
    return 1
  }
  judgement offences_of_composition <<<"$composition" && linked_folders <<<"$composition"
}

# linked_folders: folders of the application that are links, to wherever they lead.
linked_folders() {
  local path
  jq -r '(.services[]?.volumes[]? | select(.type == "bind") | .source), (.volumes[]?.driver_opts.device? // empty),
    (.configs[]?, .secrets[]? | .file? // empty)' | while IFS= read -r path; do
    if [[ $path == "$DIR"/* && $(realpath -m -- "$path") != "$(realpath -m -- "$DIR")${path#"$DIR"}" ]]; then
      jq -nc --arg path "$path" '{key: "volumes", text: "\($path) is a link to somewhere else, and would be mounted"}'
    fi
  done
}

# judge_route RELEASE: no lines of its own for the proxy, and no domain of a neighbour.
judge_route() {
  local file=$DIR/releases/$1/route.caddy manifest=$DIR/releases/$1/manifest.json own
  jq -c '.route.sites[]? | select((.directives // []) != []) | {key: "route", text: "route: \(.host) has lines of its own for the proxy"}' "$manifest" || return
  if [ -f "$file" ] && grep -v -q -E "$(rendered_route)" "$file"; then
    jq -nc '{key: "route", text: "route.caddy is not as Slipway writes it"}'
  fi
  own=$({
    jq -r '.route.sites[]?.host, .verification.host // empty' "$manifest"
    if [ -f "$file" ]; then sites_of "$file"; fi
  } | sort -u | jq -Rsc 'split("\n") | map(select(. != ""))') || return
  neighbours_sites | jq -Rc --argjson own "$own" '
    . as $theirs | $own[] | . as $mine
    | select($mine == $theirs or ($theirs | startswith("*.") and (.[1:] as $tail | $mine | endswith($tail)))
        or ($mine | startswith("*.") and (.[1:] as $tail | $theirs | endswith($tail))))
    | {key: "route", text: "the domain \($mine) leads to another application, by \($theirs)"}' | sort -u
}

# rendered_route: a pattern of the lines that the version before renders.
rendered_route() {
  local site='(http://)?(\*\.)?[a-z0-9][a-z0-9.-]*' path='/[^][:space:]"`{}\\'"'"']*' upstream
  upstream="\\{file\\./etc/caddy/upstreams/$APP\\.[A-Za-z0-9][A-Za-z0-9._-]*\\}"
  printf '^($|%s(, %s)* \\{|\t+(reverse_proxy %s:[0-9]+ \\{|lb_try_duration [0-9]+ms|lb_try_interval 100ms|stream_close_delay 5m|transport http \\{|keepalive off|dial_timeout 2s|handle( @[A-Za-z0-9._-]+)? \\{|@[A-Za-z0-9._-]+ path %s %s\\*|\\})|\\})$' \
    "$site" "$site" "$upstream" "$path" "$path"
}

# sites_of FILE: the hosts that a file of routes is for.
sites_of() { sed -n 's/^\([^[:space:]{}()].*\) {$/\1/p' "$1" | tr ',' '\n' | sed 's/^ *//; s,^https\?://,,; s/:[0-9]*$//'; }

neighbours_sites() {
  local other
  for other in "$ROOT"/*/current/manifest.json; do
    if [ -f "$other" ] && [ "$other" != "$DIR/current/manifest.json" ]; then
      jq -r '.route.sites[]?.host, .verification.host // empty' "$other" 2>/dev/null || true
    fi
  done
  for other in "$PROXY"/routes/*.caddy; do
    if [ -f "$other" ] && [ "${other##*/}" != "$APP.caddy" ]; then sites_of "$other"; fi
  done
}
