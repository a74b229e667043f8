/** `preview`: comments on a pull request with what it would change. */
import { type Environments, nameOn } from "./branches.ts";
import { credentialsOf } from "./credentials.ts";
import type { Workflow } from "./model.ts";
import { checkJob, packsOf, tellStep } from "./policies.ts";
import { setupSteps } from "./program.ts";
import { runnerOf } from "./runners.ts";
import type { PreviewSpec, WorkflowsSpec } from "./spec.ts";
import { job, script } from "./steps.ts";

/** Dependabot's pull requests also come from this repository, but get none of its secrets. */
const HAS_SECRETS =
  "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]'";

/**
 * The environment whose secrets a preview gets: it opens one stack, and holds no key of a host.
 * @param environment name of the one that is deployed to
 */
export const previewEnvironment = (environment: string): string => `${environment}-preview`;

/** A pull request without secrets gets no preview; a job explains who can provide one. */
export function previewWorkflow(
  { environments: stacks, program = "." }: PreviewSpec,
  workflows: WorkflowsSpec,
  environments: Environments,
): Workflow {
  const { steps: login, env, permissions } = credentialsOf(workflows);
  const runner = runnerOf(workflows, "checks");
  const packs = packsOf(workflows);
  const isJudged = packs.length > 0;
  return {
    name: "preview",
    on: { pull_request: {} },
    concurrency: { group: "preview-${{ github.event.pull_request.number }}", "cancel-in-progress": true },
    jobs: {
      preview: job(runner, {
        name: "preview ${{ matrix.stack }}",
        if: `\${{ ${HAS_SECRETS} }}`,
        permissions: { ...permissions, "pull-requests": "write" },
        environment: { name: "${{ matrix.environment }}", deployment: false },
        strategy: {
          "fail-fast": false,
          matrix: {
            include: stacks.map((stack) => ({ stack, environment: previewEnvironment(nameOn(environments, stack)) })),
          },
        },
        steps: [
          ...setupSteps(program),
          ...login,
          {
            name: "Preview",
            ...(isJudged ? { id: "preview" } : {}),
            uses: "pulumi/actions",
            with: {
              command: "preview",
              "stack-name": "${{ matrix.stack }}",
              "work-dir": program,
              diff: true,
              refresh: false,
              "comment-on-pr": true,
              "edit-pr-comment": true,
              "github-token": "${{ github.token }}",
              ...(isJudged ? { policyPacks: packs.join("\n") } : {}),
            },
            // Hosts are not inspected: a pull request's code must not reach them.
            env: { ...env, SLIPWAY_LOOK: "off" },
          },
          ...(isJudged ? [tellStep("preview", program)] : []),
        ],
      }),
      ...(isJudged ? { check: job(runner, checkJob(workflows, stacks, program, setupSteps(program))) } : {}),
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
