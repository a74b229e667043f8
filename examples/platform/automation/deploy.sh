#!/usr/bin/env bash
# Deploys from this checkout: what the workflow `deploy` does, by hand. Its plan is shown, and asked about.
set -euo pipefail

usage() { echo "usage: automation/deploy.sh --env {dev|test|prod} [--version VERSION]" >&2; }

env='' version=()
while (($# > 0)); do
  case $1 in
    --env) env=${2:-} && shift ;;
    --version) version=(--version "${2:?--version needs a version}") && shift ;;
    *) usage && exit 64 ;;
  esac
  shift
done
case $env in
  dev | test | prod) ;;
  *) usage && exit 64 ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/../infra"
exec npm exec --no -- slipway deploy platform --env "$env" "${version[@]}"
