# shellcheck shell=bash
# Pulumi CLI, language host and the plugins command and docker: official ones, or, where only package registries can be
# reached, built here.

pulumi_bin() { printf '%s' "$PULUMI_HOME/versions/$PULUMI_VERSION/bin"; }
pulumi() { "$(project_node)" "$SLIPWAY_ROOT/node_modules/pulumi/run.js" "$@"; }

# sources_hash FOLDER
sources_hash() {
  (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

need_cli() { [[ ! -s $(pulumi_bin)/pulumi ]]; }
plan_cli() {
  if connected; then
    say "Pulumi CLI $PULUMI_VERSION with its language hosts, official release, in $(pulumi_bin) (about 400 MB, 1 min)"
  else
    say "Pulumi CLI $PULUMI_VERSION, built from its Go module, in $(pulumi_bin) (113 MB, 4 min on 2 cores)"
  fi
}
do_cli() {
  if connected; then
    rm -f "$(host_program).stand-in"
    run_logged "download Pulumi CLI" pulumi version
  else
    run_logged "build Pulumi CLI" go_build "$SLIPWAY_ROOT/toolchain/go/pulumi" \
      github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$(pulumi_bin)/pulumi" \
      "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$PULUMI_VERSION"
  fi
}

# stamp_is_current PROGRAM STAMP HASH: a program built from the checkout has a stamp file with the hash of its sources; an
# official program has none.
stamp_is_current() {
  [[ -s $1 ]] || return 1
  [[ ! -e $1.$2 ]] || [[ $(<"$1.$2") == "$3" ]]
}
# stamped_build NAME STAMP SOURCES PACKAGE PROGRAM FLAGS: writes an outdated stamp first, so that a program from an
# interrupted build never passes for the official one.
stamped_build() {
  mkdir -p "$(dirname "$5")"
  : >"$5.$2"
  run_logged "build $1" go_build "$3" "$4" "$5" "$6"
  sources_hash "$3" >"$5.$2"
}
stand_in_is_current() { stamp_is_current "$1" stand-in "$2"; }

host_program() { printf '%s' "$(pulumi_bin)/pulumi-language-nodejs"; }
# need_host: an official download of the CLI brings an official host along; one that is there already stays.
need_host() {
  ! { need_cli && connected; } || return 1
  ! stand_in_is_current "$(host_program)" "$(sources_hash "$SLIPWAY_ROOT/toolchain/language-host")"
}
plan_host() { say "language host for Node.js, a STAND-IN built from toolchain/language-host, next to the CLI (17 MB, 15 s)"; }
do_host() {
  stamped_build "language host" stand-in "$SLIPWAY_ROOT/toolchain/language-host" . "$(host_program)" ""
}

plugin_version() {
  case $1 in
  command) printf '%s' "$COMMAND_VERSION" ;;
  docker) printf '%s' "$DOCKER_PLUGIN_VERSION" ;;
  github) printf '%s' "$GITHUB_PLUGIN_VERSION" ;;
  esac
}
plugin_program() { printf '%s' "$PULUMI_HOME/plugins/resource-$1-v$(plugin_version "$1")/pulumi-resource-$1"; }

# missing_plugins: which of command and docker are missing, or have an outdated stand-in.
missing_plugins() {
  local name hash
  hash=$(sources_hash "$SLIPWAY_ROOT/toolchain/plugins")
  for name in command docker; do
    stand_in_is_current "$(plugin_program "$name")" "$hash" || printf '%s ' "$name"
  done
}

need_plugins() { [[ -n $(missing_plugins) ]]; }
plan_plugins() {
  if connected; then
    say "Pulumi plugins $(missing_plugins)official releases, in $PULUMI_HOME/plugins (about 150 MB, 20 s)"
  else
    say "Pulumi plugins $(missing_plugins)STAND-INS built from toolchain/plugins, in $PULUMI_HOME/plugins (60 MB, 1 min)"
  fi
}
do_plugins() {
  local name program
  for name in $(missing_plugins); do
    program=$(plugin_program "$name")
    if connected; then
      rm -rf "$(dirname "$program")"
      run_logged "install plugin $name" pulumi plugin install resource "$name" "$(plugin_version "$name")"
    else
      stamped_build "plugin $name" stand-in "$SLIPWAY_ROOT/toolchain/plugins" "./$name" "$program" \
        "-X main.version=$(plugin_version "$name")"
    fi
  done
}

# warn_of_stand_ins lists the programs that are not the official ones.
warn_of_stand_ins() {
  local stamp found=""
  for stamp in "$(host_program)" "$(plugin_program command)" "$(plugin_program docker)"; do
    [[ ! -e $stamp.stand-in ]] || found+=" $(basename "$stamp")"
  done
  [[ -z $found ]] || say "NOTE: stand-ins, for machines without the official downloads, not for production:$found"
}
