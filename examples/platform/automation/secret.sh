#!/usr/bin/env bash
# Prints a secret of an environment, for settings that say `{ command: … }`: what may read it is a person's or a job's role.
set -euo pipefail
exec aws secretsmanager get-secret-value --secret-id "platform/${1:?environment}/${2:?name}" --query SecretString --output text
