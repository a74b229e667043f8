/** `deploy`: brings a commit to its environments. */

import { mapValues } from "../../shared/records.ts";
import { APPROVED_PERMISSIONS, approvedSteps } from "./approved.ts";
import { deployBranches, type Environments, nameOn, tagHint, targetsOf } from "./branches.ts";
import { buildPermissions, digestOutput, needsPassword } from "./build.ts";
import { credentialsOf } from "./credentials.ts";
import { applicationsOf, isShared, SHARED_DEPLOYMENT, startSteps } from "./elsewhere.ts";
import { knowsCommits, MERGED, mergedJob } from "./merged.ts";
import type { CallJob, Concurrency, Input, Job, Step, Workflow } from "./model.ts";
import { leaveNetworkSteps, networkSteps, setupSteps, upSteps } from "./program.ts";
import { runnerOf } from "./runners.ts";
import { securityPermissions } from "./security.ts";
import type { DeploySpec, DeployTarget, WorkflowsSpec } from "./spec.ts";
import { job, REGISTRY_PASSWORD, script } from "./steps.ts";

export const MANUAL = "github.event_name == 'workflow_dispatch'";

export function deployWorkflow(spec: DeploySpec, workflows: WorkflowsSpec, environments: Environments): Workflow {
  const targets = targetsOf(spec, workflows);
  const branches = deployBranches(spec, workflows);
  const before: Record<string, CallJob> = {
    ...mapValues(checkJobs(workflows), onPush),
    ...(workflows.build
      ? {
          build: {
            ...onPush(callJob("build", workflows.ci ? ["ci"] : [], buildPermissions(workflows.build))),
            ...(needsPassword(workflows.build)
              ? { secrets: { [REGISTRY_PASSWORD]: `\${{ secrets.${REGISTRY_PASSWORD} }}` } }
              : {}),
          },
        }
      : {}),
  };
  const asksMerged = knowsCommits(spec, workflows);
  return {
    name: "deploy",
    "run-name": isShared(spec) ? SHARED_DEPLOYMENT : manualRunName("deploy"),
    on: {
      push: {
        ...(branches.length > 0 ? { branches } : {}),
        ...(Object.values(targets).some(({ on }) => on === "tag") ? { tags: ["v*"] } : {}),
      },
      workflow_dispatch: {
        inputs: {
          environment: {
            description: `Environment to deploy to${tagHint(targets)}`,
            type: "choice",
            required: true,
            options: Object.keys(targets),
          },
          ...applicationInput(spec),
          version: { description: "Version to deploy: vX.Y.Z or sha-<commit>", type: "string", required: true },
          ...(isShared(spec)
            ? {
                digest: {
                  description: "Digest of its image; empty: the one of its tag",
                  type: "string",
                  required: false,
                },
              }
            : {}),
        },
      },
    },
    jobs: {
      ...before,
      ...(asksMerged
        ? {
            [MERGED]: job(runnerOf(workflows, "checks"), {
              ...mergedJob(spec, workflows),
              if: `\${{ ${MANUAL} || ${TAG} }}`,
            }),
          }
        : {}),
      ...Object.fromEntries(
        Object.entries(targets).map(([environment, target]) => [
          `deploy-${environment}`,
          deploymentJob(spec, workflows, environment, environments, target, Object.keys(before)),
        ]),
      ),
    },
  };
}

/** The checks that a commit must pass on its way to an environment or into a release. */
export const checkJobs = (workflows: WorkflowsSpec): Record<string, CallJob> => ({
  ...(workflows.ci ? { ci: callJob("ci", [], { contents: "read" }) } : {}),
  ...(workflows.security ? { security: callJob("security", [], securityPermissions(workflows.security)) } : {}),
});

/** Where the program deploys several, which one. */
export const applicationInput = (spec: DeploySpec): Record<string, Input> =>
  isShared(spec)
    ? {
        application: {
          description: "Application",
          type: "choice",
          required: true,
          options: applicationsOf(spec),
        },
      }
    : {};

/** A manual run skips it, and deploys what was checked and built before. */
const onPush = ({ name, needs, ...rest }: CallJob): CallJob => ({
  name,
  ...(needs ? { needs } : {}),
  if: `\${{ !(${MANUAL}) }}`,
  ...rest,
});

