# shellcheck shell=bash
# On the host: one case after the other, told on stdin a line each, and what was seen of it as JSON, a line each.
# Called with: ROOT FOLDER APP DOMAIN NEIGHBOUR NEIGHBOUR_DOMAIN PORT. FOLDER has the shim, and releases/NAME.json and NAME.id.
set -uo pipefail
umask 077
ROOT=$1 FOLDER=$2 APP=$3 DOMAIN=$4 NEIGHBOUR=$5 NEIGHBOUR_DOMAIN=$6 PORT=$7
SLIPWAY=$ROOT/slipway/bin/slipway PROXY=$ROOT/slipway/proxy DIR=$ROOT/$APP STATE=$FOLDER/state
# What hangs may not keep the whole run.
PATIENCE=150
# A Docker that hangs is given up after these seconds; one that is only slow is not.
HANGING=5 SLOW=30
count=0

slipway() { timeout --kill-after 5 "$PATIENCE" "$SLIPWAY" "$@"; }

# shimmed COMMAND…: of the host's scripts, with the shims before all programs.
shimmed() { PATH=$FOLDER/bin:$PATH SLIPWAY_DOCKER_LIMIT=$LIMIT slipway "$@"; }

words_to_deploy() {
  count=$((count + 1))
  WORDS=(deploy "$APP" --release "$(<"$FOLDER/releases/$1.id")" --version "$1" --token "case $$ $count" --owner exhaustive --keep 3)
}

# act KIND NAME: what is to be harmed: a deployment, or a recovery.
act() {
  case $1 in
  deploy)
    words_to_deploy "$2"
    shimmed "${WORDS[@]}" <"$FOLDER/releases/$2.json"
    ;;
  recover) shimmed recover "$APP" </dev/null ;;
  esac
}

# quiet: waits until nothing of the application is under way, as its supervisor may go on alone.
quiet() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    pgrep -f "slipway (deploy|supervise|work|settle|make|accessories|recover) $APP( |\$)" >/dev/null || return 0
    sleep 0.1
  done
  return 1
}

plan() {
  rm -f "$STATE"/plan "$STATE"/hit "$STATE"/count.*
  : >"$STATE/log"
  if [ $# -gt 0 ]; then printf '%s %s %s %s\n' "$@" "$ROOT" >"$STATE/plan"; fi
}

answers_of() {
  local tries answer=200
  for ((tries = 0; tries < 3; tries++)); do
    if [[ $answer != *200 ]]; then break; fi
    answer=$(curl -q --noproxy '*' --silent --max-time 3 --header "Host: $1" --write-out ' %{http_code}' "http://127.0.0.1:$PORT/api/v1/version")
    printf '%s\n' "${answer//$'\n'/}"
  done | sort -u
}

containers_of() {
  docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$1" |
    xargs -r docker inspect --format '{{.Id}}|{{.Name}}|{{.State.Status}}|{{index .Config.Labels "com.docker.compose.service"}}|{{index .Config.Labels "com.docker.compose.oneoff"}}|{{.HostConfig.RestartPolicy.Name}}'
}

neighbour() {
  docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$NEIGHBOUR" |
    xargs docker inspect --format '{{.Id}} {{.State.StartedAt}} {{.State.Status}} {{.HostConfig.RestartPolicy.Name}}' | sort
  find "$ROOT/$NEIGHBOUR" "$PROXY/upstreams/$NEIGHBOUR".* "$PROXY/routes/$NEIGHBOUR".* -type f ! -name lock -exec sha256sum {} + 2>&1 | sort
  find "$ROOT/$NEIGHBOUR" | sort
  answers_of "$NEIGHBOUR_DOMAIN"
}

# broken: releases that were confirmed and are not what they were.
broken() {
  local file
  for file in "$DIR"/releases/*/confirmed; do
    file=${file%/confirmed}
    [ -s "$file/manifest.json" ] && (cd "$file" && sha256sum --check --status SHA256SUMS) || printf '%s\n' "${file##*/}"
  done
}

