# shellcheck shell=bash
# The beginning of a rollout: its journal is written before anything is touched. Its manifest is read with that.
# Reads: APP, DIR, RUN, RELEASE, PROXY, and the request of the deployment (TOKEN, OWNER, KEEP, IMAGES). Sets:
# IMAGES_SEEN (what Docker said of each image).

begin_rollout() {
  local before after=$DIR/releases/$RELEASE/manifest.json id adopted containers='' text journal
  before=$DIR/releases/$(deployed release)/manifest.json
  if [ ! -r "$before" ]; then before=/dev/null; fi
  # Without this list the way back would not know what to keep.
  # shellcheck disable=SC2086 # one argument per image
  look_around $IMAGES ||
    fail "Docker does not answer on this host; start it (systemctl start docker). Nothing was changed."
  IMAGES_SEEN=("${OTHERS[@]}")
  adopted=$(running_of "$(project_adopted "$after")") || fail_docker
  for id in "${!SERVICE_OF[@]}"; do
    containers+=$id$'\t'${SERVICE_OF[$id]}$'\t'${POLICY_OF[$id]}$'\n'
  done
  text=$(jq -nr --arg app "$APP" --arg release "$RELEASE" --arg by "$TOKEN" --arg owner "$OWNER" --arg since "$(timestamp)" --arg run "$RUN" \
    --argjson keep "$KEEP" --arg confirmed "$(confirmed_before)" --arg containers "$containers" --arg adopted "$adopted" --arg upstreams "$(upstreams)" \
    --slurpfile after "$after" --slurpfile before "$before" --rawfile route <(open_route) --rawfile wanted "$(file_or_none "$DIR/releases/$RELEASE/route.caddy")" \
    --slurpfile deployment "$(file_or_none "$DIR/deployment.json")" --slurpfile left "$(file_or_none "$DIR/rollout.json")" \
    "$SPREAD$ROWS$ADOPTED$ROUTE_TEXT$JOURNAL | tojson, assigned, (\$after[0] | assigned_manifest)" 2>"$RUN/problem") ||
    fail "the journal of this deployment cannot be made: $(last_line "$(<"$RUN/problem")"). Nothing was changed."
  IFS= read -r journal <<<"$text"
  printf '%s\n' "$journal" | replace "$DIR/rollout.json" ||
    fail "the journal of this deployment cannot be written; df $DIR shows whether the disk is full. Nothing was changed."
  eval "${text:${#journal}+1}"
}

confirmed_before() { if [ -e "$DIR/releases/$RELEASE/confirmed" ]; then printf yes; fi; }

file_or_none() { if [ -f "$1" ]; then printf '%s' "$1"; else printf /dev/null; fi; }

# What serves on each side. What runs under the application's name without ever having been deployed (`found`) is gone back
# to as well. Containers that the record does not name are no part of what is gone back to, unless a service
# has no other. What an earlier deployment left, of which nothing served, is gone back to as that one would have.
JOURNAL='
  def side: {release, version, services: (.services // [] | map({key: .name, value: .}) | from_entries),
    accessories: (.accessories // []), accessoriesHash: (.accessoriesHash // ""), data: .route}
    + if .late then {late} else {} end;
  ($containers | rows) as $all
  | [$deployment[0].containers[]?.id] as $recorded
  | ($all | group_by(.[1]) | map({key: .[0][1], value: (map(.[0]) as $ids | ($ids - ($ids - $recorded)) as $known
      | if $known == [] then $ids else $known end)}) | from_entries) as $serving
  | def found: {release: "", version: "", accessoriesHash: "", accessories: ($after[0].accessories // [] | map(select($serving[.]))),
      services: ($serving | with_entries(select(.key as $name | $after[0].accessories // [] | index($name) | not)
        | .key as $name | .value = ([$after[0].services[] | select(.name == $name) | {strategy, health}][0]
          // {health: {interval: 1, successes: 1, timeout: 60}} | del(.health.path))))}
    + ($after[0] | if .late then {late} else {} end);
  {format: 2, phase: "begun", release: $release, by: $by, owner: $owner, since: $since, run: $run, keep: $keep,
      version: $after[0].version,
      present: ($all | map(.[0])),
      before: ($left[0].before // ((if $before[0] then $before[0] | side else found end)
        + {containers: $serving, policies: ($all | map({key: .[0], value: .[2]}) | from_entries),
          record: ($deployment[0] // null), route: $route, upstreams: ($upstreams | upstreams)})),
      after: ($after[0] | side + {route: (if $wanted == "" and .route then route(.route; .route) else $wanted end), confirmed: ($confirmed == "yes")})}
  | ($left[0].adopted // ($adopted | adopted)) as $gone | if $gone != [] then .adopted = $gone else . end
  | if $left[0].undo then .undo = $left[0].undo else . end'
