/** Where jobs find packs of policies and the `slipway` command, and how they run them. */
import { isBuilt, ownManifest } from "../../shared/ownPackage.ts";
import type { Step } from "./model.ts";
import { MAY_WRITE, securityPermissions, uploadCondition } from "./security.ts";
import type { WorkflowsSpec } from "./spec.ts";
import { inDirectory, type JobBody, script, within } from "./steps.ts";

/** Both seen from the program's folder. */
export interface Home {
  /** Folder of Slipway's own pack. */
  pack: string;
  command: string;
}

/** @param name of the package that the program depends on; undefined for a program that is a clone of it */
export const homeOf = (name: string | undefined): Home =>
  name === undefined
    ? { pack: "policies", command: "node cli/slipway.ts" }
    : { pack: `node_modules/${name}/dist/policies`, command: "npm exec --no -- slipway" };

/** That of the program which generates the workflows: it is the one that they run. */
const HOME = homeOf(isBuilt ? ownManifest().name : undefined);

/** Folders of all packs that previews and deployments run; none where they are switched off. */
export const packsOf = ({ policyPacks = [] }: WorkflowsSpec, { pack }: Home = HOME): string[] =>
  policyPacks === false ? [] : [pack, ...policyPacks];

/** A program's folder, or a folder within it, as `pulumi` takes it. */
const PACK = /^(?!\/)(?!.*(^|\/)\.\.(\/|$))[\w./@-]+$/;

export const isPack = (path: string): boolean => PACK.test(path);

const SARIF = "slipway.sarif";

/**
 * Judges what is declared, without a secret: pull requests of forks too. The findings become annotations, and in a public
 * repository results on its Security page.
 */
export function checkJob(
  workflows: WorkflowsSpec,
  stacks: string[],
  program: string,
  setup: Step[],
  { command }: Home = HOME,
): JobBody {
  const { security } = workflows;
  const upload = typeof security === "object" ? security.upload : undefined;
  const run = { ...inDirectory(program), env: { STACK: "${{ matrix.stack }}" } };
  const reports = {
    if: `\${{ ${["!cancelled()", uploadCondition(upload), MAY_WRITE].filter(Boolean).join(" && ")} }}`,
  };
  return {
    name: "check ${{ matrix.stack }}",
    permissions: securityPermissions(upload === undefined ? {} : { upload }),
    strategy: { "fail-fast": false, matrix: { stack: stacks } },
    steps: [
      ...setup,
      { name: "Check", ...run, run: `${command} check --stack "$STACK"` },
      ...(upload === false
        ? []
        : ([
            {
              name: "Findings",
              ...reports,
              ...run,
              // It ends with 1 where a finding is mandatory, which was said above.
              run: `${command} check --stack "$STACK" --format sarif --output ${SARIF} || [ $? = 1 ]`,
            },
            {
              name: "Report",
              ...reports,
              uses: "github/codeql-action/upload-sarif",
              with: { sarif_file: within(program, SARIF), category: "slipway-${{ matrix.stack }}" },
            },
          ] satisfies Step[])),
    ],
  };
}

/** A preview that fails leaves no comment: this one says what rules find. @param id of the preview's step */
export const tellStep = (id: string, program: string, { command }: Home = HOME): Step => ({
  name: "Say on the pull request what was found",
  if: `\${{ failure() && steps.${id}.outcome == 'failure' }}`,
  ...inDirectory(program),
  env: {
    GH_TOKEN: "${{ github.token }}",
    NUMBER: "${{ github.event.pull_request.number }}",
    STACK: "${{ matrix.stack }}",
  },
  run: script(
    // Annotations are the other job's.
    `found=$(GITHUB_ACTIONS='' ${command} check --stack "$STACK" 2>&1) || true`,
    String.raw`printf '#### The preview of %s failed\n\nIts log says why. This is what slipway check finds:\n\n~~~text\n%s\n~~~\n' "$STACK" "$found" >"$RUNNER_TEMP/found.md"`,
    'gh pr comment "$NUMBER" --repo "$GITHUB_REPOSITORY" --body-file "$RUNNER_TEMP/found.md"',
  ),
});
