/** `preview`: what a pull request would change, as a comment on it. */
import type { Workflow } from "./model.ts";
import { prepare, STATE } from "./program.ts";
import type { PreviewSpec, WorkflowsSpec } from "./spec.ts";
import { job, script } from "./steps.ts";

/** Dependabot's are of this repository too, and get none of its secrets all the same. */
const OWN =
  "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]'";

/** A pull request without secrets has no preview: it is told who gives it one. */
export function preview(
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
        if: `\${{ ${OWN} }}`,
        permissions: { contents: "read", "pull-requests": "write" },
        strategy: { "fail-fast": false, matrix: { environment: environments } },
        steps: [
          ...prepare(program),
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
            // Hosts are not asked: a pull request's code must not reach them.
            env: { ...STATE, SLIPWAY_LOOK: "off" },
          },
        ],
      }),
      "without-secrets": job(runner, {
        name: "no preview without secrets",
        if: `\${{ !(${OWN}) }}`,
        permissions: {},
        "timeout-minutes": 5,
        steps: [
          {
            name: "Who can preview it",
            run: script(
              'echo "::notice::Pull requests of forks and of Dependabot get no secrets. A maintainer who has read this one can push it to a branch of this repository and open a pull request from there, which is previewed."',
            ),
          },
        ],
      }),
    },
  };
}
