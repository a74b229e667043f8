/** The deployment of an application whose program is in another repository: it runs there, and is waited for here. */
import { APP_TOKEN, appStep } from "./app.ts";
import type { Step } from "./model.ts";
import type { DeploySpec, WorkflowsSpec } from "./spec.ts";
import { script } from "./steps.ts";

/** Name of the secret with a token that may start workflows in the program's repository, and nothing else. */
export const DEPLOY_TOKEN = "DEPLOY_TOKEN";

/** Whether the program deploys applications of other repositories. */
export const isShared = ({ application }: DeploySpec): boolean => Array.isArray(application);

export const applicationsOf = ({ application }: DeploySpec): string[] => [application].flat();

/** How a run that deploys an application by hand is called. Its own repository finds it by this name, and `rollback` reads it. */
export const SHARED_DEPLOYMENT =
  "${{ inputs.version && format('deploy {0} to {1}: {2}', inputs.application, inputs.environment, inputs.version) || '' }}";

/** @param values expressions, as of a deployment in its own repository */
export const startSteps = (
  { application, repository }: DeploySpec,
  { app }: WorkflowsSpec,
  { environment, version, digest }: { environment: string; version: string; digest?: string },
): Step[] => [
  ...(app ? [appStep(app, { actions: "write" }, repository)] : []),
  {
    name: "Deploy where the program is",
    env: {
      GH_TOKEN: app ? APP_TOKEN : `\${{ secrets.${DEPLOY_TOKEN} }}`,
      REPOSITORY: repository!,
      STACK: environment,
      APPLICATION: application as string,
      VERSION: version,
      ...(digest ? { DIGEST: digest } : {}),
    },
    run: START,
  },
];

/**
 * A run is found by its name among those that are newer than all before. GitHub keeps one waiting deployment for each
 * environment: another application's takes the place of this one, which is then started again.
 */
const START = script(
  "set -o pipefail",
  'runs=repos/$REPOSITORY/actions/workflows/deploy.yml/runs title="deploy $APPLICATION to $STACK: $VERSION"',
  "while :; do",
  "  before=$(gh api \"$runs?per_page=1\" --jq '.workflow_runs[0].id // 0')",
  '  gh api "repos/$REPOSITORY/actions/workflows/deploy.yml/dispatches" -f ref=main -f "inputs[environment]=$STACK" -f "inputs[application]=$APPLICATION" -f "inputs[version]=$VERSION" -f "inputs[digest]=${DIGEST-}" >/dev/null',
  '  run="" state="" told=""',
  "  for _ in {1..30}; do",
  "    sleep 2",
  '    started=$(gh api "$runs?event=workflow_dispatch&per_page=20" --jq \'.workflow_runs[] | "\\(.id) \\(.display_title)"\')',
  "    while read -r id name; do",
  '      [[ $name != "$title" ]] || ((id <= before)) || run=$id',
  '    done <<<"$started"',
  '    [ -z "$run" ] || break',
  "  done",
  '  if [ -z "$run" ]; then',
  '    echo "::error::$REPOSITORY was asked to deploy, but began no run \\"$title\\" within a minute. See its Actions; then run this job again."',
  "    exit 1",
  "  fi",
  "  url=${GITHUB_SERVER_URL-https://github.com}/$REPOSITORY/actions/runs/$run",
  '  echo "::notice::$REPOSITORY deploys it: $url"',
  "  until [[ $state == completed* ]]; do",
  "    sleep 10",
  "    # What GitHub does not say for once, it says the next time.",
  '    state=$(gh api "repos/$REPOSITORY/actions/runs/$run" --jq \'"\\(.status) \\(.conclusion)"\') || state=unknown',
  "    if [[ $state == waiting* && -z $told ]]; then",
  '      told=yes; echo "::notice::It waits for somebody to approve it: $url"',
  "    fi",
  "  done",
  '  [ "$state" != "completed success" ] || exit 0',
  "  steps=$(gh api \"repos/$REPOSITORY/actions/runs/$run/jobs\" --jq '[.jobs[].steps | length] | add // 0')",
  '  if [ "$state" != "completed cancelled" ] || [ "$steps" -gt 0 ]; then',
  '    echo "::error::The deployment in $REPOSITORY ended with: ${state#completed }. Its log says why, and what serves now: $url"',
  "    exit 1",
  "  fi",
  '  echo "::notice::Another deployment took its place before it began; it is started again."',
  "done",
);
