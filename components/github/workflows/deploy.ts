/** `deploy`: a commit to its environments. */
import { deployBranches, type Names, onTags, targetsOf } from "./branches.ts";
import { buildPermissions, digestOutput, needsPassword } from "./build.ts";
import type { CallJob, Job, Step, Workflow } from "./model.ts";
import { leaveNetwork, network, prepare, up } from "./program.ts";
import { securityPermissions } from "./security.ts";
import type { DeploySpec, DeployTarget, WorkflowsSpec } from "./spec.ts";
import { job, REGISTRY_PASSWORD, script } from "./steps.ts";

export const MANUAL = "github.event_name == 'workflow_dispatch'";

export function deploy(spec: DeploySpec, workflows: WorkflowsSpec, names: Names): Workflow {
  const targets = targetsOf(spec, workflows);
  const branches = deployBranches(spec, workflows);
  const before: Record<string, CallJob> = {
    ...checks(workflows),
    ...(workflows.build
      ? {
          build: {
            ...called("build", workflows.ci ? ["ci"] : [], buildPermissions(workflows.build)),
            ...(needsPassword(workflows.build)
              ? { secrets: { [REGISTRY_PASSWORD]: `\${{ secrets.${REGISTRY_PASSWORD} }}` } }
              : {}),
          },
        }
      : {}),
  };
  return {
    name: "deploy",
    "run-name": manualName("deploy"),
    on: {
      push: {
        ...(branches.length > 0 ? { branches } : {}),
        ...(Object.values(targets).some(({ on }) => on === "tag") ? { tags: ["v*"] } : {}),
      },
      workflow_dispatch: {
        inputs: {
          environment: {
            description: `Where to${onTags(targets)}`,
            type: "choice",
            required: true,
            options: Object.keys(targets),
          },
          version: { description: "What: vX.Y.Z, or sha-<commit>", type: "string", required: true },
        },
      },
    },
    jobs: {
      ...before,
      ...Object.fromEntries(
        Object.entries(targets).map(([environment, target]) => [
          `deploy-${environment}`,
          deployment(
            spec,
            workflows,
            { stack: environment, name: names.get(environment) ?? environment },
            target,
            Object.keys(before),
          ),
        ]),
      ),
    },
  };
}

/** What a commit must pass on its way to an environment. */
export const checks = (workflows: WorkflowsSpec): Record<string, CallJob> => ({
  ...(workflows.ci ? { ci: called("ci", [], { contents: "read" }) } : {}),
  ...(workflows.security ? { security: called("security", [], securityPermissions(workflows.security)) } : {}),
});

/** Another workflow of the repository. A manual run deploys what was built before. */
const called = (name: "ci" | "security" | "build", needs: string[], permissions: CallJob["permissions"]): CallJob => ({
  name,
  ...(needs.length > 0 ? { needs } : {}),
  if: `\${{ !(${MANUAL}) }}`,
  permissions,
  uses: `./.github/workflows/${name}.yml`,
});

function deployment(
  spec: DeploySpec,
  workflows: WorkflowsSpec,
  { stack, name }: { stack: string; name: string },
  target: DeployTarget,
  before: string[],
): Job {
  const needs = [...before, ...(target.after ? [`deploy-${target.after}`] : [])];
  const image = workflows.build?.images.find(({ name }) => name === spec.image) ?? workflows.build?.images[0];
  const version = workflows.build
    ? "${{ inputs.version || needs.build.outputs.version }}"
    : "${{ inputs.version || github.ref_name }}";
  return job(workflows.runner ?? "ubuntu-24.04", {
    name: `deploy to ${stack}`,
    needs,
    if: condition(stack, target, needs),
    "timeout-minutes": spec.minutes ?? 30,
    environment: { name, ...(target.url ? { url: target.url } : {}) },
    concurrency: oneAtATime(stack),
    steps: [
      ...inWindow(target.window),
      ...network(spec.network),
      ...prepare(spec.program),
      ...up(spec, {
        environment: stack,
        version,
        ...(image ? { digest: `\${{ needs.build.outputs.${digestOutput(image)} }}` } : {}),
      }),
      ...leaveNetwork(spec.network),
    ],
  });
}

/** Tells what a run by hand deploys, which its ref does not; all others keep GitHub's own name. `rollback` reads it. */
export const manualName = (what: string): string =>
  `\${{ inputs.version && format('${what} {0}: {1}', inputs.environment, inputs.version) || '' }}`;

/** One deployment of an environment at a time; the one that runs is never broken off. */
export const oneAtATime = (environment: string) => ({ group: `deploy-${environment}`, "cancel-in-progress": false });

/** By hand: the environment that was chosen. Else: what its branch or tag says, when all that it needs went well. */
function condition(environment: string, { on }: DeployTarget, needs: string[]): string {
  const ref =
    on === "tag"
      ? "startsWith(github.ref, 'refs/tags/v')"
      : on.endsWith("*")
        ? `startsWith(github.ref, 'refs/heads/${on.replace(/\*+$/, "")}')`
        : `github.ref == 'refs/heads/${on}'`;
  const went = needs.map((name) => `needs.${name}.result == 'success'`);
  return `\${{ !cancelled() && ((${MANUAL} && inputs.environment == '${environment}') || (${[`!(${MANUAL})`, ref, ...went].join(" && ")})) }}`;
}

function inWindow(window: DeployTarget["window"]): Step[] {
  if (!window) return [];
  return [
    {
      name: "Deployment window",
      env: { DAYS: window.days.join(" "), FROM: window.from, UNTIL: window.until },
      run: script(
        "day=$(date -u +%u) now=$(date -u +%H:%M)",
        'if [[ " $DAYS " != *" $day "* || $now < $FROM || ! $now < $UNTIL ]]; then',
        '  echo "::error::It is $now UTC on day $day of the week; deployments are allowed from $FROM to $UNTIL UTC on days $DAYS (1 is Monday). Run this job again inside the window."',
        "  exit 1",
        "fi",
      ),
    },
  ];
}
