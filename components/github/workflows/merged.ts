/** What nobody merged was not reviewed: a version is released, deployed by hand and returned to only if its commit was merged. */
import { mainBranches, releasedBranches, targetsOf } from "./branches.ts";
import { isShared } from "./elsewhere.ts";
import type { DeploySpec, WorkflowsSpec } from "./spec.ts";
import { byEnvironment, CHECKOUT_ALL, type JobBody, script } from "./steps.ts";

/** Name of the job. */
export const MERGED = "merged";

/**
 * Sets `merged` to how many commits of the branches `$BRANCHES`, or of patterns of them, begin with `$commit`. Looked for
 * among commits, as a tag or branch may bear the name of one.
 */
export const COUNT_MERGED = [
  "refs=()",
  'read -r -a branches <<<"$BRANCHES"',
  'for branch in "${branches[@]}"; do refs+=("refs/remotes/origin/$branch"); done',
  `merged=$(git for-each-ref --format='%(objectname)' "\${refs[@]}" | git rev-list --stdin | grep -c "^$commit" || true)`,
];

/** Whether the versions of these workflows are commits of this repository, as `build` names them. */
export const knowsCommits = (spec: DeploySpec, { build }: WorkflowsSpec): boolean =>
  build !== undefined && !isShared(spec);

/**
 * Before a deployment by hand or of a tag, and before a rollback. The branch of the environment counts, and those that are released.
 * @param orDeployed the environment's name on GitHub; there, what was deployed once may be deployed again, though its branch is gone
 */
export function mergedJob(spec: DeploySpec, workflows: WorkflowsSpec, orDeployed?: string): JobBody {
  const reviewed = [...mainBranches(workflows), ...releasedBranches(workflows)];
  const listed = (...branches: string[]): string => [...new Set([...branches, ...reviewed])].sort().join(" ");
  const branches = Object.entries(targetsOf(spec, workflows)).map(([environment, { on }]): [string, string] => [
    environment,
    on === "tag" ? listed() : listed(on),
  ]);
  return {
    name: "version was merged",
    permissions: { contents: "read", ...(orDeployed ? { deployments: "read" as const } : {}) },
    steps: [
      CHECKOUT_ALL,
      {
        name: "Commit of the version",
        env: {
          ...(orDeployed
            ? {
                VERSION: "${{ inputs.version }}",
                BRANCHES: byEnvironment(branches),
                GH_TOKEN: "${{ github.token }}",
                ENVIRONMENT: orDeployed,
              }
            : { VERSION: "${{ inputs.version || github.ref_name }}", BRANCHES: byEnvironment(branches, listed()) }),
        },
        run: script(...COMMIT, ...COUNT_MERGED, ...(orDeployed ? DEPLOYED : []), ...REFUSE),
      },
    ],
  };
}

/** As `build` names versions. */
const COMMIT = [
  "commit=",
  "if [[ $VERSION =~ ^sha-([0-9a-f]{7,40})$ ]]; then commit=${BASH_REMATCH[1]}; fi",
  'if [[ $VERSION =~ ^v[0-9A-Za-z._+-]+$ ]]; then commit=$(git rev-parse -q --verify "refs/tags/$VERSION^{commit}" || true); fi',
  'if [ -z "$commit" ]; then',
  '  printf "::error::There is no version %q here: write vX.Y.Z of a tag, or sha-<commit>.\\n" "$VERSION"',
  "  exit 1",
  "fi",
];

/** A run by hand is recorded with the commit of its own ref, which is the version's only where it was started from its tag. */
const DEPLOYED = [
  'if [ "$merged" = 0 ]; then',
  `  ids=$(gh api --method GET "repos/$GITHUB_REPOSITORY/deployments" -f environment="$ENVIRONMENT" -F per_page=100 --jq ".[] | select(.sha | startswith(\\"$commit\\")) | .id")`,
  "  for id in $ids; do",
  `    merged=$(gh api "repos/$GITHUB_REPOSITORY/deployments/$id/statuses" --jq '[.[] | select(.state == "success")] | length')`,
  '    [ "$merged" = 0 ] || break',
  "  done",
  "fi",
];

const REFUSE = [
  'if [ "$merged" = 0 ]; then',
  '  echo "::error::$VERSION was not merged: its commit ${commit:0:7} is not part of ${BRANCHES// / or }. Merge it, and deploy the version that is built from there."',
  "  exit 1",
  "fi",
];
