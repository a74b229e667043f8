# shellcheck shell=bash
# Doctor: what a host says of itself besides what `inspect` tells, for whoever looks for what is wrong with it. Reads only.
# Reads: HERE, ROOT, APP, DIR, HOME_DIR. Sets: APPLICATIONS.

# doctor: as JSON: Docker and Compose, cron, locks that are held, journals that nobody works on, registries, notifications.
command_doctor() {
  local docker='' why='' compose='' cron=true app DOCKER_LIMIT=5
  parse_options doctor "$@"
  [ -f "$HOME_DIR/host.json" ] || fail "this host is not prepared yet; run pulumi up for it"
  if engine GET /version 2>/dev/null; then field Version "$ANSWER" && docker=$FIELD; else why=$ANSWER; fi
  compose=$(timeout 5 "${COMPOSE[@]}" version --short 2>/dev/null) || compose=''
  # shellcheck source=components/host/scripts/bootstrap/watch.sh
  . "$HERE/bootstrap/watch.sh"
  cron_runs || cron=false
  applications_here
  {
    for app in "${APPLICATIONS[@]}"; do
      use_application "$app"
      lock_seen
      journal_seen
    done
    if [ -n "$docker" ]; then registries_seen; fi
    targets_seen
  } | jq -cRs --arg docker "$docker" --arg why "$(short "$why" 300)" --arg compose "${compose#v}" --argjson cron "$cron" '
    [split("\n")[] | select(. != "") | split("\t")] as $seen
    | def of($kind): $seen | map(select(.[0] == $kind));
    {docker: (if $docker == "" then {answers: false, why: $why} else {answers: true, version: $docker} end),
      compose: (if $compose == "" then null else $compose end), cron: $cron,
      locks: (of("lock") | map({application: .[1], by: (.[2] // ""), since: (.[3] // ""), pid: (.[4] // "")})),
      journals: (of("journal") | map({application: .[1], version: (.[2] // ""), release: (.[3] // ""), unsettled: (.[4] // "")})),
      registries: (of("registry") | map({server: .[1], problem: .[2]}) | sort_by(.server)),
      notifications: (of("target") | map({target: .[1], time: .[2], result: .[3], why: .[4]}))}'
}

# lock_seen: who holds it.
lock_seen() {
  if lock_is_free; then return; fi
  printf 'lock\t%s\t%s\n' "$APP" "$(jq -r '[.by, .since, .pid] | map(. // "" | gsub("[\t\n]"; " ")) | join("\t")' "$DIR/lock" 2>/dev/null || true)"
}

# journal_seen: one that an interruption left, and that nobody works on.
journal_seen() {
  if [ ! -f "$DIR/rollout.json" ] || ! lock_is_free; then return; fi
  printf 'journal\t%s\t%s\n' "$APP" "$(jq -r '[.version, .release, .unsettled] | map(. // "" | gsub("[\t\n]"; " ")) | join("\t")' "$DIR/rollout.json" 2>/dev/null || true)"
}

# registries_seen: whether Docker reaches the registries of what runs, as a deployment needs it; of each it is asked about one
# image. One that wants a login answers.
registries_seen() {
  local app image server asked=' '
  for app in "${APPLICATIONS[@]}"; do
    use_application "$app"
    for image in $(jq -r '.images[]?' "$DIR/releases/$(deployed release)/manifest.json" 2>/dev/null); do
      server=docker.io
      if [[ $image =~ ^([^/]*[.:][^/]*|localhost)/ ]]; then server=${BASH_REMATCH[1]}; fi
      if [[ $asked == *" $server "* ]]; then continue; fi
      asked+="$server "
      # At once: whoever asks waits as long as for one.
      registry_seen "$server" "$image" &
    done
  done
  wait
}

# targets_seen: what became of the last message to each target of notifications that did not take it.
targets_seen() {
  local declared
  if [ ! -f "$NOTIFICATIONS/log" ]; then return; fi
  declared=$(cat "$NOTIFICATIONS"/stacks/*.json 2>/dev/null | jq -cs '[.[].targets[].name]') || return 0
  tail -n 200 "$NOTIFICATIONS/log" | jq -Rrs --argjson declared "$declared" '[split("\n")[] | fromjson? | objects] | group_by(.target)[] | last
    | select(.result != "taken" and (.target as $name | $declared | index($name))) | ["target", .target, .time, .result, .why] | map(tostring | gsub("[\t\n]"; " ")) | join("\t")'
}

# registry_seen SERVER IMAGE
registry_seen() {
  local DOCKER_LIMIT=8
  if engine GET "/distribution/$2/json" 2>/dev/null || [[ $ANSWER =~ [Uu]nauthorized|[Dd]enied|authentication|credentials|not\ found|manifest\ unknown|toomanyrequests ]]; then
    printf 'registry\t%s\t\n' "$1"
  else
    printf 'registry\t%s\t%s\n' "$1" "$(last_line "$ANSWER" 300)"
  fi
}
