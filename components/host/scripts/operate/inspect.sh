# shellcheck shell=bash
# Inspect: what this host runs and where that differs from what was confirmed. Reads only. What cannot be read of one
# application is said of that one.
# Reads: HOME_DIR, ROOT, APP, DIR, PROXY, AUTHORIZED. Sets: SEEN, the host's containers, once they were looked at; RECORD, by
# application and name what was confirmed.

# look_host PATH APPLICATION…: containers of all applications and of the proxy, a line each: id, name, project, service,
# one-off, state, health, restarts, when it was started, volumes, folder, ports that it publishes, process id; "unknown" where
# Docker does not say. What it says to PATH, if one is given, is in OTHERS. Of the records of these applications release, containers and upstreams (a
# pair a line), and the route as text after a colon, which is missing where a version before has not written it down; nothing
# where one cannot be read.
look_host() {
  local app texts='' values
  inspected com.docker.compose.project ${1:+"$1"} 2>/dev/null || DOCUMENTS=unknown
  for app in "${@:2}"; do
    text_of "$ROOT/$app/deployment.json"
    # JSON has no such characters.
    texts+=$app$'\x1f'${TEXT//[$'\x1e\x1f']/ }$'\x1e'
  done
  values=$(jq -Rrs "$QUOTED$SEEN_HOST" <<<"$DOCUMENTS"$'\x1e'"$texts") || values=''
  SEEN=unknown RECORD=()
  eval "$values"
}

declare -A RECORD=()
SEEN_HOST='
  def ports: [select(.State.Status == "running") | .HostConfig.PortBindings // {} | .[][]?.HostPort | select(. // "" | test("^[0-9]+$"))]
    | unique | join(" ");
  def container: [.Id, .Name[1:], .Config.Labels["com.docker.compose.project"], .Config.Labels["com.docker.compose.service"],
    .Config.Labels["com.docker.compose.oneoff"], .State.Status, .State.Health.Status // "", (.RestartCount | tostring), .State.StartedAt,
    (.Mounts // [] | map(select(.Type == "volume" and .RW and (.Name | test("^[0-9a-f]{64}$") | not)) | "\(.Destination)\t\(.Name)") | join("\u001f")),
    .Config.Labels["com.docker.compose.project.working_dir"] // "", ports, (.State.Pid | tostring)] | join("|");
  def containers: if startswith("unknown") then "unknown" else split("\n") | map(select(. != "") | fromjson | container) | join("\n") end;
  def record: [["release", .release], ["containers", (.containers | map("\(.name)\t\(.id)") | join("\n"))],
    ["upstreams", (.upstreams | to_entries | map("\(.key)\t\(.value)") | join("\n"))], (.route | strings | ["route", ":" + .])];
  split("\u001e")[:-1] | "SEEN=\(.[0] | containers | @sh)",
    "RECORD=(", (.[1:][] | split("\u001f") as [$app, $text] | (try ($text | fromjson | record) catch [])[] | [$app + "." + .[0], .[1]] | quoted), ")"'

# proxy_was_seen: as look_host saw it, it listens.
proxy_was_seen() {
  local name pid
  while IFS='|' read -r _ name _ _ _ _ _ _ _ _ _ _ pid; do
    if [ "$name" = slipway-proxy ]; then
      listens "$pid" "${ADMIN[@]}"
      return
    fi
  done <<<"$SEEN"
  return 1
}

# differences: one line for each thing that is not as it was confirmed.
differences() {
  look_host '' "$APP"
  differences_from_record
}

# differences_from_record: as it was read last.
differences_from_record() {
  local release=${RECORD["$APP.release"]-} containers=${RECORD["$APP.containers"]-} upstreams=${RECORD["$APP.upstreams"]-}
  local route=${RECORD["$APP.route"]-unknown}
  unfinished
  if [[ -z $release && -f $DIR/deployment.json ]]; then
    printf 'the record %s cannot be read\n' "$DIR/deployment.json"
  elif [ -n "$release" ]; then
    differences_of_files
    differences_of_containers
    differences_of_routes
  elif [ ! -f "$DIR/rollout.json" ]; then
    printf 'nothing is deployed\n'
  fi
}

# unfinished: a journal that nobody is working on.
unfinished() {
  if [ ! -f "$DIR/rollout.json" ] || ! lock_is_free; then return; fi
  jq -er 'if .unsettled then .unsettled else
    "an interrupted deployment of \(.version) (release \(.release)) is not settled yet; the host tries every minute" end' \
    "$DIR/rollout.json" 2>/dev/null || printf 'the journal %s cannot be read\n' "$DIR/rollout.json"
}

differences_of_files() {
  if ! intact "$release"; then printf 'the files of release %s were changed by hand\n' "$release"; fi
  if [ ! "$DIR/current" -ef "$DIR/releases/$release" ]; then printf 'the link "current" points elsewhere\n'; fi
}

differences_of_containers() {
  local name id project oneoff state health restarts started expected='' found=$'\n'
  if [ "$SEEN" = unknown ]; then
    printf 'Docker does not answer\n'
    return
  fi
  expected=$'\n'$containers$'\n'
  while IFS='|' read -r id name project _ oneoff state health restarts started _; do
    if [ "$project" != "$APP" ] || [ "$oneoff" = True ]; then continue; fi
    found+=$id$'\n'
    if [[ $expected != *$'\t'"$id"$'\n'* ]]; then
      # A deployment that is under way has containers of its own.
      if lock_is_free; then printf '%s is not part of release %s\n' "$name" "$release"; fi
    else
      container_trouble
    fi
  done <<<"$SEEN"
  while IFS=$'\t' read -r name id; do
    if [[ -n $id && $found != *$'\n'"$id"$'\n'* ]]; then printf '%s does not run\n' "$name"; fi
  done <<<"$containers"
}

# container_trouble: of one that is there, in variables of the caller.
container_trouble() {
  case $state in
    running)
      if [ "$health" = unhealthy ]; then
        printf '%s is unhealthy\n' "$name"
      elif [ "$restarts" -gt 0 ] && [ $(($(date +%s) - $(date -d "$started" +%s 2>/dev/null || printf 0))) -lt 10 ]; then
        printf '%s keeps ending: Docker has started it again %s times\n' "$name" "$restarts"
      fi
      ;;
    restarting) printf '%s keeps ending: Docker has started it again %s times\n' "$name" "$restarts" ;;
    paused) printf '%s is paused\n' "$name" ;;
    *) printf '%s does not run\n' "$name" ;;
  esac
}

