# shellcheck shell=bash
# What others print, as it may be passed on: without the values of secrets.

# redact: what stands on stdin, without the values of the release's secrets. The manifest names them, .env holds them;
# they are read from there, never passed as an argument.
redact() {
  jq -nRr --unbuffered --slurpfile manifest "$DIR/releases/$RELEASE/manifest.json" --rawfile environment "$DIR/releases/$RELEASE/.env" '
    def swap($from; $to): split($from) | join($to);
    def unescaped: split("\\\\") | map(swap("\\\""; "\"") | swap("\\$"; "$") | swap("\\n"; "\n") | swap("\\r"; "\r")) | join("\\");
    [$environment | split("\n")[] | capture("^(?<name>[A-Za-z_][A-Za-z0-9_]*)=\"(?<value>.*)\"$")
      | select(.name as $name | $manifest[0].secrets // [] | index($name)) | .value | unescaped | split("\n")[] | select(length > 3)]
    | sort_by(-length) as $secrets | inputs | reduce $secrets[] as $secret (.; swap($secret; "[secret]"))'
}

# last_words ID: the end of a container's log, without the values of the release's secrets.
last_words() { docker logs --tail 15 "$1" 2>&1 | redact | sed 's/^/    | /' >&2 || true; }
