# shellcheck shell=bash
# To be sourced by scripts: the project's Node and Pulumi first on PATH, nothing that phones home.

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

# in_docker_group COMMAND…: where this login is older than its membership in the group docker, COMMAND goes on in a
# shell that has it, in the place of this one.
in_docker_group() {
  local member
  [[ -z ${SLIPWAY_JOINED:-} ]] && command -v sg >/dev/null || return 0
  [[ " $(id -nG) " != *" docker "* ]] || return 0
  member=" $(id -nG "$(id -un)") "
  [[ $member != *" docker "* ]] || SLIPWAY_JOINED=1 exec sg docker -c "$(printf '%q ' "$@")"
}

# version_of NAME, as in versions.sh, whose variables are not to stay in the caller's shell.
version_of() { sed -n "s/^$1_VERSION=\([^ ]*\).*/\1/p" "$SLIPWAY_ROOT/toolchain/versions.sh"; }

# Go, where bootstrap found none that is new enough on PATH: the one that it fetched, or the usual place.
command -v go >/dev/null || PATH="$PATH:/usr/local/go/bin"
for folder in "$SLIPWAY_CACHE"/go/*/bin "$SLIPWAY_CACHE"/go-pypi/bin; do
  [[ ! -x $folder/go ]] || first_on_path "$folder"
done
unset folder
first_on_path "$SLIPWAY_CACHE/zizmor/v$(version_of ZIZMOR)"
first_on_path "$SLIPWAY_CACHE/shfmt/v$(version_of SHFMT)"
first_on_path "$SLIPWAY_CACHE/act/v$(version_of ACT)"
first_on_path "$SLIPWAY_CACHE/actionlint/v$(version_of ACTIONLINT)"
# The CLI itself goes before npm's wrapper of the same name, which dies of Ctrl-C ahead of the CLI.
first_on_path "$SLIPWAY_ROOT/node_modules/.bin"
first_on_path "$PULUMI_HOME/versions/$(version_of PULUMI)/bin"
export PATH
