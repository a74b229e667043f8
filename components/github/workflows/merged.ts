/** What nobody merged was not reviewed: a version is released, deployed by hand or by its tag, and returned to only if its commit was merged. */
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
 * Before a deployment by hand or of a tag, and before a rollback. The branch of the environment counts, and those that are
 * released. What was deployed once does not: whoever may write may record a deployment.
 */
export function mergedJob(spec: DeploySpec, workflows: WorkflowsSpec): JobBody {
  const reviewed = [...mainBranches(workflows), ...releasedBranches(workflows)];
  const listed = (...branches: string[]): string => [...new Set([...branches, ...reviewed])].sort().join(" ");
  const branches = Object.entries(targetsOf(spec, workflows)).map(([environment, { on }]): [string, string] => [
    environment,
    on === "tag" ? listed() : listed(on),
  ]);
  return {
    name: "version was merged",
    steps: [
      CHECKOUT_ALL,
      {
        name: "Commit of the version",
        env: { VERSION: "${{ inputs.version || github.ref_name }}", BRANCHES: byEnvironment(branches, listed()) },
        run: script(...COMMIT, ...COUNT_MERGED, ...REFUSE),
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

/** @param what was not merged, and what is to be done */
export const refuseUnmerged = (what: string, remedy: string): string[] => [
  'if [ "$merged" = 0 ]; then',
  `  echo "::error::${what} is not part of \${BRANCHES// / or }. Merge it, and ${remedy}."`,
  "  exit 1",
  "fi",
];

const REFUSE = refuseUnmerged(
  "$VERSION was not merged: its commit ${commit:0:7}",
  "deploy the version that is built from there",
);
