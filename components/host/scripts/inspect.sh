# shellcheck shell=bash
# Inspect: what this host runs and where that differs from what was confirmed. Reads only.

# differences: one line for each thing that is not as it was confirmed.
differences() {
  local release running name id
  release=$(deployed release)
  [ -n "$release" ] || { printf 'nothing is deployed\n'; return; }
  intact "$release" || printf 'the files of release %s were changed by hand\n' "$release"
  [ "$(readlink "$DIR/current")" = "releases/$release" ] || printf 'the link "current" points elsewhere\n'
  running=${RUNNING-$(docker ps --no-trunc --format '{{.ID}}')}
  while IFS=$'\t' read -r name id; do
    grep -q -F "$id" <<<"$running" || printf '%s does not run\n' "$name"
  done < <(jq -r '.containers[] | "\(.name)\t\(.id)"' "$DIR/deployment.json")
  while IFS=$'\t' read -r name id; do
    [ "$(upstream "$name")" = "$id" ] || printf 'the route of %s points elsewhere\n' "$name"
  done < <(jq -r '.upstreams | to_entries[] | "\(.key)\t\(.value)"' "$DIR/deployment.json")
  [ ! -f "$DIR/releases/$release/route.caddy" ] || cmp -s "$DIR/releases/$release/route.caddy" "$PROXY/routes/$APP.caddy" ||
    printf 'the route of the proxy was changed by hand\n'
}

pins() { jq -c '.pins // {}' "$DIR/releases/$(deployed release)/manifest.json" 2>/dev/null || printf '{}'; }

inspect_application() {
  local underway=null
  lock_is_free || underway=$(jq -c '{release, version, by, since, phase}' "$DIR/rollout.json" 2>/dev/null || printf '{}')
  jq -cn --arg name "$APP" --slurpfile deployment "$DIR/deployment.json" --argjson pins "$(pins)" --argjson underway "${underway:-null}" \
    --arg differences "$(differences)" \
    '{($name): ($deployment[0] | {release, version, token, owner, confirmed} +
      {pins: $pins, underway: $underway, differences: ($differences | split("\n") | map(select(. != "")))})}'
}

command_inspect() {
  local file
  [ -f "$HOME_DIR/host.json" ] || fail "this host is not prepared yet; run pulumi up for it"
  RUNNING=$(docker ps --no-trunc --format '{{.ID}} {{.Names}}' 2>/dev/null) || RUNNING=''
  {
    printf '{}'
    for file in "$ROOT"/*/deployment.json; do
      [ -f "$file" ] || continue
      use_application "$(basename "$(dirname "$file")")"
      inspect_application
    done
  } | jq -cs --slurpfile host "$HOME_DIR/host.json" --argjson time "$(date +%s)" --arg proxy "$(grep -c -w slipway-proxy <<<"$RUNNING" || true)" \
    '{host: ($host[0] + {time: $time, proxyRuns: ($proxy != "0")}), applications: add}'
}
