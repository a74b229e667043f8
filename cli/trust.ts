/** What clouds must be told before jobs of a repository can log in there by OpenID Connect. */

import { deployTargets, workflowsIn } from "../components/github/repository/targets.ts";
import { previewEnvironment, trustOf } from "../components/github/workflows/index.ts";
import { declarationOf } from "./declarations.ts";
import { checkFullName } from "./repositoryName.ts";

/**
 * @param ids `owner/repository` in numbers, where GitHub puts them into subjects
 * @throws Error if there is no such declaration, it does not log in by OpenID Connect, or a name is not valid
 */
export async function trust(repository: string, fullName: string, ids?: string): Promise<string> {
  checkFullName(fullName);
  const numbers = /^(\d+)\/(\d+)$/.exec(ids ?? "");
  if (ids !== undefined && !numbers)
    throw new Error(
      `"${ids}" are not two numbers; write what this prints: gh api repos/${fullName} --jq '"\\(.owner.id)/\\(.id)"'`,
    );
  const declaration = await declarationOf(repository);
  const workflows = workflowsIn(declaration);
  if (!workflows?.oidc)
    throw new Error(`repositories/${repository}.ts does not log in by OpenID Connect; add oidc: true to its workflows`);
  const { environments = {}, variables = {} } = declaration;
  const nameOf = (stack: string): string => environments[stack]?.name ?? stack;
  const trusted = [
    ...Object.keys(deployTargets(declaration)).map((stack) => ({
      name: nameOf(stack),
      variables: { ...variables, ...environments[stack]?.variables },
      deploys: true,
    })),
    ...(workflows.preview?.environments ?? []).map((stack) => ({
      name: previewEnvironment(nameOf(stack)),
      variables: { ...variables, ...environments[stack]?.variables, ...environments[stack]?.preview?.variables },
      deploys: false,
    })),
  ];
  const texts = trustOf(
    workflows,
    fullName,
    trusted,
    numbers ? { owner: numbers[1]!, repository: numbers[2]! } : undefined,
  );
  return `${texts.join("\n")}${numbers ? "" : NOTE}`;
}

const NOTE = `GitHub writes numbers beside the names of repositories that were made or renamed since 15 July 2026. For such a one add
--ids, with what this prints:
  gh api repos/OWNER/NAME --jq '"\\(.owner.id)/\\(.id)"'
`;
