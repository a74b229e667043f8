# shellcheck shell=bash
# Inspect: what this host runs and where that differs from what was confirmed. Reads only.
# Reads: HOME_DIR, ROOT, APP, DIR, PROXY, AUTHORIZED, RUNNING (ids and names of all containers that run, once asked).

# read_deployment: what was confirmed, in release, containers and upstreams of the caller; the last two a pair a line.
read_deployment() {
  release='' containers='' upstreams=''
  if [ ! -f "$DIR/deployment.json" ]; then return; fi
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
  if [ -z "$release" ]; then
    printf 'nothing is deployed\n'
    return
  fi
  if ! intact "$release"; then printf 'the files of release %s were changed by hand\n' "$release"; fi
  if [ ! "$DIR/current" -ef "$DIR/releases/$release" ]; then printf 'the link "current" points elsewhere\n'; fi
  running=${RUNNING-$(docker ps --no-trunc --format '{{.ID}}')}
  while IFS=$'\t' read -r name id; do
    if [[ -n $id && $running != *"$id"* ]]; then printf '%s does not run\n' "$name"; fi
  done <<<"$containers"
  while IFS=$'\t' read -r name id; do
    if [[ -n $name && $(upstream "$name") != "$id" ]]; then printf 'the route of %s points elsewhere\n' "$name"; fi
  done <<<"$upstreams"
  if [ -f "$DIR/releases/$release/route.caddy" ] && ! route_is "$DIR/releases/$release/route.caddy"; then
    printf 'the route of the proxy was changed by hand\n'
  fi
}

inspect_application() {
  local release containers upstreams manifest underway=null
  read_deployment
  manifest=$DIR/releases/$release/manifest.json
  if [ ! -r "$manifest" ]; then manifest=/dev/null; fi
  if ! lock_is_free; then
    underway=$(jq -c '{release, version, by, since, phase}' "$DIR/rollout.json" 2>/dev/null || printf '{}')
  fi
  jq -cn --arg name "$APP" --slurpfile deployment "$DIR/deployment.json" --slurpfile manifest "$manifest" --argjson underway "${underway:-null}" \
    --arg differences "$(differences_of)" \
    '{($name): ($deployment[0] | {release, version, token, owner, confirmed} +
      {pins: ($manifest[0].pins // {}), underway: $underway, differences: ($differences | split("\n") | map(select(. != "")))})}'
}

command_inspect() {
  local file proxy_runs=false RUNNING
  [ -f "$HOME_DIR/host.json" ] || fail "this host is not prepared yet; run pulumi up for it"
  RUNNING=$(docker ps --no-trunc --format '{{.ID}} {{.Names}}' 2>/dev/null) || RUNNING=''
  if proxy_answers 0; then proxy_runs=true; fi
  {
    printf '{}'
    for file in "$ROOT"/*/deployment.json; do
      if [ ! -f "$file" ]; then continue; fi
      use_application "$(basename "$(dirname "$file")")"
      inspect_application
    done
  } | jq -cs --slurpfile host "$HOME_DIR/host.json" --argjson time "$(date +%s)" --argjson proxy "$proxy_runs" \
    --arg machine "$(uname -m)" --arg keys "$(grep ' stack=[^ ]*$' "$AUTHORIZED" 2>/dev/null || true)" \
    '{host: ($host[0] + {time: $time, architecture: $machine, proxyRuns: $proxy, deployKeys: ($keys | split("\n"))}), applications: add}'
}

command_history() {
  use_application "$@"
  [ -f "$DIR/ledger.jsonl" ] || fail "no deployment of $APP is recorded on this host"
  cat "$DIR/ledger.jsonl"
}
