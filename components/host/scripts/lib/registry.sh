# shellcheck shell=bash
# Registries: logging in to them, and what a failed pull means.

# registry_logins FOLDER REQUEST: Docker keeps the logins there that a file (JSON) names.
registry_logins() {
  local server username password output
  while IFS= read -r -d '' server && IFS= read -r -d '' username && IFS= read -r -d '' password; do
    # The shell's own printf: the password is never an argument of a process.
    output=$(printf '%s' "$password" | DOCKER_CONFIG=$1 docker login --username "$username" --password-stdin "$server" 2>&1) ||
      fail "cannot log in to $server: $(last_line "$(grep -v -i warning <<<"$output")"). $(pull_hint "$output") Nothing was changed; what ran still runs."
  done < <(jq -j '.registries // [] | .[] | .server, "\u0000", .username, "\u0000", .password, "\u0000"' "$2")
}

# pull_hint OUTPUT: Docker's own words are the cause; the hint says which of the usual ones it is.
pull_hint() {
  case $1 in
    *'no space left'*) printf 'The disk is full: free some space on this host (docker system df shows what uses it).' ;;
    *unauthorized* | *denied* | *'401'*) printf 'The registry refuses the login: check slipway:registries (username and password).' ;;
    *'not found'* | *'manifest unknown'*) printf 'The image is not in the registry (any more).' ;;
    *'connection refused'* | *'no such host'* | *'timeout'* | *'no route'*) printf 'The registry does not answer: is it up, and reachable from this host?' ;;
    *) printf 'See docs/operations.md, "cannot pull".' ;;
  esac
}
