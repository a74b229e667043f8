# shellcheck shell=bash
# Sourced by scripts: puts the project's Node and Pulumi first on PATH, and keeps tools from phoning home.

SLIPWAY_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SLIPWAY_CACHE=${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
PULUMI_HOME=${PULUMI_HOME:-$HOME/.pulumi}
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$SLIPWAY_CACHE/node-compile-cache}
PULUMI_SKIP_UPDATE_CHECK=1
export SLIPWAY_ROOT SLIPWAY_CACHE PULUMI_HOME NODE_COMPILE_CACHE PULUMI_SKIP_UPDATE_CHECK

# first_on_path FOLDER
first_on_path() {
  local rest=":$PATH:"
  rest=${rest//":$1:"/:}
  rest=${rest#:}
  PATH="$1:${rest%:}"
}

# in_docker_group COMMAND…: if this login predates its membership in the group docker, replaces this shell with one that
# has the group, and runs COMMAND there.
in_docker_group() {
  local member
  [[ -z ${SLIPWAY_JOINED:-} ]] && command -v sg >/dev/null || return 0
  [[ " $(id -nG) " != *" docker "* ]] || return 0
  member=" $(id -nG "$(id -un)") "
  [[ $member != *" docker "* ]] || SLIPWAY_JOINED=1 exec sg docker -c "$(printf '%q ' "$@")"
}

# version_of NAME prints a version from versions.sh without leaving that file's variables in the caller's shell.
version_of() { sed -n "s/^$1_VERSION=\([^ ]*\).*/\1/p" "$SLIPWAY_ROOT/toolchain/versions.sh"; }

# The administrators' programs (dockerd, sshd, debootstrap), which an ordinary login on Debian does not have on PATH.
for folder in /usr/local/sbin /usr/sbin /sbin; do
  [[ :$PATH: == *:$folder:* ]] || PATH+=:$folder
done

# Go, if bootstrap found no recent one on PATH: the one it downloaded, or the usual place.
command -v go >/dev/null || PATH="$PATH:/usr/local/go/bin"
for folder in "$SLIPWAY_CACHE"/go/*/bin "$SLIPWAY_CACHE"/go-pypi/bin; do
  [[ ! -x $folder/go ]] || first_on_path "$folder"
done
unset folder
first_on_path "$SLIPWAY_CACHE/apprise/v$(version_of APPRISE)"
first_on_path "$SLIPWAY_CACHE/compose-lint/v$(version_of COMPOSE_LINT)"
first_on_path "$SLIPWAY_CACHE/zizmor/v$(version_of ZIZMOR)"
first_on_path "$SLIPWAY_CACHE/shfmt/v$(version_of SHFMT)"
first_on_path "$SLIPWAY_CACHE/act/v$(version_of ACT)"
first_on_path "$SLIPWAY_CACHE/actionlint/v$(version_of ACTIONLINT)"
# A machine's own gh is used before the one that bootstrap builds where there is none.
folder=$SLIPWAY_CACHE/gh/v$(version_of GH)
[[ :$PATH: == *:$folder:* ]] || PATH+=:$folder
unset folder
# The CLI itself comes before npm's wrapper of the same name, which would die of Ctrl-C before the CLI does.
first_on_path "$SLIPWAY_ROOT/node_modules/.bin"
first_on_path "$PULUMI_HOME/versions/$(version_of PULUMI)/bin"
export PATH
