# shellcheck shell=bash
# Deploy keys: each line of authorized_keys that ends in a stack's name is that stack's; all others are the administrator's.

AUTHORIZED=$HOME/.ssh/authorized_keys

# deploy_keys: as the request says.
deploy_keys() {
  local stack
  stack=$(jq -r .deployKeys.stack "$REQUEST")
  jq -r '.deployKeys.lines[]' "$REQUEST" | keys_become "$stack"
}

# end_deploy_keys STACK: unless an application of theirs is here, as on a host that only got another name.
end_deploy_keys() {
  local app
  for app in $(keys_of '==' "$1" | sed -n 's/.* gate \([^"]*\)".*/\1/p'); do
    [ ! -f "$ROOT/$app/deployment.json" ] || return 0
  done
  keys_become "$1" </dev/null
}

# keys_of ==|!= STACK: its lines, or all others.
keys_of() {
  [ ! -f "$AUTHORIZED" ] || awk -v own=" stack=$2" "NF && substr(\$0, length(\$0) - length(own) + 1) $1 own" "$AUTHORIZED"
}

# keys_become STACK: these, from stdin; other lines stay as they are.
keys_become() {
  local all own
  own=$(cat)
  [ "$own" != "$(keys_of '==' "$1")" ] || return 0
  all=$(
    keys_of '!=' "$1"
    printf '%s' "$own"
  )
  mkdir -p "${AUTHORIZED%/*}"
  if [ -n "$all" ]; then replace "$AUTHORIZED" <<<"$all"; else rm -f "$AUTHORIZED"; fi
  say "$(grep -c . <<<"$own" || true) deploy keys of $1 may log in to deploy"
}
