# shellcheck shell=bash
# npm packages, among them the project's own Node 24.

project_node() { printf '%s' "$SLIPWAY_ROOT/node_modules/.bin/node"; }

need_modules() {
  [[ -x $(project_node) ]] || return 0
  ! "$(project_node)" "$SLIPWAY_ROOT/toolchain/modules.ts" "$SLIPWAY_ROOT"
}
plan_modules() {
  command -v npm >/dev/null || say "nodejs and npm, system-wide, from apt (to run npm with; about 150 MB, 1 min)"
  say "npm packages of package-lock.json, with Node 24, in node_modules/ (about 800 MB, 30 s)"
}
do_modules() {
  command -v npm >/dev/null || apt_install nodejs npm
  run_logged "npm ci" npm --prefix "$SLIPWAY_ROOT" ci --no-audit --no-fund --ignore-scripts --loglevel=error
  run_logged "npm rebuild node" npm --prefix "$SLIPWAY_ROOT" rebuild node --loglevel=error
  [[ -x $(project_node) ]] ||
    die "npm installed no node_modules/.bin/node; is this a platform that the npm package \"node\" serves? ($(uname -sm))"
}
