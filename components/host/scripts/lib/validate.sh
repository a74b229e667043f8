# shellcheck shell=bash
# What arrives on stdin comes from outside, maybe by a deploy key: all of it is checked before anything of it is used.
# Reads: APP, RELEASE, INPUT_SCHEMA, MANIFEST_SCHEMA. Sets, in no file, as secrets are among them: FILES (by
# name), SECRET_FILES with OWNER_OF, SUM_OF, DECODED and OPEN (by path), RELEASE_FILES with LIST_OF (by folder), LOGINS (by
# registry, as the header X-Registry-Auth of Docker's API), MANIFEST.

# Definitions for jq. offences($schema; $at): what of a value does not fit, with its place. It knows as much of JSON Schema as is needed. A
# number is written as bash reads it, and `$` of a pattern stands at the end of the text, not of a line.
# shellcheck disable=SC2016 # jq's variables
VALIDATE='
  def shown: tojson | if length > 80 then .[:80] + "…" else . end;
  def is_a($kind):
    if $kind == "integer" then type == "number" and (tostring | test("\\A-?[0-9]+\\z"))
    elif $kind == "number" then type == "number" and (tostring | test("\\A-?[0-9]+(\\.[0-9]+)?\\z"))
    else type == $kind end;
  def whole: . - round | . < 0.000001 and . > -0.000001;
  def fits($schema):
    if type == "string" then
      ($schema.enum == null or (. as $text | $schema.enum | any(. == $text)))
      and ($schema.maxLength == null or length <= $schema.maxLength)
      and ($schema.pattern == null or test("\\A(?:\($schema.pattern | ltrimstr("^") | rtrimstr("$")))\\z"))
    elif type == "number" then
      . >= ($schema.minimum // .) and . <= ($schema.maximum // .)
      and ($schema.multipleOf == null or (. / $schema.multipleOf | whole))
    elif type == "array" then length >= ($schema.minItems // 0)
    else true end;
  def offences($schema; $at):
    if is_a($schema.type) | not then "\($at): \(shown) is not \($schema.type)"
    elif fits($schema) | not then "\($at): \(shown) is not as it has to be (\($schema | del(.type, .items) | shown))"
    elif type == "array" then to_entries[] | .key as $key | .value | offences($schema.items; "\($at).\($key)")
    elif type == "object" then
      . as $value
      | ($schema.required // [] | .[] | select(. as $name | $value | has($name) | not) | "\($at).\(.) is missing"),
        (to_entries[] | .key as $key | .value
          | if $schema.properties // {} | has($key) then offences($schema.properties[$key]; "\($at).\($key)")
            elif $schema.propertyNames == null then "\($at).\($key | shown) is unknown"
            else ($key | offences($schema.propertyNames; "a name in \($at)")),
              offences($schema.additionalProperties; "\($at).\($key | shown)") end)
    else empty end;
  def names_are_its_own:
    (.services | map(.name)) as $own
    | ($own + .accessories) as $all | (.backups // {} | keys) as $backups
    | def known($at): select(. as $name | $own | index([$name]) | not) | "\($at): \(shown) is not one of its services";
      def upstream_of($name): ["\($app).\($name)", "\($app).\($name).\(.port)"];
      (select(.application != $app) | "manifest.application: \(.application | shown) is not \($app)"),
      (select(.release != $release) | "release \($release) does not carry its own name, but \(.release | shown)"),
      (select($own != ($own | unique) and ($own | length) != ($own | unique | length)) | "manifest.services: one name is there twice"),
      (.mounted[] | known("manifest.mounted")),
      (.backup, .migration, (.verification // {} | .command) | select(.) | .service | known("manifest: backup, migration or verification")),
      (.jobs // {} | to_entries[] | .key as $job | .value | .of as $of
        | if .act then select($job != "\(.act).\($of)" or ($backups | index([$of]) | not)) | "manifest.jobs.\($job): there is no backup \(.of)"
          elif .command == null or ($job | contains(".")) then "manifest.jobs.\($job): it has no command, or a name that Slipway gives itself"
          else .service | known("manifest.jobs.\($job)") end),
      (.backups // {} | to_entries[] | .key as $name | .value
        | (.service | select(. as $one | $all | index([$one]) | not) | "manifest.backups.\($name).service: \(shown) is not one of its services"),
          (select(.check.query == null and .check.command == null) | "manifest.backups.\($name).check: it is empty"),
          (select(.what != "postgres" and .mount == null or .what == "sqlite" and .file == null) | "manifest.backups.\($name): its mount or file is missing")),
      (.services[] | select(.upstream) | .upstream as $upstream
        | select(upstream_of(.name) | index([$upstream]) | not) | "manifest.services.\(.name).upstream: \($upstream | shown) is not its own"),
      (.services[] | .name as $name | .upstreams // {} | to_entries[]
        | select(.key != "\($app).\($name)@\(.value)") | "manifest.services.\($name).upstreams: \(.key | shown) is not its own"),
      (.services[] | select(.upstreams and .upstream == null) | "manifest.services.\(.name).upstreams: its first upstream is missing"),
      (.services as $services | .route | select(.) | .services[] | . as $routed
        | select([$services[] | select(.name == $routed.name) | .upstream, (.upstreams // {} | keys[])] | index([$routed.upstream]) | not)
        | "manifest.route.services.\(.name).upstream: \(.upstream | shown) is not its own");
  def has_nul: tojson | test("(?:^|[^\\\\])(?:\\\\\\\\)*\\\\u0000");
  def first_of(all; next): [all] as $found | if $found == [] then next else $found[] end;
  def release_offences:
    first_of(select(has_nul) | "it holds a NUL character";
      first_of(offences($input; "input");
        (.files["manifest.json"] | try fromjson catch null)
        | first_of(select(has_nul) | "manifest: it holds a NUL character";
            first_of(offences($manifest; "manifest"); names_are_its_own))));'

# unpacked: the release as assignments of bash.
declare -A FILES=() SECRET_FILES=() OWNER_OF=() SUM_OF=() DECODED=() OPEN=() RELEASE_FILES=() LIST_OF=()
# shellcheck disable=SC2016 # jq's variables
UNPACK='
  def each_with(f): with_entries(select(.value | f) | .value |= f);
  def listed: .files | map([.sha256, (.size | tostring), (if .executable then "755" else "644" end), .path] | join("\t")) | join("\n");
  def unpacked:
    (.files | assigned_as("FILES")),
    (.secretFiles // {} | (map_values(.content) | assigned_as("SECRET_FILES")), (each_with(.owner) | assigned_as("OWNER_OF")),
      (each_with(.sha256) | assigned_as("SUM_OF")), (each_with(.base64) | assigned_as("DECODED")), (each_with(.open) | assigned_as("OPEN"))),
    (.releaseFiles // {} | (map_values(.data) | assigned_as("RELEASE_FILES")), (map_values(listed) | assigned_as("LIST_OF"))),
    (logins | assigned_as("LOGINS")),
    (.files | .["manifest.json"] | fromjson | assigned_manifest);'

# receive: the release that arrives on stdin (JSON). Ends where it is not one of this application, as this version or the one
# before renders it.
receive() {
  local received offences='jq fails'
  # Raw, as jq takes no document at all for a good one.
  received=$(jq -rRs --arg app "$APP" --arg release "$RELEASE" --argjson input "$INPUT_SCHEMA" --argjson manifest "$MANIFEST_SCHEMA" \
    "$SPREAD$VALIDATE$LOGINS_OF$UNPACK"'(try fromjson catch null)
    | (if (try (.files | has("compose.yaml") and has("manifest.json") and has(".env")) catch false)
      then [limit(3; release_offences)] else ["incomplete"] end) as $offences
    | if $offences == [] then unpacked else empty end, "offences=\($offences | join(";") | @sh)"') || received=''
  eval "$received"
  if [ -z "$offences" ]; then return; fi
  [ "$offences" != incomplete ] || fail "the release sent for $APP is incomplete; the connection may have broken off. Nothing was changed."
  fail "the release sent for $APP is not one that this host takes: $(short "$offences" 600). If the program is newer than the host's scripts, run pulumi up with an administrator's key once. Nothing was changed."
}
