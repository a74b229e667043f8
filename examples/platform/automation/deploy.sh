#!/usr/bin/env bash
# Deploys from this checkout: what the workflow `deploy` does, by hand. Its plan is shown, and asked about.
set -euo pipefail

usage() {
  echo "usage: automation/deploy.sh --env {dev|test|prod} [--version VERSION]" >&2
  exit 64
}

env='' version=()
while (($# > 0)); do
  (($# > 1)) || usage
  case $1 in
  --env) env=$2 ;;
  --version) version=(--version "$2") ;;
  *) usage ;;
  esac
  shift 2
done
[[ $env =~ ^(dev|test|prod)$ ]] || usage

cd "$(dirname "${BASH_SOURCE[0]}")/../infra"
exec npm exec --no -- slipway deploy platform --env "$env" "${version[@]}"
