/** `rollback`: returns an environment to an earlier version; without a version, lists the rollback points. */
import { APPROVED_PERMISSIONS, approvedSteps } from "./approved.ts";
import { type Environments, nameOn, tagHint, targetsOf } from "./branches.ts";
import { credentialsOf } from "./credentials.ts";
import { applicationInput, deployConcurrency, manualRunName } from "./deploy.ts";
import { isShared, SHARED_DEPLOYMENT } from "./elsewhere.ts";
import { knowsCommits, MERGED, mergedJob } from "./merged.ts";
import type { RunnerJob, Workflow } from "./model.ts";
import { leaveNetworkSteps, networkSteps, setupSteps, upSteps } from "./program.ts";
import { runnerOf } from "./runners.ts";
import type { DeploySpec, WorkflowsSpec } from "./spec.ts";
import { byEnvironment, job, script } from "./steps.ts";

export function rollbackWorkflow(spec: DeploySpec, workflows: WorkflowsSpec, environments: Environments): Workflow {
  const runner = runnerOf(workflows, "checks");
  const targets = targetsOf(spec, workflows);
  const name = byEnvironment(Object.keys(targets).map((stack) => [stack, nameOn(environments, stack)]));
  const asksWho = Object.keys(targets).some((stack) => environments.get(stack)?.reviewed);
  const asksMerged = knowsCommits(spec, workflows);
  return {
    name: "rollback",
    "run-name": isShared(spec) ? SHARED_ROLLBACK : manualRunName("rollback"),
    on: {
      workflow_dispatch: {
        inputs: {
          environment: {
            description: `Environment to roll back${tagHint(targets)}`,
            type: "choice",
            required: true,
            options: Object.keys(targets),
          },
          ...applicationInput(spec),
          version: {
            description: "Version to roll back to; leave empty to list the rollback points",
            type: "string",
            required: false,
          },
        },
      },
    },
    jobs: {
      points: job(runner, pointsJob(name, spec, workflows)),
      ...(asksMerged ? { [MERGED]: job(runner, { ...mergedJob(spec, workflows), if: WITH_VERSION }) } : {}),
      rollback: job(runnerOf(workflows, "deploy"), {
        name: "rollback",
        ...(asksMerged ? { needs: [MERGED] } : {}),
        if: WITH_VERSION,
        "timeout-minutes": spec.minutes ?? 30,
        permissions: { ...credentialsOf(workflows).permissions, ...(asksWho ? APPROVED_PERMISSIONS : {}) },
        environment: { name },
        concurrency: deployConcurrency("${{ inputs.environment }}"),
        steps: [
          ...(asksWho ? approvedSteps(spec, workflows, name) : []),
          ...networkSteps(spec, workflows),
          ...setupSteps(spec.program),
          ...upSteps(spec, workflows, {
            environment: "${{ inputs.environment }}",
            version: "${{ inputs.version }}",
            rollback: true,
          }),
          ...leaveNetworkSteps(spec),
        ],
      }),
    },
  };
}

const WITH_VERSION = "${{ inputs.version != '' }}";

const SHARED_ROLLBACK = SHARED_DEPLOYMENT.replace("'deploy {0} to {1}", "'rollback {0} in {1}");

/**
 * A manual run deploys the version in its name, whatever ref it was started from; any other run deploys its ref's. The ref
 * of the newest deployment is known to be allowed to deploy, so the rollback commands use it too.
 */
const pointsJob = (
  environment: string,
  spec: DeploySpec,
  workflows: WorkflowsSpec,
): Omit<RunnerJob, "runs-on" | "timeout-minutes"> => {
  const what = isShared(spec) ? "$APPLICATION in $STACK" : "$STACK";
  // Those of other applications are among them.
  const count = isShared(spec) ? 100 : 30;
  return {
    name: "rollback points",
    if: "${{ inputs.version == '' }}",
    permissions: { actions: "read", deployments: "read" },
    steps: [
      {
        name: "List successful deployments, newest first",
        env: {
          GH_TOKEN: "${{ github.token }}",
          ENVIRONMENT: environment,
          STACK: "${{ inputs.environment }}",
          ...(isShared(spec) ? { APPLICATION: "${{ inputs.application }}" } : {}),
        },
        run: script(
          "set -o pipefail",
          `deployments=$(gh api --method GET "repos/$GITHUB_REPOSITORY/deployments" -f environment="$ENVIRONMENT" -F per_page=${count} --jq '.[] | [.id, .ref, .sha, .created_at] | @tsv')`,
          'points="" known=" " from=""',
          `while IFS=$'\\t' read -r id ref ${knowsCommits(spec, workflows) ? "sha" : "_"} created; do`,
          '  [ -n "$id" ] || continue',
          '  log=$(gh api "repos/$GITHUB_REPOSITORY/deployments/$id/statuses" --jq \'[.[] | select(.state == "success")][0].log_url // empty\')',
          "  [[ $log == */actions/runs/* ]] || continue",
          "  run=${log#*/actions/runs/}",
          '  if ! title=$(gh api "repos/$GITHUB_REPOSITORY/actions/runs/${run%%/*}" --jq \'"\\(.event) \\(.display_title)"\' 2>&1); then',
          "    # GitHub forgets runs after 400 days.",
          '    [[ $title == *"HTTP 404"* ]] && continue',
          '    echo "$title" >&2',
          "    exit 1",
          "  fi",
          "  case $title in",
          ...versionCases(spec, workflows.build !== undefined),
          "  esac",
          '  [[ $known != *" $version "* ]] || continue',
          '  known+="$version " from=${from:-$ref}',
          '  printf -v command \'gh workflow run rollback.yml --ref %q -f environment=%q -f version=%q\' "$from" "$STACK" "$version"',
          ...(isShared(spec) ? ['  command+=" -f application=$APPLICATION"'] : []),
          "  points+=\"- \\`$version\\`, deployed $created: \\`$command\\`\"$'\\n'",
          'done <<<"$deployments"',
          "{",
          '  if [ -n "$points" ]; then',
          `    echo "Rollback points of ${what}, newest first, each with the command that rolls back to it."`,
          '    printf "\\n%s" "$points"',
          "  else",
          `    echo "There is no rollback point: none of the last ${count} deployments of $STACK ${isShared(spec) ? "that succeeded is of $APPLICATION" : "succeeded"}."`,
          "  fi",
          '} | tee -a "$GITHUB_STEP_SUMMARY"',
        ),
      },
    ],
  };
};

/** How the version of a deployment is told by the run that made it; of several applications, only a run by hand has one. */
function versionCases(spec: DeploySpec, isBuilt: boolean): string[] {
  if (isShared(spec)) {
    const names = ["deploy $APPLICATION to ", "rollback $APPLICATION in "].map(
      (name) => `"workflow_dispatch ${name}"*": "*`,
    );
    return [`    ${names.join(" | ")}) version=\${title##*: } ;;`, "    *) continue ;;"];
  }
  return [
    '    "workflow_dispatch "*": "*) version=${title##*: } ;;',
    '    "workflow_dispatch "*) continue ;;',
    isBuilt
      ? "    *) case $ref in v[0-9]*) version=$ref ;; *) version=sha-${sha:0:7} ;; esac ;;"
      : "    *) version=$ref ;;",
  ];
}
