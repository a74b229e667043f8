/** `release`: tag, notes, changelog; and what becomes of it. */
import type { Workflow } from "./model.ts";
import type { ReleaseSpec, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT_ALL, job, script } from "./steps.ts";
import { targetsOf } from "./branches.ts";

/**
 * Started by hand with a version. The tag is made by the workflow's own token, which starts no others: it starts `build`
 * and `deploy` itself.
 */
export function release({ changelog = false }: ReleaseSpec, workflows: WorkflowsSpec): Workflow {
  const { runner = "ubuntu-24.04", build, deploy } = workflows;
  const first = deploy ? Object.entries(targetsOf(deploy, workflows)).find(([, { on }]) => on === "tag")?.[0] : undefined;
  const env = { GH_TOKEN: "${{ github.token }}", VERSION: "${{ inputs.version }}" };
  return {
    name: "release",
    on: { workflow_dispatch: { inputs: { version: { description: "Version, like 1.4.0", type: "string", required: true } } } },
    concurrency: { group: "release", "cancel-in-progress": false },
    jobs: {
      release: job(runner, {
        name: "release", permissions: { contents: "write", ...(build || first ? { actions: "write" as const } : {}), ...(changelog ? { "pull-requests": "write" as const } : {}) },
        ...(build ? { "timeout-minutes": 60 } : {}),
        env,
        steps: [
          CHECKOUT_ALL,
          {
            name: "Version",
            run: script(
              'if ! [[ $VERSION =~ ^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then',
              '  echo "::error::\\"$VERSION\\" is not a semantic version; write one like 1.4.0"',
              "  exit 1",
              "fi",
              'if git rev-parse -q --verify "refs/tags/v$VERSION" >/dev/null; then',
              '  echo "::error::v$VERSION exists; a version is released once. Take the next one."',
              "  exit 1",
              "fi",
            ),
          },
          { name: "Tag and notes", run: 'gh release create "v$VERSION" --target "$GITHUB_SHA" --title "v$VERSION" --generate-notes' },
          ...(changelog ? [{ name: "Changelog", run: CHANGELOG }] : []),
          ...(build ? [{ name: "Build it", run: BUILD }] : []),
          ...(first ? [{ name: "Deploy it", run: 'gh workflow run deploy.yml --ref "v$VERSION"' + ` -f environment=${first} -f version="v$VERSION"` }] : []),
        ],
      }),
    },
  };
}

/** On the tag, so that the image gets its name; waits for the result. */
const BUILD = script(
  'gh workflow run build.yml --ref "v$VERSION"',
  "state=none",
  "for _ in {1..280}; do",
  "  sleep 10",
  `  state=$(gh run list --workflow build.yml --branch "v$VERSION" --limit 1 --json status,conclusion --jq '.[] | "\\(.status) \\(.conclusion)"')`,
  "  [[ $state != completed* ]] || break",
  "done",
  'if [ "$state" != "completed success" ]; then',
  '  echo "::error::The build of v$VERSION ended as: $state. Correct it, run build on the tag v$VERSION, then deploy with this version."',
  "  exit 1",
  "fi",
);

/** By the API, as the checkout has no credentials and the branch is protected. */
const CHANGELOG = script(
  'branch=changelog/v$VERSION file=repos/$GITHUB_REPOSITORY/contents/CHANGELOG.md',
  'notes=$(gh release view "v$VERSION" --json body --jq .body)',
  "old=$(cat CHANGELOG.md 2>/dev/null || printf '# Changelog\\n')",
  "new=$(head -n 1 <<<\"$old\"; printf '\\n## v%s (%s)\\n\\n%s\\n' \"$VERSION\" \"$(date -u +%F)\" \"$notes\"; tail -n +2 <<<\"$old\")",
  'gh api "repos/$GITHUB_REPOSITORY/git/refs" -f ref="refs/heads/$branch" -f sha="$GITHUB_SHA" >/dev/null',
  "known=$(gh api \"$file?ref=$branch\" --jq .sha 2>/dev/null || true)",
  'gh api --method PUT "$file" -f branch="$branch" -f message="Changelog of v$VERSION" -f content="$(base64 -w 0 <<<"$new")" ${known:+-f sha="$known"} >/dev/null',
  'gh pr create --head "$branch" --title "Changelog of v$VERSION" --body "Notes of the release v$VERSION."',
);
