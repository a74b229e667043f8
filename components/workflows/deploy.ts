/** `deploy`: a commit to its environments; `rollback`: one of them to a version that it had. */
import { deployBranches, targetsOf } from "./branches.ts";
import { digestOutput, needsPassword } from "./build.ts";
import type { CallJob, Job, Step, Workflow } from "./model.ts";
import { leaveNetwork, network, prepare, up } from "./program.ts";
import type { DeploySpec, DeployTarget, WorkflowsSpec } from "./spec.ts";
import { job, REGISTRY_PASSWORD, script } from "./steps.ts";

const MANUAL = "github.event_name == 'workflow_dispatch'";

export function deploy(spec: DeploySpec, workflows: WorkflowsSpec): Workflow {
  const targets = targetsOf(spec, workflows);
  const branches = deployBranches(spec, workflows);
  const before: Record<string, CallJob> = {
    ...(workflows.ci ? { ci: called("ci", [], { contents: "read" }) } : {}),
    ...(workflows.build ? { build: {
      ...called("build", workflows.ci ? ["ci"] : [], { attestations: "write", contents: "read", "id-token": "write", packages: "write" }),
      ...(needsPassword(workflows.build) ? { secrets: { [REGISTRY_PASSWORD]: `\${{ secrets.${REGISTRY_PASSWORD} }}` } } : {}),
    } } : {}),
  };
  return {
    name: "deploy",
    on: {
      push: { ...(branches.length > 0 ? { branches } : {}), ...(Object.values(targets).some(({ on }) => on === "tag") ? { tags: ["v*"] } : {}) },
      workflow_dispatch: { inputs: {
        environment: { description: "Where to", type: "choice", required: true, options: Object.keys(targets) },
        version: { description: "What: vX.Y.Z, or sha-<commit>", type: "string", required: true },
      } },
    },
    jobs: {
      ...before,
      ...Object.fromEntries(Object.entries(targets).map(([environment, target]) => [`deploy-${environment}`, deployment(spec, workflows, environment, target, Object.keys(before))])),
    },
  };
}

/** Another workflow of the repository. A manual run deploys what was built before. */
const called = (name: "ci" | "build", needs: string[], permissions: CallJob["permissions"]): CallJob =>
  ({ name, ...(needs.length > 0 ? { needs } : {}), if: `\${{ !(${MANUAL}) }}`, permissions, uses: `./.github/workflows/${name}.yml` });

function deployment(spec: DeploySpec, workflows: WorkflowsSpec, environment: string, target: DeployTarget, before: string[]): Job {
  const needs = [...before, ...(target.after ? [`deploy-${target.after}`] : [])];
  const image = workflows.build?.images.find(({ name }) => name === spec.image) ?? workflows.build?.images[0];
  const version = workflows.build ? "${{ inputs.version || needs.build.outputs.version }}" : "${{ inputs.version || github.ref_name }}";
  return job(workflows.runner ?? "ubuntu-24.04", {
    name: `deploy to ${environment}`, needs, if: condition(environment, target, needs), "timeout-minutes": spec.minutes ?? 30,
    environment: { name: environment, ...(target.url ? { url: target.url } : {}) },
    concurrency: oneAtATime(environment),
    steps: [
      ...inWindow(target.window),
      ...network(spec.network), ...prepare(spec.program),
      ...up(spec, { environment, version, ...(image ? { digest: `\${{ needs.build.outputs.${digestOutput(image)} }}` } : {}) }),
      ...leaveNetwork(spec.network),
    ],
  });
}

/** One deployment of an environment at a time; the one that runs is never broken off. */
const oneAtATime = (environment: string) => ({ group: `deploy-${environment}`, "cancel-in-progress": false });

/** By hand: the environment that was chosen. Else: what its branch or tag says, when all that it needs went well. */
function condition(environment: string, { on }: DeployTarget, needs: string[]): string {
  const ref = on === "tag" ? "startsWith(github.ref, 'refs/tags/v')"
    : on.endsWith("*") ? `startsWith(github.ref, 'refs/heads/${on.replace(/\*+$/, "")}')` : `github.ref == 'refs/heads/${on}'`;
  const went = needs.map((name) => `needs.${name}.result == 'success'`);
  return `\${{ !cancelled() && ((${MANUAL} && inputs.environment == '${environment}') || (${[`!(${MANUAL})`, ref, ...went].join(" && ")})) }}`;
}

function inWindow(window: DeployTarget["window"]): Step[] {
  if (!window) return [];
  return [{
    name: "Deployment window",
    env: { DAYS: window.days.join(" "), FROM: window.from, UNTIL: window.until },
    run: script(
      "day=$(date -u +%u) now=$(date -u +%H:%M)",
      'if [[ " $DAYS " != *" $day "* || $now < $FROM || ! $now < $UNTIL ]]; then',
      '  echo "::error::It is $now UTC on day $day of the week; deployments are allowed from $FROM to $UNTIL UTC on days $DAYS (1 is Monday). Run this job again inside the window."',
      "  exit 1",
      "fi",
    ),
  }];
}

export function rollback(spec: DeploySpec, workflows: WorkflowsSpec): Workflow {
  const runner = workflows.runner ?? "ubuntu-24.04";
  return {
    name: "rollback",
    on: { workflow_dispatch: { inputs: {
      environment: { description: "Which environment goes back", type: "choice", required: true, options: Object.keys(targetsOf(spec, workflows)) },
      version: { description: "To which version; without one the rollback points are listed", type: "string", required: false },
    } } },
    jobs: {
      points: job(runner, {
        name: "rollback points", if: "${{ inputs.version == '' }}", permissions: { deployments: "read" },
        steps: [{
          name: "Deployments that went well, newest first",
          env: { GH_TOKEN: "${{ github.token }}", ENVIRONMENT: "${{ inputs.environment }}" },
          run: script(
            '{',
            '  echo "Rollback points of $ENVIRONMENT, newest first. Start this workflow again with one of them as version."',
            '  echo',
            "  gh api --method GET \"repos/$GITHUB_REPOSITORY/deployments\" -f environment=\"$ENVIRONMENT\" -F per_page=30 --jq '.[] | [.id, .ref, .sha, .created_at] | @tsv' |",
            "    while IFS=$'\\t' read -r id ref sha created; do",
            '      state=$(gh api "repos/$GITHUB_REPOSITORY/deployments/$id/statuses" --jq \'.[].state\')',
            '      grep -q -x success <<<"$state" || continue',
            '      case $ref in v[0-9]*) version=$ref ;; *) version=sha-${sha:0:7} ;; esac',
            '      echo "- \\`$version\\`, deployed $created"',
            "    done",
            '} | tee -a "$GITHUB_STEP_SUMMARY"',
          ),
        }],
      }),
      rollback: job(runner, {
        name: "rollback", if: "${{ inputs.version != '' }}", "timeout-minutes": spec.minutes ?? 30,
        environment: { name: "${{ inputs.environment }}" },
        concurrency: oneAtATime("${{ inputs.environment }}"),
        steps: [
          ...network(spec.network), ...prepare(spec.program),
          ...up(spec, { environment: "${{ inputs.environment }}", version: "${{ inputs.version }}", back: true }),
          ...leaveNetwork(spec.network),
        ],
      }),
    },
  };
}