# world NAME: all that is judged, read from the host.
world() {
  local file
  {
    answers_of "$DOMAIN" >"$STATE/answers"
    containers_of "$APP" >"$STATE/containers"
    docker ps --all --format '{{.Names}}' --filter "label=slipway.helper=$APP" >"$STATE/helpers"
    (cd "$ROOT" && find "$APP" -maxdepth 1 && find "$APP"/{releases,run,secrets} slipway/.docker.* slipway/proxy/{upstreams,before,routes}/"$APP".* -maxdepth 1) >"$STATE/files" 2>/dev/null
    broken >"$STATE/broken"
    neighbour | sha256sum >"$STATE/neighbour"
    slipway inspect >"$STATE/inspect" 2>"$STATE/inspect.error"
    jq -es . "$DIR/ledger.jsonl" >/dev/null 2>"$STATE/ledger.error" && : >"$STATE/ledger.error"
    for file in rollout.json deployment.json; do cp "$DIR/$file" "$STATE/$file" 2>/dev/null || printf '' >"$STATE/$file"; done
    tail -n 1 "$DIR/ledger.jsonl" >"$STATE/ledger" 2>/dev/null || : >"$STATE/ledger"
  } 2>/dev/null
  tell "$1"
}

tell() {
  jq -cn --arg name "$1" --arg app "$APP" --rawfile answers "$STATE/answers" --rawfile containers "$STATE/containers" --rawfile files "$STATE/files" \
    --rawfile helpers "$STATE/helpers" --rawfile broken "$STATE/broken" --rawfile neighbour "$STATE/neighbour" --rawfile inspect "$STATE/inspect" --rawfile ledgerError "$STATE/ledger.error" \
    --rawfile ledger "$STATE/ledger" --rawfile journal "$STATE/rollout.json" --rawfile deployment "$STATE/deployment.json" '
    def lines: split("\n") | map(select(. != ""));
    {name: $name, answers: ($answers | lines), containers: ($containers | lines | map(split("|") | {id: .[0], name: .[1], state: .[2], service: .[3], oneOff: (.[4] == "True"), policy: .[5]})),
      helpers: ($helpers | lines), broken: ($broken | lines), files: ($files | lines), neighbour: $neighbour, ledgerError: $ledgerError, ledger: $ledger,
      journal: $journal, deployment: $deployment, inspect: (($inspect | fromjson?).applications[$app])}'
}

ran() {
  local code=0 start=$EPOCHREALTIME
  "${@:2}" >"$STATE/output" 2>&1 || code=$?
  quiet || printf 'HANGS: processes of %s are still there\n' "$APP" >>"$STATE/output"
  jq -cn --arg name "$1" --argjson code "$code" --rawfile output "$STATE/output" --arg seconds "$(awk "BEGIN { print $EPOCHREALTIME - $start }")" \
    --rawfile hit <(cat "$STATE/hit" 2>/dev/null) '{name: $name, code: $code, output: $output, seconds: ($seconds | tonumber), hit: $hit}'
}

# A line: KIND NAME FINAL COMMAND NUMBER HARM [SETUP_NAME SETUP_COMMAND SETUP_NUMBER]; KIND "deploy" or "recover".
while read -r kind name final command number harm setup_name setup_command setup_number; do
  case $kind in
  world) world now ;;
  log) jq -R . "$STATE/log" | jq -cs '{name: "log", lines: .}' ;;
  *)
    if [ -n "${setup_name:-}" ]; then
      LIMIT=$SLOW
      plan "$setup_command" "$setup_number" kill
      ran setup act deploy "$setup_name"
    fi
    LIMIT=$SLOW
    if [ "$harm" = hang ]; then LIMIT=$HANGING; fi
    if [ "$command" = none ]; then plan; else plan "$command" "$number" "$harm"; fi
    ran act act "$kind" "$name"
    rm -f "$STATE/plan" "$ROOT/.filler"
    world after
    open=$(cat "$DIR/rollout.json" 2>/dev/null)
    ran recover slipway recover "$APP" </dev/null
    # Where nothing was to be done, the world is the same.
    if [ -n "$open" ] || [ -e "$DIR/rollout.json" ]; then world recovered; else tell recovered; fi
    words_to_deploy "$final"
    ran converge slipway "${WORDS[@]}" <"$FOLDER/releases/$final.json"
    world converged
    ;;
  esac
  printf '\n'
done
