# shellcheck shell=bash
# npm packages, including the project's own Node 24.

project_node() { printf '%s' "$SLIPWAY_ROOT/node_modules/.bin/node"; }

need_modules() {
  [[ -x $(project_node) ]] || return 0
  ! "$(project_node)" "$SLIPWAY_ROOT/toolchain/modules.ts" "$SLIPWAY_ROOT"
}
plan_modules() {
  command -v npm >/dev/null || say "nodejs and npm, system-wide, from apt (to run npm; about 150 MB, 1 min)"
  say "npm packages in package-lock.json, with Node 24, in node_modules/ (about 800 MB, 30 s)"
}
do_modules() {
  command -v npm >/dev/null || apt_install nodejs npm
  run_logged "npm ci" npm --prefix "$SLIPWAY_ROOT" ci --no-audit --no-fund --ignore-scripts --loglevel=error
  run_logged "npm rebuild node" npm --prefix "$SLIPWAY_ROOT" rebuild node --loglevel=error
  [[ -x $(project_node) ]] ||
    die "npm did not install node_modules/.bin/node; does the npm package \"node\" support this platform ($(uname -sm))?"
}
