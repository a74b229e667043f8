# shellcheck shell=bash
# The GitHub plugin: the official one, or, where only package registries can be reached, one built from the provider's
# source with the Terraform bridge.

github_sources() { printf '%s' "$SLIPWAY_ROOT/toolchain/go/github"; }

need_github() { ! stamp_is_current "$(plugin_program github)" bridge "$(sources_hash "$(github_sources)")"; }
plan_github() {
  local folder
  folder=$(dirname "$(plugin_program github)")
  if connected; then
    say "Pulumi plugin github $GITHUB_PLUGIN_VERSION, official release, in $folder (about 60 MB, 10 s)"
  else
    say "Pulumi plugin github $GITHUB_PLUGIN_VERSION, built from the provider's source with the Terraform bridge," \
      "not the official binary, in $folder (45 MB, 3 min on 2 cores)"
  fi
}
do_github() {
  local program
  program=$(plugin_program github)
  if connected; then
    rm -rf "$(dirname "$program")"
    run_logged "install plugin github" pulumi plugin install resource github "$GITHUB_PLUGIN_VERSION"
  else
    stamped_build "plugin github" bridge "$(github_sources)" . "$program" \
      "-X main.version=$GITHUB_PLUGIN_VERSION -X main.source=$GITHUB_SOURCE_VERSION"
  fi
}

# warn_of_bridge_build warns if the GitHub plugin is not the official program.
warn_of_bridge_build() {
  [[ ! -e $(plugin_program github).bridge ]] ||
    say "NOTE: pulumi-resource-github is built from the provider's source with the Terraform bridge, not the official binary"
}
