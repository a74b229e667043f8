/** Badges for a repository's README. */

import { workflowsIn } from "../components/github/repository/targets.ts";
import { badges as markdown, workflowsOf } from "../components/github/workflows/index.ts";
import { declarationOf } from "./declarations.ts";
import { checkFullName } from "./repositoryName.ts";

/**
 * Markdown badges for the workflows that run on the default branch, on pushes or on a schedule.
 * @param fullName `owner/name` on GitHub
 * @throws Error if there is no such declaration, it has no such workflow, or the name is not valid
 */
export async function badges(repository: string, fullName: string): Promise<string> {
  checkFullName(fullName);
  const names = workflowsOf(workflowsIn(await declarationOf(repository)) ?? {})
    .filter(({ on }) => "push" in on || "schedule" in on)
    .map((workflow) => workflow.name);
  if (names.length === 0)
    throw new Error(
      `repositories/${repository}.ts declares no workflow that runs on pushes or on a schedule, so there is no status to show`,
    );
  return markdown(names, fullName);
}
