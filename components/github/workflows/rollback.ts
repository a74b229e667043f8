/** `rollback`: one environment to a version that it had; without a version, which these are. */
import { type Names, onTags, targetsOf } from "./branches.ts";
import { manualName, oneAtATime } from "./deploy.ts";
import type { RunnerJob, Workflow } from "./model.ts";
import { leaveNetwork, network, prepare, up } from "./program.ts";
import type { DeploySpec, WorkflowsSpec } from "./spec.ts";
import { job, script } from "./steps.ts";

export function rollback(spec: DeploySpec, workflows: WorkflowsSpec, names: Names): Workflow {
  const runner = workflows.runner ?? "ubuntu-24.04";
  const targets = targetsOf(spec, workflows);
  const name = chosen(Object.keys(targets), names);
  return {
    name: "rollback",
    "run-name": manualName("rollback"),
    on: {
      workflow_dispatch: {
        inputs: {
          environment: {
            description: `Which environment goes back${onTags(targets)}`,
            type: "choice",
            required: true,
            options: Object.keys(targets),
          },
          version: {
            description: "To which version; without one the rollback points are listed",
            type: "string",
            required: false,
          },
        },
      },
    },
    jobs: {
      points: job(runner, points(name, workflows)),
      rollback: job(runner, {
        name: "rollback",
        if: "${{ inputs.version != '' }}",
        "timeout-minutes": spec.minutes ?? 30,
        environment: { name },
        concurrency: oneAtATime("${{ inputs.environment }}"),
        steps: [
          ...network(spec.network),
          ...prepare(spec.program),
          ...up(spec, { environment: "${{ inputs.environment }}", version: "${{ inputs.version }}", back: true }),
          ...leaveNetwork(spec.network),
        ],
      }),
    },
  };
}

/** GitHub's name of the environment that was chosen by its stack's. */
function chosen(stacks: string[], names: Names): string {
  const own = stacks.map((stack) => [stack, names.get(stack) ?? stack] as const);
  if (own.every(([stack, name]) => stack === name)) return "${{ inputs.environment }}";
  return `\${{ fromJSON('${JSON.stringify(Object.fromEntries(own)).replaceAll("'", "''")}')[inputs.environment] }}`;
}

/**
 * A run by hand deploys the version that its name tells, whatever it was started from; any other the one of its ref. What
 * may be deployed to is what the newest deployment was started from: so the way back starts there too.
 */
const points = (environment: string, { build }: WorkflowsSpec): Omit<RunnerJob, "runs-on" | "timeout-minutes"> => ({
  name: "rollback points",
  if: "${{ inputs.version == '' }}",
  permissions: { actions: "read", deployments: "read" },
  steps: [
    {
      name: "Deployments that went well, newest first",
      env: { GH_TOKEN: "${{ github.token }}", ENVIRONMENT: environment, STACK: "${{ inputs.environment }}" },
      run: script(
        "set -o pipefail",
        'deployments=$(gh api --method GET "repos/$GITHUB_REPOSITORY/deployments" -f environment="$ENVIRONMENT" -F per_page=30 --jq \'.[] | [.id, .ref, .sha, .created_at] | @tsv\')',
        'points="" known=" " from=""',
        "while IFS=$'\\t' read -r id ref sha created; do",
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
        '    "workflow_dispatch "*": "*) version=${title##*: } ;;',
        '    "workflow_dispatch "*) continue ;;',
        build
          ? "    *) case $ref in v[0-9]*) version=$ref ;; *) version=sha-${sha:0:7} ;; esac ;;"
          : "    *) version=$ref ;;",
        "  esac",
        '  [[ $known != *" $version "* ]] || continue',
        '  known+="$version " from=${from:-$ref}',
        '  printf -v command \'gh workflow run rollback.yml --ref %q -f environment=%q -f version=%q\' "$from" "$STACK" "$version"',
        "  points+=\"- \\`$version\\`, deployed $created: \\`$command\\`\"$'\\n'",
        'done <<<"$deployments"',
        "{",
        '  if [ -n "$points" ]; then',
        '    echo "Rollback points of $STACK, newest first, each with the command that goes back to it."',
        '    printf "\\n%s" "$points"',
        "  else",
        '    echo "There is no rollback point: none of the last 30 deployments of $STACK went well."',
        "  fi",
        '} | tee -a "$GITHUB_STEP_SUMMARY"',
      ),
    },
  ],
});
