# shellcheck shell=bash
# Manifests: what a release says about itself. Each is read once and kept in memory, as starting jq again and again
# would take longer than the steps of a deployment themselves.
# Reads: APP, DIR. Sets: MANIFEST, values by release and path, once it was read: ${MANIFEST["$RELEASE.verification.host"]-}.

declare -A MANIFEST=()

# Every value by its path; under PATH[] and PATH@ a list's plain values, one a line, and under PATH.length their number; under
# PATH@ the names in an object, one a line.
FLAT='def flat($at): [$at, if type == "object" then tojson elif . == false then "false" else . // "" | tostring end],
    (if type == "array" then (map(tostring) | join("\n") | ["\($at)[]", .], ["\($at)@", .]), ["\($at).length", (length | tostring)]
      elif type == "object" then ["\($at)@", (keys_unsorted | join("\n"))] else empty end),
    (if type == "object" or type == "array" then to_entries[] | .key as $key | .value | flat("\($at).\($key)") else empty end);'

# quoted: as bash reads it between the brackets of an associative array ([path]=value), each by `@sh`.
QUOTED='def quoted: "[\(.[0] | @sh)]=\(.[1] | @sh)";
  def assigned_as($name): "\($name)=(\(to_entries | map([.key, (.value | tostring)] | quoted) | join(" ")))";'

# assigned: a journal as J, by the path of each value. assigned_manifest: a manifest as a part of MANIFEST; services go by
# name there: .services.web.port, .services[] for all names, .services.STRATEGY[] for those of a strategy.
SPREAD=$FLAT$QUOTED'
  def assigned: "J=(", ((to_entries[] | .key as $key | .value | flat(".\($key)")), [".whole", "yes"] | quoted), ")";
  def assigned_manifest: "MANIFEST+=(", (.services as $services
    | (.services |= (map({key: .name, value: .}) | from_entries) | flat("")),
      ($services | group_by(.strategy)[] | [".services.\(.[0].strategy)[]", (map(.name) | join("\n"))]),
      [".services[]", ($services | map(.name) | join("\n"))], [".whole", "yes"]
    | [$release + .[0], .[1]] | quoted), ")";'

# read_manifest RELEASE: from now on `manifest` looks this release's values up in memory.
read_manifest() {
  local values
  if [ -n "${MANIFEST["$1.whole"]:-}" ]; then return; fi
  values=$(jq -r --arg release "$1" "$SPREAD assigned_manifest" "$DIR/releases/$1/manifest.json") || values=''
  eval "$values"
  # Not what a jq that died half-way has printed.
  if [ -z "${MANIFEST["$1.whole"]:-}" ]; then
    printf 'error: release %s of %s has no manifest that can be read\n' "$1" "$APP" >&2
    return 1
  fi
}

# manifest RELEASE PATH: a value of its manifest, such as .verification.host; nothing where there is none.
manifest() {
  read_manifest "$1" || return
  if [ -n "${MANIFEST["$1$2"]:-}" ]; then printf '%s\n' "${MANIFEST["$1$2"]}"; fi
}
