/**
 * Four eyes also where a workflow started a deployment. GitHub then takes the workflow for who started it, so the person
 * behind it could approve it.
 */
import { isShared } from "./elsewhere.ts";
import type { Permissions, Step } from "./model.ts";
import type { DeploySpec, WorkflowsSpec } from "./spec.ts";
import { script } from "./steps.ts";

/** Of a job with these steps. */
export const APPROVED_PERMISSIONS: Permissions = { actions: "read" };

/**
 * The first steps of a job in an environment with reviewers. Who runs a program of several applications is told by
 * nobody: its deployments are started from their own repositories.
 * @param environment its name on GitHub; an expression, where it is chosen
 */
export const approvedSteps = (spec: DeploySpec, { release }: WorkflowsSpec, environment: string): Step[] =>
  isShared(spec)
    ? []
    : [
        {
          name: "Approved by somebody else",
          if: "${{ endsWith(github.actor, '[bot]') && (github.event_name == 'workflow_dispatch' || github.ref_type == 'tag') }}",
          env: { GH_TOKEN: "${{ github.token }}", ENVIRONMENT: environment, VERSION: "${{ inputs.version }}" },
          run: script(...APPROVERS, ...(release ? [...STARTERS, ...JUDGE] : UNKNOWN)),
        },
      ];

const RUN = "repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID";

/** Nobody, where an administrator passed over the reviewers: `adminBypass`. */
const APPROVERS = [
  "if ! command -v gh >/dev/null; then",
  '  echo "::error::This runner has no gh, by which it is seen who approved what a workflow started. Install it there."',
  "  exit 1",
  "fi",
  `approvers=$(gh api "${RUN}/approvals" --jq '.[] | select(.state == "approved" and any(.environments[]; (.name | ascii_downcase) == (env.ENVIRONMENT | ascii_downcase))) | .user.login')`,
  '[ -n "$approvers" ] || exit 0',
];

/**
 * Who stands behind the release of this commit that ran when this run was started, and no bot: nobody else is believed to
 * have started it. A tag is the app's own, which may come after its release ended.
 */
const STARTERS = [
  `CREATED=$(gh api "${RUN}" --jq .created_at)`,
  "export CREATED",
  'starters=""',
  // What `release` starts by hand is its own tag.
  'if [ "${VERSION:-$GITHUB_REF_NAME}" = "$GITHUB_REF_NAME" ]; then',
  `  starters=$(gh api "repos/$GITHUB_REPOSITORY/actions/workflows/release.yml/runs?head_sha=$GITHUB_SHA" --jq '.workflow_runs[] | select(.created_at <= env.CREATED and (.status != "completed" or .updated_at >= env.CREATED or env.GITHUB_EVENT_NAME == "push")) | .actor.login, .triggering_actor.login | select(endswith("[bot]") | not)')`,
  "fi",
];

const UNKNOWN = [
  'echo "::error::$GITHUB_ACTOR started this, and not by a release of this commit, so nobody knows who is behind it. Start the deployment by hand."',
  "exit 1",
];

const JUDGE = [
  `if [ -z "$starters" ]; then`,
  ...UNKNOWN.map((line) => `  ${line}`),
  "fi",
  'if ! grep -q -v -x -F -e "$starters" <<<"$approvers"; then',
  "  echo \"::error::${starters%%$'\\n'*} released this version and approved its deployment alone. Somebody else must: run this job again.\"",
  "  exit 1",
  "fi",
];
