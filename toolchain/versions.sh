# shellcheck shell=bash disable=SC2034
# Versions that fit together; package.json has the npm part of the list.

PULUMI_VERSION=3.250.0
COMMAND_VERSION=1.2.1
DOCKER_PLUGIN_VERSION=5.2.0
GITHUB_PLUGIN_VERSION=6.15.0
GITHUB_SOURCE_VERSION=6.13.0 # of terraform-provider-github, which that plugin wraps
COMPOSE_VERSION=2.40.3
CADDY_VERSION=2.11.9
ACTIONLINT_VERSION=1.7.12
ACT_VERSION=0.2.89
GH_VERSION=2.96.0
ZIZMOR_VERSION=1.32.0
TRAEFIK_VERSION=3.7.15
SHFMT_VERSION=4.2.0 # of the package shfmt-py, which contains shfmt 3.14.1
COMPOSE_LINT_VERSION=0.36.0
APPRISE_VERSION=2.3.0
GO_VERSION=1.26.8   # downloaded if none is recent enough
GO_NEEDED=1.26.0    # the minimum for the builds
GO_SWITCHING=1.21.0 # from this version on, Go downloads newer Go versions on its own
GO_PYPI_VERSION=1.26.6
