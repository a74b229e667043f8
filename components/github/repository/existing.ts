/** Reads what GitHub already has: resources to take over, and the files that go through a pull request. */

import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../shared/records.ts";
import { type Existing, environmentImportsOf, importsOf, keyProblems } from "./adopt.ts";
import { environmentPath, inPages, type Page, read, renamedTo } from "./api.ts";
import type { GitHubEnvironmentPlan } from "./environmentPlan.ts";
import type { Tree } from "./files.ts";
import type { GitHub } from "./github.ts";
import { mayLack, ownerAccount, planProblems } from "./limits.ts";
import type { RepositoryPlan, StackShare } from "./plan.ts";
import { github } from "./sdk.ts";

/** The files on a branch; none when the repository or the branch does not exist yet. */
export async function readBranchFiles({ provider, token }: GitHub, repository: string, branch: string): Promise<Tree> {
  if (!token) return {};
  try {
    const { entries } = await github.getTree({ repository, treeSha: branch, recursive: true }, { provider });
    return Object.fromEntries(entries.filter(({ type }) => type === "blob").map(({ path, sha }) => [path, sha]));
  } catch (error) {
    if (/\b(404|409)\b/.test((error as Error).message)) return {};
    throw new pulumi.RunError(
      `repositories: ${repository}.files: the files of the branch "${branch}" cannot be read: ${(error as Error).message}`,
    );
  }
}

/**
 * Import ids, by resource name, of what GitHub has and the stack does not.
 * @throws RunError when GitHub has something that cannot be taken over, or has the repository and `adopt` is not set
 */
export async function findImports(
  access: GitHub,
  key: string,
  plan: RepositoryPlan,
  kept: Set<string>,
): Promise<Record<string, string>> {
  if (!access.token || importsOf(key, plan, kept, undefined).length === 0) return {};
  try {
    const existing = await existingOf(access, plan, await plainTextOf(access.token));
    if (existing && !plan.adopt && !kept.has(`${key}-repository`)) {
      throw new pulumi.RunError(
        `repositories: ${key}: ${access.owner}/${plan.general.name} already exists on GitHub, and this stack did not create it; take it over with adopt: true, or choose another name`,
      );
    }
    const problems = existing ? keyProblems(key, plan, kept, existing) : [];
    if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
    return existing ? Object.fromEntries(importsOf(key, plan, kept, existing)) : {};
  } catch (error) {
    throw pulumi.RunError.isInstance(error)
      ? error
      : new pulumi.RunError(`repositories: ${key}: ${(error as Error).message}`);
  }
}

/** The same for an environment's variables; none when the environment does not exist yet. */
export async function findVariableImports(
  access: GitHub,
  name: string,
  repository: string,
  plan: GitHubEnvironmentPlan,
  kept: Set<string>,
): Promise<Record<string, string>> {
  if (!access.token || environmentImportsOf(name, repository, plan, kept, undefined).length === 0) return {};
  try {
    const pages = await listReader(
      access,
      repository,
      await plainTextOf(access.token),
    )<Page>(`${environmentPath(plan.name)}/variables?per_page=30`);
    return Object.fromEntries(environmentImportsOf(name, repository, plan, kept, namesOf(pages)));
  } catch (error) {
    throw new pulumi.RunError(
      `repositories: ${repository}: the variables of the environment "${plan.name}" cannot be read: ${(error as Error).message}`,
    );
  }
}

/** What the account's plan lacks of what is declared; none where GitHub does not tell the plan. */
export async function limitProblems({ owner, baseUrl, token }: GitHub, shares: StackShare[]): Promise<string[]> {
  if (!token || !shares.some(mayLack)) return [];
  const account = await ownerAccount({ token: await plainTextOf(token), ...defined({ baseUrl }) }, owner);
  return account ? shares.flatMap((share) => planProblems(account, share)) : [];
}

/** What is to be told of a repository that somebody renamed on GitHub: to the provider both names are the same one. */
export async function tellRename({ owner, baseUrl, token }: GitHub, key: string, name: string): Promise<void> {
  if (!token || !owner) return;
  const now = await renamedTo({ token: await plainTextOf(token), ...defined({ baseUrl }) }, `${owner}/${name}`);
  if (now === undefined) return;
  await pulumi.log.warn(
    `repositories: ${key}: ${owner}/${name} is called ${now} on GitHub, which leads on from the old name until somebody takes that; ` +
      `declare name: ${JSON.stringify(now.split("/")[1])}, key: ${JSON.stringify(key)}, or give it the old name again there`,
  );
}

/** Returns a function that reads a repository's lists, by their path relative to it. */
const listReader =
  ({ owner, baseUrl }: GitHub, repository: string, token: string) =>
  async <T>(path: string): Promise<T[] | undefined> =>
    (await read({ token, ...defined({ baseUrl }) }, `repos/${owner}/${repository}${path}`)) as T[] | undefined;

const namesOf = (pages: Page[] | undefined): string[] => (inPages(pages, "variables") ?? []).map(({ name }) => name);

async function existingOf(access: GitHub, plan: RepositoryPlan, token: string): Promise<Existing | undefined> {
  const { provider } = access;
  const repository = plan.general.name;
  const list = listReader(access, repository, token);
  if ((await list("")) === undefined) return undefined;
  const [rulesets, variables, hooks, deployKeys, protections] = await Promise.all([
    list<{ id: number; name: string }>("/rulesets?per_page=100&includes_parents=false"),
    list<Page>("/actions/variables?per_page=30"),
    list<{ id: number; config: { url?: string } }>("/hooks?per_page=100"),
    list<{ id: number; key: string; title: string; read_only: boolean }>("/keys?per_page=100"),
    plan.protections.length > 0
      ? github
          .getBranchProtectionRules({ repository }, { provider })
          .then(({ rules }) => rules.map(({ pattern }) => pattern))
      : [],
  ]);
  return {
    rulesets: rulesets ?? [],
    protections,
    variables: namesOf(variables),
    webhooks: (hooks ?? []).map(({ id, config }) => ({ id, url: config.url ?? "" })),
    deployKeys: (deployKeys ?? []).map(({ id, key, title, read_only }) => ({ id, key, title, readOnly: read_only })),
  };
}

/** A token in plain text, for our own requests; it is put into no Output. */
export const plainTextOf = (token: pulumi.Output<string>): Promise<string> =>
  new Promise((resolve) => {
    token.apply(resolve);
  });
