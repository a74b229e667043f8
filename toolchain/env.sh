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

# The CLI itself goes before npm's wrapper of the same name, which dies of Ctrl-C ahead of the CLI.
first_on_path "$SLIPWAY_ROOT/node_modules/.bin"
first_on_path "$PULUMI_HOME/versions/$(sed -n 's/^PULUMI_VERSION=//p' "$SLIPWAY_ROOT/toolchain/versions.sh")/bin"
export PATH
