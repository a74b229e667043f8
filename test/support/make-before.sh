#!/usr/bin/env bash
# Keeps the library of a commit in test/fixtures/before/, for test/e2e/takeover.test.ts: make-before.sh COMMIT
set -euo pipefail
cd "$(dirname "$0")/../.."
commit=$(git rev-parse --short=7 "${1:?which commit?}^{commit}")
file=test/fixtures/before/$commit.tar.gz
git archive --format=tar "$commit" components Pulumi.yaml | gzip -9 --no-name >"$file"
printf '%s: %s bytes\n' "$file" "$(stat -c %s "$file")"
