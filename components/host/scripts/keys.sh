# shellcheck shell=bash
# Deploy keys: each line of authorized_keys that ends in this stack's name is ours; all others stay as they are.

# deploy_keys: as the request says. Who else may log in is the administrator's.
deploy_keys() {
  local file=$HOME/.ssh/authorized_keys stack all
  stack=$(jq -r .deployKeys.stack "$REQUEST")
  all=$({ grep -v " stack=$stack\$" "$file" 2>/dev/null || true; jq -r '.deployKeys.lines[]' "$REQUEST"; } | sed '/^$/d')
  [ "$all" != "$(sed '/^$/d' "$file" 2>/dev/null || true)" ] || return 0
  mkdir -p "$HOME/.ssh"
  if [ -n "$all" ]; then replace "$file" <<<"$all"; else rm -f "$file"; fi
  say "$(jq '.deployKeys.lines | length' "$REQUEST") deploy keys of $stack may log in to deploy"
}
