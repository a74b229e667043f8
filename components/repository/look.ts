/** What GitHub has already and the stack does not, and the files that go through a pull request. */
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { Tree } from "./files.ts";
import type { GitHub } from "./github.ts";
import type { RepositoryPlan } from "./normalise.ts";
import { environmentImportsOf, importsOf, type Existing } from "./adopt.ts";
import type { EnvironmentPlan } from "./environmentPlan.ts";

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

/**
 * Import ids by resource name, of what GitHub has and the stack does not.
 * @throws RunError when GitHub has the repository itself, and it is not to be adopted
 */
export async function lookForImports(access: GitHub, name: string, plan: RepositoryPlan, kept: Set<string>): Promise<Record<string, string>> {
  const repository = plan.general.name;
  if (!access.hasToken || importsOf(name, repository, plan, kept, undefined).length === 0) return {};
  const opts = { provider: access.provider };
  const found = await github.getRepository({ name: repository }, opts);
  if (!found.nodeId) return {};
  if (!plan.adopt && !kept.has(`${name}-repository`)) {
    throw new pulumi.RunError(`repositories: ${name}: ${access.owner}/${repository} is on GitHub already, and this stack did not make it; take it over with adopt: true, or choose another name`);
  }
  const list = async <T>(path: string): Promise<T[]> => {
    const { code, body } = await github.getRestApi({ endpoint: `repos/${access.owner}/${repository}/${path}` }, opts);
    if (code !== 200) throw new pulumi.RunError(`repositories: ${name}: GitHub does not tell its ${path} (${code}); the token needs to administer the repository`);
    return JSON.parse(body) as T[];
  };
  const [rulesets, protections, variables, webhooks, deployKeys] = await Promise.all([
    plan.rulesets.length > 0 ? list<{ id: number; name: string }>("rulesets?per_page=100&includes_parents=false") : [],
    plan.protections.length > 0 ? github.getBranchProtectionRules({ repository }, opts).then(({ rules: all }) => all.map(({ pattern }) => pattern)) : [],
    Object.keys(plan.variables).length > 0 ? github.getActionsVariables({ name: repository }, opts).then(({ variables: all }) => all.map(({ name: variable }) => variable)) : [],
    // The provider's own list of webhooks does not tell where they send to.
    Object.keys(plan.webhooks).length > 0 ? list<{ id: number; config: { url: string } }>("hooks?per_page=100").then((all) => all.map(({ id, config: { url } }) => ({ id, url }))) : [],
    Object.keys(plan.deployKeys).length > 0 ? github.getRepositoryDeployKeys({ repository }, opts).then(({ keys }) => keys.map(({ id, key }) => ({ id, key }))) : [],
  ]);
  const existing: Existing = { rulesets, protections, variables, webhooks, deployKeys };
  return Object.fromEntries(importsOf(name, repository, plan, kept, existing));
}

/** The same of an environment's variables; none where the environment is not there yet. */
export async function lookForVariables({ provider, hasToken }: GitHub, name: string, repository: string, plan: EnvironmentPlan, kept: Set<string>): Promise<Record<string, string>> {
  if (!hasToken || environmentImportsOf(name, repository, plan, kept, undefined).length === 0) return {};
  try {
    const { variables } = await github.getActionsEnvironmentVariables({ name: repository, environment: plan.name }, { provider });
    return Object.fromEntries(environmentImportsOf(name, repository, plan, kept, variables.map(({ name: variable }) => variable)));
  } catch (error) {
    if (/\b404\b/.test((error as Error).message)) return {};
    throw new pulumi.RunError(`repositories: ${repository}: the variables of the environment "${plan.name}" cannot be read: ${(error as Error).message}`);
  }
}
