/** `release`: checks, tag, notes, changelog, then the build and deployment of the tag. */
import { APP_TOKEN, appStep, RELEASE_ENVIRONMENT } from "./app.ts";
import { releasedBranches, targetsOf } from "./branches.ts";
import { checkJobs } from "./deploy.ts";
import { COUNT_MERGED, refuseUnmerged } from "./merged.ts";
import type { Events, Permissions, Step, Workflow } from "./model.ts";
import { packageJob, packagePermissions, packageSteps } from "./package.ts";
import { runnerOf } from "./runners.ts";
import type { ReleaseSpec, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT_ALL, job, NODE, script, setupNode, when } from "./steps.ts";

/** Where repositories have the rule of versions. */
export const NEXT_SCRIPT_PATH = ".github/slipway/next.mjs";

/**
 * Started by hand with a version, or by every push to main with the next version; after the checks in either case, and only
 * of a commit that was merged. Without an app the tag is created with the workflow's own token, which does not trigger
 * other workflows, so this one starts `build` and `deploy` itself.
 * One at a time: of the waiting pushes GitHub keeps the newest, which includes the others' commits.
 */
export function releaseWorkflow(
  { automatic = false, changelog = false, package: offered }: ReleaseSpec,
  workflows: WorkflowsSpec,
): Workflow {
  const { app, build, deploy } = workflows;
  const runner = runnerOf(workflows, "checks");
  const first = deploy
    ? Object.entries(targetsOf(deploy, workflows)).find(([, { on }]) => on === "tag")?.[0]
    : undefined;
  const checks = checkJobs(workflows);
  const isWanted = automatic ? "steps.version.outputs.version != ''" : undefined;
  const token = app && APP_TOKEN;
  const wanted = when(isWanted);
  const versionedStep = (name: string, run: string, token?: string): Step => ({
    name,
    ...wanted,
    env: { VERSION: "${{ steps.version.outputs.version }}", ...(token ? { GH_TOKEN: token } : {}) },
    run,
  });
  // A tag of the app starts `deploy` and its build by itself, and where nothing is deployed, `build`.
  const starts = !app || (deploy !== undefined && !first);
  return {
    name: "release",
    on: eventsOf(automatic, changelog),
    concurrency: { group: "release", "cancel-in-progress": false },
    jobs: {
      ...checks,
      ...(offered ? { package: packageJob(runner, offered) } : {}),
      release: job(runner, {
        name: "release",
        needs: [...Object.keys(checks), ...(offered ? ["package"] : [])],
        permissions: {
          ...(offered ? packagePermissions(offered) : {}),
          contents: app ? "read" : "write",
          ...(starts && (build || first) ? { actions: "write" as const } : {}),
          ...(changelog && !app ? { "pull-requests": "write" as const } : {}),
        },
        ...(app ? { environment: { name: RELEASE_ENVIRONMENT, deployment: false as const } } : {}),
        ...(starts && build ? { "timeout-minutes": 60 } : {}),
        env: { GH_TOKEN: "${{ github.token }}" },
        steps: [
          CHECKOUT_ALL,
          ...(automatic ? [setupNode(NODE)] : []),
          {
            name: "Version",
            id: "version",
            env: { VERSION: "${{ inputs.version }}", BRANCHES: releasedBranches(workflows).join(" ") },
            run: script(...CHECK_MERGED, ...(automatic ? NEXT : []), ...VERSION),
          },
          ...(offered ? packageSteps(offered, isWanted) : []),
          ...(app ? [{ ...appStep(app, appPermissions(changelog)), ...wanted }] : []),
          versionedStep(
            "Tag and notes",
            script(
              ...TAG,
              `gh release create "v$VERSION" --verify-tag --title "v$VERSION" --generate-notes${offered ? " package/*" : ""}`,
            ),
            token,
          ),
          ...(starts && build ? [versionedStep("Build the tag", BUILD)] : []),
          ...(starts && first
            ? [
                versionedStep(
                  "Deploy the tag",
                  `gh workflow run deploy.yml --ref "v$VERSION" -f environment=${first} -f version="v$VERSION"`,
                ),
              ]
            : []),
          ...(changelog ? [versionedStep("Changelog", CHANGELOG, token)] : []),
        ],
      }),
    },
  };
}

const appPermissions = (changelog: boolean): Permissions => ({
  contents: "write",
  ...(changelog ? { "pull-requests": "write" } : {}),
});

