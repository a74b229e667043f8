/** `preview`: comments on a pull request with what it would change. */
import type { Workflow } from "./model.ts";
import { STATE, setupSteps } from "./program.ts";
import type { PreviewSpec, WorkflowsSpec } from "./spec.ts";
import { job, script } from "./steps.ts";

/** Dependabot's pull requests also come from this repository, but get none of its secrets. */
const HAS_SECRETS =
  "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]'";

/** A pull request without secrets gets no preview; a job explains who can provide one. */
export function previewWorkflow(
  { environments, program = "." }: PreviewSpec,
  { runner = "ubuntu-24.04" }: WorkflowsSpec,
): Workflow {
  return {
    name: "preview",
    on: { pull_request: {} },
    concurrency: { group: "preview-${{ github.event.pull_request.number }}", "cancel-in-progress": true },
    jobs: {
      preview: job(runner, {
        name: "preview ${{ matrix.environment }}",
        if: `\${{ ${HAS_SECRETS} }}`,
        permissions: { contents: "read", "pull-requests": "write" },
        strategy: { "fail-fast": false, matrix: { environment: environments } },
        steps: [
          ...setupSteps(program),
          {
            name: "Preview",
            uses: "pulumi/actions",
            with: {
              command: "preview",
              "stack-name": "${{ matrix.environment }}",
              "work-dir": program,
              diff: true,
              refresh: false,
              "comment-on-pr": true,
              "edit-pr-comment": true,
              "github-token": "${{ github.token }}",
            },
            // Hosts are not inspected: a pull request's code must not reach them.
            env: { ...STATE, SLIPWAY_LOOK: "off" },
          },
        ],
      }),
      "without-secrets": job(runner, {
        name: "no preview without secrets",
        if: `\${{ !(${HAS_SECRETS}) }}`,
        permissions: {},
        "timeout-minutes": 5,
        steps: [
          {
            name: "Who can preview it",
            run: script(
              'echo "::notice::Pull requests from forks and from Dependabot get no secrets. A maintainer who has reviewed this one can push it to a branch of this repository and open a pull request from there, which gets a preview."',
            ),
          },
        ],
      }),
    },
  };
}
