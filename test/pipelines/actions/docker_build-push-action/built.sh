# shellcheck shell=bash
# Builds and pushes; the output `digest` is the registry's.
set -euo pipefail
# The classic builder serves where the client lacks the buildx plugin.
DOCKER_BUILDKIT=0
! docker buildx version >/dev/null 2>&1 || DOCKER_BUILDKIT=1
export DOCKER_BUILDKIT

: "${TAGS=}" "${TARGET=}" "${LABELS=}" "${ARGS=}"
# The label is for who cleans up, after all jobs: another may be building the same.
options=(--file "$DOCKERFILE" --network none --label slipway.pipelines=)
tags=()
[[ -z $TARGET ]] || options+=(--target "$TARGET")
while IFS= read -r tag; do [[ -z $tag ]] || tags+=("$tag") options+=(--tag "$tag"); done <<<"$TAGS"
while IFS= read -r label; do [[ -z $label ]] || options+=(--label "$label"); done <<<"$LABELS"
while IFS= read -r argument; do [[ -z $argument ]] || options+=(--build-arg "$argument"); done <<<"$ARGS"
image=$(docker build --quiet "${options[@]}" "$CONTEXT")
echo "built $image"
[[ $PUSH == true ]] || exit 0

for tag in "${tags[@]}"; do
  said=$(docker push "$tag")
  digest=$(sed -n 's/^.*digest: \(sha256:[0-9a-f]*\) size.*/\1/p' <<<"$said")
  [[ -n $digest ]] || {
    echo "$said"
    exit 1
  }
  echo "pushed $tag $digest"
done
echo "digest=$digest" >>"$GITHUB_OUTPUT"
