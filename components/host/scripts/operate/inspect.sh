# shellcheck shell=bash
# Inspect: what this host runs and where that differs from what was confirmed. Reads only.

# read_deployment: what was confirmed, in release, containers and upstreams of the caller; the last two a pair a line.
read_deployment() {
  release='' containers='' upstreams=''
  [ -f "$DIR/deployment.json" ] || return 0
  {
    IFS= read -r -d '' release
    IFS= read -r -d '' containers
    IFS= read -r -d '' upstreams
  } < <(jq -j '
    .release, (.containers | map("\(.name)\t\(.id)") | join("\n")), (.upstreams | to_entries | map("\(.key)\t\(.value)") | join("\n"))
    | ., "\u0000"' "$DIR/deployment.json")
}

# differences: one line for each thing that is not as it was confirmed.
differences() {
  local release containers upstreams
  read_deployment
  differences_of
}

# differences_of: the same for a caller that has read the deployment.
differences_of() {
  local running name id
  [ -n "$release" ] || {
    printf 'nothing is deployed\n'
    return
  }
  intact "$release" || printf 'the files of release %s were changed by hand\n' "$release"
  [ "$DIR/current" -ef "$DIR/releases/$release" ] || printf 'the link "current" points elsewhere\n'
  running=${RUNNING-$(docker ps --no-trunc --format '{{.ID}}')}
  while IFS=$'\t' read -r name id; do
    [[ -z $id || $running == *"$id"* ]] || printf '%s does not run\n' "$name"
  done <<<"$containers"
  while IFS=$'\t' read -r name id; do
    [ -z "$name" ] || [ "$(upstream "$name")" = "$id" ] || printf 'the route of %s points elsewhere\n' "$name"
  done <<<"$upstreams"
  [ ! -f "$DIR/releases/$release/route.caddy" ] || cmp -s "$DIR/releases/$release/route.caddy" "$PROXY/routes/$APP.caddy" ||
    printf 'the route of the proxy was changed by hand\n'
}

inspect_application() {
  local release containers upstreams manifest underway=null
  read_deployment
  manifest=$DIR/releases/$release/manifest.json
  [ -r "$manifest" ] || manifest=/dev/null
  lock_is_free || underway=$(jq -c '{release, version, by, since, phase}' "$DIR/rollout.json" 2>/dev/null || printf '{}')
  jq -cn --arg name "$APP" --slurpfile deployment "$DIR/deployment.json" --slurpfile manifest "$manifest" --argjson underway "${underway:-null}" \
    --arg differences "$(differences_of)" \
    '{($name): ($deployment[0] | {release, version, token, owner, confirmed} +
      {pins: ($manifest[0].pins // {}), underway: $underway, differences: ($differences | split("\n") | map(select(. != "")))})}'
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
  } | jq -cs --slurpfile host "$HOME_DIR/host.json" --argjson time "$(date +%s)" --arg machine "$(uname -m)" --arg proxy "$(grep -c -w slipway-proxy <<<"$RUNNING" || true)" \
    --arg keys "$(grep ' stack=[^ ]*$' "$AUTHORIZED" 2>/dev/null || true)" \
    '{host: ($host[0] + {time: $time, architecture: $machine, proxyRuns: ($proxy != "0"), deployKeys: ($keys | split("\n"))}), applications: add}'
}

command_history() {
  use_application "$@"
  [ -f "$DIR/ledger.jsonl" ] || fail "no deployment of $APP is recorded on this host"
  cat "$DIR/ledger.jsonl"
}
