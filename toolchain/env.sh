# shellcheck shell=bash
# To be sourced by scripts: the project's Node and Pulumi first on PATH, nothing that phones home.

SLIPWAY_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SLIPWAY_CACHE=${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
PULUMI_HOME=${PULUMI_HOME:-$HOME/.pulumi}
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$SLIPWAY_CACHE/node-compile-cache}
PULUMI_SKIP_UPDATE_CHECK=1
export SLIPWAY_ROOT SLIPWAY_CACHE PULUMI_HOME NODE_COMPILE_CACHE PULUMI_SKIP_UPDATE_CHECK

case ":$PATH:" in
*":$SLIPWAY_ROOT/node_modules/.bin:"*) ;;
*) export PATH="$SLIPWAY_ROOT/node_modules/.bin:$PATH" ;;
esac