/** Merging a changelog does not start a release; otherwise releases would never stop. */
const eventsOf = (automatic: boolean, changelog: boolean): Events => ({
  ...(automatic ? { push: { branches: ["main"], ...(changelog ? { paths: ["**", "!CHANGELOG.md"] } : {}) } } : {}),
  workflow_dispatch: {
    inputs: {
      version: {
        description: automatic ? "Version, like 1.4.0; leave empty for the next one" : "Version, like 1.4.0",
        type: "string",
        required: !automatic,
      },
    },
  },
});

const CHECK_MERGED = [
  "commit=$GITHUB_SHA",
  ...COUNT_MERGED,
  ...refuseUnmerged("${GITHUB_SHA:0:7} was not merged: it", "start the release from there"),
];

/**
 * Pushed, as the API for releases refuses a tag to this token as soon as the commit's workflows differ from those of the
 * default branch (cli/cli#9514). It is there already when an earlier run broke off.
 */
const TAG = [
  'if ! git rev-parse -q --verify "refs/tags/v$VERSION" >/dev/null; then',
  '  git tag "v$VERSION" "$GITHUB_SHA"',
  `  git -c credential.helper='!gh auth git-credential' push --quiet origin "refs/tags/v$VERSION"`,
  "fi",
];

/** By the rule that `slipway version` has. What makes a version also says why there is none. */
const NEXT = [
  'if [ -z "$VERSION" ]; then',
  `  VERSION=$(node ${NEXT_SCRIPT_PATH})`,
  '  [ -n "$VERSION" ] || exit 0',
  "fi",
];

const VERSION = [
  "if ! [[ $VERSION =~ ^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then",
  '  echo "::error::\\"$VERSION\\" is not a semantic version; write one like 1.4.0"',
  "  exit 1",
  "fi",
  'tagged=$(git rev-parse -q --verify "refs/tags/v$VERSION^{commit}" || true)',
  'if [ -n "$tagged" ] && { [ "$tagged" != "$GITHUB_SHA" ] || gh release view "v$VERSION" >/dev/null 2>&1; }; then',
  '  echo "::error::v$VERSION already exists; a version is released only once. Use the next one."',
  "  exit 1",
  "fi",
  'echo "version=$VERSION" >>"$GITHUB_OUTPUT"',
];

/** Runs on the tag, so that the image is named after it, and waits for the result. */
const BUILD = script(
  'gh workflow run build.yml --ref "v$VERSION"',
  "state=none",
  "for _ in {1..280}; do",
  "  sleep 10",
  `  state=$(gh run list --workflow build.yml --branch "v$VERSION" --limit 1 --json status,conclusion --jq '.[] | "\\(.status) \\(.conclusion)"')`,
  "  [[ $state != completed* ]] || break",
  "done",
  'if [ "$state" != "completed success" ]; then',
  '  echo "::error::The build of v$VERSION ended with: $state. Fix it, run build on the tag v$VERSION, then deploy this version."',
  "  exit 1",
  "fi",
);

/** Uses the API, because the checkout has no credentials and the branch is protected. Every branch model allows the new branch's name. */
const CHANGELOG = script(
  "branch=slipway/changelog-v$VERSION file=repos/$GITHUB_REPOSITORY/contents/CHANGELOG.md",
  'notes=$(gh release view "v$VERSION" --json body --jq .body)',
  "old=$(cat CHANGELOG.md 2>/dev/null || printf '# Changelog\\n')",
  'new=$(head -n 1 <<<"$old"; printf \'\\n## v%s (%s)\\n\\n%s\\n\' "$VERSION" "$(date -u +%F)" "$notes"; tail -n +2 <<<"$old")',
  'gh api "repos/$GITHUB_REPOSITORY/git/refs" -f ref="refs/heads/$branch" -f sha="$GITHUB_SHA" >/dev/null',
  'known=$(gh api "$file?ref=$branch" --jq .sha 2>/dev/null || true)',
  'gh api --method PUT "$file" -f branch="$branch" -f message="Changelog of v$VERSION" -f content="$(base64 -w 0 <<<"$new")" ${known:+-f sha="$known"} >/dev/null',
  'gh pr create --head "$branch" --title "Changelog of v$VERSION" --body "Notes of the release v$VERSION."',
);
