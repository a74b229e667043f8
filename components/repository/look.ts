/** What GitHub has already: asked when a repository is adopted, and for files that go through a pull request. */
import * as pulumi from "@pulumi/pulumi";
import type { Tree } from "./files.ts";
import type { GitHub } from "./github.ts";
import type { RepositoryPlan } from "./normalise.ts";
import { importsOf, type Existing } from "./adopt.ts";
import { github } from "./sdk.ts";

/** The files of a branch; none when the repository, or the branch, is not there yet. */
export async function lookAtFiles({ provider, hasToken }: GitHub, repository: string, branch: string): Promise<Tree> {
  if (!hasToken) return {};
  try {
    const { entries } = await github.getTree({ repository, treeSha: branch, recursive: true }, { provider });
    return Object.fromEntries(entries.filter(({ type }) => type === "blob").map(({ path, sha }) => [path, sha]));
  } catch (error) {
    if (/\b(404|409)\b/.test((error as Error).message)) return {};
    throw new pulumi.RunError(`repositories: ${repository}.files: the files of the branch "${branch}" cannot be read: ${(error as Error).message}`);
  }
}

/** Import ids by resource name, of what GitHub has and the stack does not. */
export async function lookForImports(access: GitHub, name: string, plan: RepositoryPlan, kept: Set<string>): Promise<Record<string, string>> {
  const repository = plan.general.name;
  if (!access.hasToken || importsOf(name, repository, plan, kept, undefined).length === 0) return {};
  const opts = { provider: access.provider };
  const found = await github.getRepository({ name: repository }, opts);
  if (!found.nodeId) return {};
  const rules = async () => {
    const { body } = await github.getRestApi({ endpoint: `repos/${access.owner}/${repository}/rulesets?per_page=100&includes_parents=false` }, opts);
    return JSON.parse(body || "[]") as { id: number; name: string }[];
  };
  const [rulesets, protections, variables, webhooks, deployKeys] = await Promise.all([
    rules(),
    plan.protections.length > 0 ? github.getBranchProtectionRules({ repository }, opts).then(({ rules: all }) => all.map(({ pattern }) => pattern)) : [],
    Object.keys(plan.variables).length > 0 ? github.getActionsVariables({ name: repository }, opts).then(({ variables: all }) => all.map(({ name: variable }) => variable)) : [],
    Object.keys(plan.webhooks).length > 0 ? github.getRepositoryWebhooks({ repository }, opts).then(({ webhooks: all }) => all.map(({ id, url }) => ({ id, url }))) : [],
    Object.keys(plan.deployKeys).length > 0 ? github.getRepositoryDeployKeys({ repository }, opts).then(({ keys }) => keys.map(({ id, key }) => ({ id, key }))) : [],
  ]);
  const existing: Existing = { rulesets, protections, variables, webhooks, deployKeys };
  return Object.fromEntries(importsOf(name, repository, plan, kept, existing));
}
