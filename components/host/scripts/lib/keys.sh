# shellcheck shell=bash
# Deploy keys: each line of authorized_keys that ends in a stack's name is that stack's; all others are the administrator's.
# Reads: REQUEST (of the bootstrap), ROOT. Sets: AUTHORIZED.

AUTHORIZED=$HOME/.ssh/authorized_keys

# deploy_keys: as the request says.
deploy_keys() {
  local stack
  stack=$(jq -r .deployKeys.stack "$REQUEST")
  jq -r '.deployKeys.lines[]' "$REQUEST" | keys_become "$stack"
}

# end_deploy_keys STACK: unless one of their applications is here, as on a host that only got another name.
end_deploy_keys() {
  local app
  for app in $(keys_of '==' "$1" | sed -n 's/.* gate \([^"]*\)".*/\1/p'); do
    if [ -f "$ROOT/$app/deployment.json" ]; then return; fi
  done
  keys_become "$1" </dev/null
}

# keys_of ==|!= STACK: its lines, or all others.
keys_of() {
  if [ -f "$AUTHORIZED" ]; then
    awk -v own=" stack=$2" "NF && substr(\$0, length(\$0) - length(own) + 1) $1 own" "$AUTHORIZED"
  fi
}

# keys_become STACK: its lines are those on stdin; other lines stay as they are.
keys_become() {
  local all own
  own=$(cat)
  if [ "$own" = "$(keys_of '==' "$1")" ]; then return; fi
  all=$(
    keys_of '!=' "$1"
    printf '%s' "$own"
  )
  mkdir -p "${AUTHORIZED%/*}"
  if [ -n "$all" ]; then replace "$AUTHORIZED" <<<"$all"; else rm -f "$AUTHORIZED"; fi
  say "$(grep -c . <<<"$own" || true) deploy keys of $1 may log in to deploy"
}
