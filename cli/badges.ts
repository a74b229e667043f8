/** Badges for a repository's README. */
import { workflowsIn } from "../components/github/repository/generated.ts";
import { OWNER } from "../components/github/repository/names.ts";
import { badges as markdown, workflowsOf } from "../components/github/workflows/index.ts";
import { REPOSITORY } from "../components/shared/names.ts";
import { declarationOf } from "./declarations.ts";

/**
 * Markdown for those workflows that run on the default branch, at pushes or at times, whose state a badge shows.
 * @param fullName `owner/name` on GitHub
 * @throws Error when there is no such declaration, it has no such workflow, or the name is none
 */
export async function badges(repository: string, fullName: string): Promise<string> {
  const [owner = "", name = "", ...more] = fullName.split("/");
  if (!OWNER.test(owner) || !REPOSITORY.test(name) || more.length > 0)
    throw new Error(`"${fullName}" is no repository on GitHub; write it like --repository anna/shop`);
  const shown = workflowsOf(workflowsIn(await declarationOf(repository)) ?? {})
    .filter(({ on }) => "push" in on || "schedule" in on)
    .map((workflow) => workflow.name);
  if (shown.length === 0)
    throw new Error(
      `repositories/${repository}.ts declares no workflow that runs at pushes or at times, so there is no state to show`,
    );
  return markdown(shown, fullName);
}