differences_of_routes() {
  local name wanted
  while IFS=$'\t' read -r name wanted; do
    if [ -z "$name" ]; then continue; fi
    upstream "$name"
    if [ "$UPSTREAM" != "$wanted" ]; then printf 'the route of %s points elsewhere\n' "$name"; fi
  done <<<"$upstreams"
  if [ "$route" = unknown ]; then route=$(route_of "$release"); fi
  if [ "$route" != keep ] && ! route_is "${route:1}"; then printf 'the route of the proxy was changed by hand\n'; fi
}

# route_of RELEASE: a colon and its route, of which no line break is lost; "keep" where it has none.
route_of() {
  local data text
  if [ -f "$DIR/releases/$1/route.caddy" ]; then
    IFS= read -r -d '' text <"$DIR/releases/$1/route.caddy" || true
  else
    data=$(jq -c '.route // empty' "$DIR/releases/$1/manifest.json" 2>/dev/null)
    if [ -z "$data" ]; then
      printf keep
      return
    fi
    text=$(route_text "$data" "$data")$'\n'
  fi
  printf ':%s' "$text"
}

# inspect_application: prints its name, record, manifest, what is under way, the differences, which migrations were applied, the
# manifest of the newest of these, who holds the lock, and what is known of its jobs and of its backups, each ended by a record separator, which JSON never has.
inspect_application() {
  local release=${RECORD["$APP.release"]-} manifest='' underway=null deployment='' different applied newest='' holder='' jobs backups
  if [ -n "$release" ]; then
    text_of "$DIR/deployment.json"
    deployment=$TEXT
    text_of "$DIR/releases/$release/manifest.json"
    manifest=$TEXT
  fi
  if ! lock_is_free; then
    underway=$(jq -c '{release, version, by, since, phase}' "$DIR/rollout.json" 2>/dev/null || printf '{}')
    text_of "$DIR/lock"
    holder=${TEXT:-'{}'}
  fi
  different=$(differences_from_record)
  text_of "$DIR/migration.json"
  applied=$TEXT
  if [ -n "$applied" ]; then
    text_of "$DIR/releases/$(last_migrated)/manifest.json"
    newest=$TEXT
  fi
  jobs=$(job_states)
  backups=$(backup_states)
  printf '%s\x1e' "$APP" "$deployment" "$manifest" "$underway" "${different//$'\x1e'/ }" "$applied" "$newest" "${holder//$'\x1e'/ }" "$jobs" "$backups"
}

# applications_here: sets APPLICATIONS to the names of those that were deployed here, or are being deployed.
applications_here() {
  local folder
  APPLICATIONS=()
  for folder in "$ROOT"/*/releases/; do
    folder=${folder%/releases/}
    if [ -f "$folder/deployment.json" ] || [ -f "$folder/rollout.json" ]; then APPLICATIONS+=("${folder##*/}"); fi
  done
}

