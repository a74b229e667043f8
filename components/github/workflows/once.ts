/** A release that is not built again: the image of its commit gets the version as one more tag. */
import type { Step } from "./model.ts";
import { script } from "./steps.ts";

/** Of steps that build; what they do was done when the commit was merged. */
export const NOT_A_RELEASE = "github.ref_type != 'tag'";

/** Outputs its digest. A release that starts with its merge waits for that build: 20 minutes at most. */
export const tagImage: Step = {
  name: "Tag the image of the commit",
  id: "known",
  if: "${{ github.ref_type == 'tag' }}",
  env: { IMAGE: "${{ matrix.image }}", TAGS: "${{ steps.metadata.outputs.tags }}" },
  run: script(
    "built=$IMAGE:sha-${GITHUB_SHA:0:7}",
    "for _ in {1..120}; do",
    `  found=$(docker buildx imagetools inspect "$built" --format '{{json .Manifest}}' 2>&1) && break`,
    "  sleep 10",
    "done",
    `digest=$(jq -r .digest <<<"$found" 2>/dev/null || true)`,
    "if [[ $digest != sha256:* ]]; then",
    '  echo "::error::There is no image $built ($found): the build of this commit failed, or it was not built on a branch. Let it be built, then run this job again."',
    "  exit 1",
    "fi",
    "names=()",
    'while read -r name; do names+=(--tag "$name"); done <<<"$TAGS"',
    // Otherwise an image of one platform would be wrapped, and have another digest.
    'docker buildx imagetools create --prefer-index=false "${names[@]}" "$IMAGE@$digest"',
    'echo "digest=$digest" >>"$GITHUB_OUTPUT"',
  ),
};
