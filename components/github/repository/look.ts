/** What GitHub has already and the stack does not, and the files that go through a pull request. */
import * as pulumi from "@pulumi/pulumi";
import { type Existing, environmentImportsOf, importsOf, keyProblems } from "./adopt.ts";
import { read } from "./api.ts";
import type { EnvironmentPlan } from "./environmentPlan.ts";
import type { Tree } from "./files.ts";
import type { GitHub } from "./github.ts";
import type { RepositoryPlan } from "./plan.ts";
import { github } from "./sdk.ts";

/** The files of a branch; none when the repository, or the branch, is not there yet. */
export async function lookAtFiles({ provider, token }: GitHub, repository: string, branch: string): Promise<Tree> {
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
 * Import ids by resource name, of what GitHub has and the stack does not.
 * @throws RunError when GitHub has something that cannot be taken over, or the repository itself that is not to be adopted
 */
export async function lookForImports(
  access: GitHub,
  key: string,
  plan: RepositoryPlan,
  kept: Set<string>,
): Promise<Record<string, string>> {
  if (!access.token || importsOf(key, plan, kept, undefined).length === 0) return {};
  try {
    const existing = await existingOf(access, plan, await plainOf(access.token));
    if (existing && !plan.adopt && !kept.has(`${key}-repository`)) {
      throw new pulumi.RunError(
        `repositories: ${key}: ${access.owner}/${plan.general.name} is on GitHub already, and this stack did not make it; take it over with adopt: true, or choose another name`,
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

/** The same of an environment's variables; none where the environment is not there yet. */
export async function lookForVariables(
  access: GitHub,
  name: string,
  repository: string,
  plan: EnvironmentPlan,
  kept: Set<string>,
): Promise<Record<string, string>> {
  if (!access.token || environmentImportsOf(name, repository, plan, kept, undefined).length === 0) return {};
  try {
    const pages = await lister(
      access,
      repository,
      await plainOf(access.token),
    )<Variables>(`/environments/${encodeURIComponent(plan.name)}/variables?per_page=30`);
    return Object.fromEntries(environmentImportsOf(name, repository, plan, kept, namesOf(pages)));
  } catch (error) {
    throw new pulumi.RunError(
      `repositories: ${repository}: the variables of the environment "${plan.name}" cannot be read: ${(error as Error).message}`,
    );
  }
}

/** Reads lists of a repository, by the path below it. */
const lister =
  ({ owner, baseUrl }: GitHub, repository: string, token: string) =>
  async <T>(path: string): Promise<T[] | undefined> =>
    (await read({ token, ...(baseUrl === undefined ? {} : { baseUrl }) }, `repos/${owner}/${repository}${path}`)) as
      | T[]
      | undefined;

interface Variables {
  variables: { name: string }[];
}

const namesOf = (pages: Variables[] | undefined): string[] =>
  (pages ?? []).flatMap((page) => page.variables.map(({ name }) => name));

async function existingOf(access: GitHub, plan: RepositoryPlan, token: string): Promise<Existing | undefined> {
  const { provider } = access;
  const repository = plan.general.name;
  const all = lister(access, repository, token);
  if ((await all("")) === undefined) return undefined;
  const [rulesets, variables, hooks, deployKeys, protections] = await Promise.all([
    all<{ id: number; name: string }>("/rulesets?per_page=100&includes_parents=false"),
    all<Variables>("/actions/variables?per_page=30"),
    all<{ id: number; config: { url?: string } }>("/hooks?per_page=100"),
    all<{ id: number; key: string; title: string; read_only: boolean }>("/keys?per_page=100"),
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

/** A token in plain text, for requests of our own; it goes into no Output. */
const plainOf = (token: pulumi.Output<string>): Promise<string> =>
  new Promise((resolve) => {
    token.apply(resolve);
  });
