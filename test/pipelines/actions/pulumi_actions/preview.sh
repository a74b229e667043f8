# shellcheck shell=bash
# The preview of STACK, which also becomes a comment on the pull request of GITHUB_EVENT_PATH.
set -euo pipefail
[[ $COMMAND == preview ]] || {
  echo "::error::\"$COMMAND\" is not known here"
  exit 1
}
options=()
[[ $DIFF != true ]] || options+=(--diff)

cd "$FOLDER"
shown=$(mktemp)
trap 'rm -f "$shown"' EXIT
npx pulumi preview "${options[@]}" --non-interactive --stack "$STACK" | tee "$shown"
[[ $COMMENT == true ]] || exit 0

number=$(jq .pull_request.number "$GITHUB_EVENT_PATH")
# shellcheck disable=SC2016
jq --raw-input --slurp --arg stack "$STACK" '{ body: "#### `preview` on \($stack)\n\n<pre>\n\(.)</pre>\n" }' "$shown" |
  curl --silent --show-error --fail --output /dev/null --data-binary @- --header 'Content-Type: application/json' \
    --header @<(printf 'Authorization: Bearer %s\n' "$TOKEN") "$SANDBOX_GITHUB/repos/$GITHUB_REPOSITORY/issues/$number/comments"