# machine: sets MACHINE to what it is, as uname says it; the kernel tells it by itself since Linux 6.1.
machine() {
  text_of /proc/sys/kernel/arch
  MACHINE=${TEXT:-$(uname -m)}
}

# inspect [--details]: with details also what `slipway status` shows besides, for which more is asked (operate/details.sh).
command_inspect() {
  local app proxy_runs=false watched=false SEEN DOCKER_LIMIT=4 keys='' line
  parse_options inspect "$@"
  [ -f "$HOME_DIR/host.json" ] || fail "this host is not prepared yet; run pulumi up for it"
  applications_here
  look_host /volumes "${APPLICATIONS[@]}"
  if proxy_was_seen; then proxy_runs=true; fi
  if [[ $(crontab -l 2>/dev/null) == *"$HOME_DIR/bin/slipway recover"* ]]; then watched=true; fi
  while read -r line; do
    if [[ $line =~ \ stack=[^\ ]*$ ]]; then keys+=$line$'\n'; fi
  done 2>/dev/null <"$AUTHORIZED" || true
  machine
  frozen_here
  for app in "${APPLICATIONS[@]}"; do
    use_application "$app"
    inspect_application
  done | jq -cRs --slurpfile host "$HOME_DIR/host.json" --arg time "$(printf '%(%s)T' -1)" --argjson proxy "$proxy_runs" --argjson watched "$watched" \
    --arg machine "$MACHINE" --arg frozen "$FROZEN" --arg keys "${keys%$'\n'}" --arg notified "$(stacks_in "$NOTIFICATIONS")" --arg kept "$(stacks_in "$BACKUPS")" \
    --rawfile seen <(printf '%s' "$SEEN") --rawfile volumes <(printf '%s' "${OTHERS[0]-}") --arg detailed "$DETAILS" --rawfile details <(details "$proxy_runs") "$INSPECTED"
}

# What ten texts for each application say, and what Docker said of all containers. Whether its newest migration can be
# taken back is told without the words for it, which may hold a secret.
INSPECTED="$DETAILED"'def read: try fromjson catch {};
  def migrations: (try (.[6] | fromjson | .migration.down) catch null) as $down | try (.[5] | fromjson | '"$APPLIED"'
      | {applied: map({release, version} + if .none then {none: true} else {} end + if .doubt then {doubt: "\(.doubt)"} else {} end)}
      + if $down then {back: (if any($down[]; contains("{revision}")) then "revision" else "step" end)} else {} end) catch null;
  def data: .[3] as $service | .[9] // "" | split("\u001f")[] | split("\t") | {service: $service, target: .[0], name: .[1]};
  [$seen | split("\n")[] | split("|") | select(length > 1 and .[4] != "True")] as $containers
  | split("\u001e")[:-1] as $texts | [range(0; $texts | length; 10) | $texts[. : . + 10]]
  | map(.[0] as $name | {key: $name, value: ((.[1] | read | {release, version, token, owner, confirmed})
      + (.[2] | read | {pins: (.pins // {}), domains: [.route.sites[]?.host]})
      + {underway: (.[3] | fromjson), differences: (.[4] | split("\n") | map(select(. != ""))),
        migrations: [migrations][0], data: [$containers[] | select(.[2] == $name) | data]}
        + if $detailed == "" then {} else details_of_application($containers; $name; .[7]; jobs_of((.[2] | read); (.[1] | read | .owner); .[8]); backups_of((.[2] | read); .[9])) end)}) | from_entries as $applications
  | {host: ($host[0] + {time: ($time | tonumber), architecture: $machine, proxyRuns: $proxy, watched: $watched, deployKeys: ($keys | split("\n")),
        notifications: ($notified | split("\n") | map(select(. != ""))), backups: ($kept | split("\n") | map(select(. != "")))}
      + if $detailed == "" then {} else details_of_host end),
      applications: $applications,
      frozen: ($frozen | split("\u001e")[:-1] | map(split("\u001f") | {key: .[0], value: (try (.[1] | fromjson | {by, since, reason}) catch {})}) | from_entries),
      projects: ($containers | map(select(.[2] as $name | $name != "slipway-proxy" and ($applications | has($name) | not)))
        | group_by(.[2]) | map({key: .[0][2], value: {folder: (.[0][10] // ""),
          containers: map({service: .[3], name: .[1], ports: (.[11] // "" | split(" ") | map(select(. != "") | tonumber)),
            volumes: [data | {target, name}]})}}) | from_entries)}
    + ($volumes | read | if .Volumes? then {volumes: [.Volumes[].Name]} else {} end)'

command_history() {
  use_application "$@"
  [ -f "$DIR/ledger.jsonl" ] || fail "no deployment of $APP is recorded on this host"
  cat "$DIR/ledger.jsonl"
}