/** Calls another workflow of the repository. */
const callJob = (name: "ci" | "security" | "build", needs: string[], permissions: CallJob["permissions"]): CallJob => ({
  name,
  ...(needs.length > 0 ? { needs } : {}),
  permissions,
  uses: `./.github/workflows/${name}.yml`,
});

function deploymentJob(
  spec: DeploySpec,
  workflows: WorkflowsSpec,
  stack: string,
  environments: Environments,
  target: DeployTarget,
  before: string[],
): Job {
  const name = nameOn(environments, stack);
  const asksWho = environments.get(stack)?.reviewed === true;
  const merged = knowsCommits(spec, workflows) ? [MERGED] : [];
  const after = target.after ? [`deploy-${target.after}`] : [];
  const image = workflows.build?.images.find(({ name }) => name === spec.image) ?? workflows.build?.images[0];
  const wanted = {
    environment: stack,
    version: versionOf(spec, workflows),
    ...(image ? { digest: `\${{ needs.build.outputs.${digestOutput(image)} }}` } : {}),
    ...(isShared(spec) ? { digest: "${{ inputs.digest }}" } : {}),
  };
  return job(runnerOf(workflows, "deploy"), {
    name: `deploy to ${stack}`,
    needs: [...before, ...after, ...merged],
    if: conditionOf(stack, target, [...before, ...after], merged),
    "timeout-minutes": spec.minutes ?? 30,
    environment: { name, ...(target.url ? { url: target.url } : {}) },
    concurrency: deployConcurrency(stack),
    permissions: {
      ...(spec.repository ? {} : credentialsOf(workflows).permissions),
      ...(asksWho ? APPROVED_PERMISSIONS : {}),
    },
    steps: [
      ...(asksWho ? approvedSteps(spec, workflows, name) : []),
      ...windowSteps(target.window),
      ...(spec.repository
        ? startSteps(spec, workflows, wanted)
        : [
            ...networkSteps(spec, workflows),
            ...setupSteps(spec.program),
            ...upSteps(spec, workflows, wanted),
            ...leaveNetworkSteps(spec),
          ]),
    ],
  });
}

/** A push to a program of several applications changes none of their versions. */
function versionOf(spec: DeploySpec, { build }: WorkflowsSpec): string {
  if (isShared(spec)) return "${{ inputs.version }}";
  return build ? "${{ inputs.version || needs.build.outputs.version }}" : "${{ inputs.version || github.ref_name }}";
}

/** Names a manual run after what it deploys, which its ref does not show; other runs keep GitHub's own name. `rollback` reads it. */
export const manualRunName = (what: string): string =>
  `\${{ inputs.version && format('${what} {0}: {1}', inputs.environment, inputs.version) || '' }}`;

/** One deployment per environment at a time; neither a running one nor one that waits is ever cancelled. */
export const deployConcurrency = (environment: string): Concurrency => ({
  group: `deploy-${environment}`,
  "cancel-in-progress": false,
  queue: "max",
});

/** For a manual run: the chosen environment. Otherwise: the branch or tag. And everything that is needed then has succeeded. */
function conditionOf(environment: string, { on }: DeployTarget, before: string[], merged: string[]): string {
  const succeeded = (jobs: string[]) => jobs.map((name) => `needs.${name}.result == 'success'`);
  const manual = [MANUAL, `inputs.environment == '${environment}'`, ...succeeded(merged)].join(" && ");
  const checked = [...before, ...(on === "tag" ? merged : [])];
  const automatic = [`!(${MANUAL})`, refCondition(on), ...succeeded(checked)].join(" && ");
  return `\${{ !cancelled() && ((${manual}) || (${automatic})) }}`;
}

/** A push of a version's tag. */
const TAG = "startsWith(github.ref, 'refs/tags/v')";

function refCondition(on: DeployTarget["on"]): string {
  if (on === "tag") return TAG;
  if (on.endsWith("*")) return `startsWith(github.ref, 'refs/heads/${on.replace(/\*+$/, "")}')`;
  return `github.ref == 'refs/heads/${on}'`;
}

function windowSteps(window: DeployTarget["window"]): Step[] {
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
