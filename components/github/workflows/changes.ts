/** Which jobs a pull request concerns: those with paths that it changes nothing in are skipped, and the gate reports all the same. */
import type { CiSpec } from "./spec.ts";
import { CHECKOUT_ALL, type JobBody, script } from "./steps.ts";

/** Name of the job. */
export const CHANGES = "changes";

/** The workflow itself concerns all jobs. */
const ALWAYS = ".github/workflows/ci.yml";

/** Declared paths by job; those that every change concerns are not among them. */
export function pathsOf({ python, node, go, integration, commands = {} }: CiSpec): Record<string, string[]> {
  const declared = { python, node, go, integration, ...commands };
  return Object.fromEntries(
    Object.entries(declared).flatMap(([id, one]) => (typeof one === "object" && one.paths ? [[id, one.paths]] : [])),
  );
}

/** @param paths patterns of files by job, as git's pathspecs with `glob` read them */
export const changesJob = (paths: Record<string, string[]>): JobBody => ({
  name: "changed files",
  outputs: Object.fromEntries(Object.keys(paths).map((id) => [id, `\${{ steps.changes.outputs.${id} }}`])),
  steps: [
    CHECKOUT_ALL,
    {
      name: "Jobs that it concerns",
      id: "changes",
      // The merge's first parent is what the change is merged into. Any other event checks everything.
      env: {
        BASE: "${{ github.event_name == 'pull_request' && 'HEAD^1' || github.event.merge_group.base_sha }}",
      },
      run: script(
        `concerns() { [ -z "$BASE" ] || ! git diff --quiet "$BASE" HEAD -- ${ALWAYS} "$@"; }`,
        ...Object.entries(paths).map(
          ([id, patterns]) =>
            `if concerns ${patterns.map((pattern) => `':(glob)${pattern}'`).join(" ")}; then echo "${id}=true" >>"$GITHUB_OUTPUT"; fi`,
        ),
      ),
    },
  ],
});

/** Of a job that has paths. */
export const onlyChanged = (id: string): Pick<JobBody, "needs" | "if"> => ({
  needs: [CHANGES],
  if: `\${{ needs.${CHANGES}.outputs.${id} == 'true' }}`,
});
