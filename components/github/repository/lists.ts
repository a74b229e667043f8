/** Reads the lists of a repository and of an environment on GitHub, as far as GitHub tells them. */
import { defined } from "../../shared/records.ts";
import type { BypassActor, FoundInEnvironment, FoundInRepository } from "./additions.ts";
import { type Api, environmentPath, inPages, type Page, read } from "./api.ts";

/** Why GitHub did not tell a list, by what is in it. */
export type Untold = Record<string, string>;

type Read = <T>(what: string, path: string) => Promise<T[] | undefined>;

/**
 * Returns a function that reads a repository's lists, by their path below it; undefined where GitHub has none (404) or
 * does not tell it.
 * @param fullName like "anna/shop"
 */
export const reader =
  (api: Api, fullName: string, untold: Untold): Read =>
  async <T>(what: string, path: string) => {
    try {
      return (await read(api, `repos/${fullName}${path}`)) as T[] | undefined;
    } catch (error) {
      untold[what] = (error as Error).message;
      return undefined;
    }
  };

const names = (all: { name: string }[] | undefined): string[] | undefined => all?.map(({ name }) => name);

async function readValues(list: Read, base: string): Promise<Pick<FoundInEnvironment, "secrets" | "variables">> {
  const [secrets, variables] = await Promise.all([
    list<Page>("secrets", `${base}/secrets?per_page=100`),
    list<Page>("variables", `${base}/variables?per_page=30`),
  ]);
  return defined({ secrets: names(inPages(secrets, "secrets")), variables: names(inPages(variables, "variables")) });
}

/** @param declared names of the rulesets of which it is read, too, who may bypass them */
async function readRulesets(list: Read, declared: string[]): Promise<Pick<FoundInRepository, "rulesets" | "bypass">> {
  const all = await list<{ id: number; name: string; source_type?: string }>(
    "rulesets",
    "/rulesets?per_page=100&includes_parents=false",
  );
  const rulesets = all?.filter(({ source_type = "Repository" }) => source_type === "Repository");
  const bypass = await Promise.all(
    (rulesets ?? [])
      .filter(({ name }) => declared.includes(name))
      .map(async ({ id }): Promise<[number, BypassActor[] | undefined]> => {
        const ruleset = await list<{ bypass_actors?: BypassActor[] }>("bypasses", `/rulesets/${id}`);
        return [id, ruleset?.[0]?.bypass_actors];
      }),
  );
  return { ...defined({ rulesets }), bypass: defined(Object.fromEntries(bypass)) as Record<number, BypassActor[]> };
}

/** The lists of a whole repository; those of labels only where the declaration has them. */
export async function readRepository(
  list: Read,
  rulesets: string[],
  { labels: hasLabels }: { labels: boolean },
): Promise<FoundInRepository> {
  const [ruled, values, keys, hooks, environments, labels] = await Promise.all([
    readRulesets(list, rulesets),
    readValues(list, "/actions"),
    list<{ id: number; key: string; title: string }>("deploy keys", "/keys?per_page=100"),
    list<{ id: number; config: { url?: string } }>("webhooks", "/hooks?per_page=100"),
    list<Page>("environments", "/environments?per_page=100"),
    hasLabels ? list<{ name: string }>("labels", "/labels?per_page=100") : undefined,
  ]);
  const webhooks = hooks?.map(({ id, config }) => ({ id, url: config.url ?? "" }));
  return {
    ...ruled,
    ...values,
    ...defined({
      deployKeys: keys,
      webhooks,
      environments: names(inPages(environments, "environments")),
      labels: names(labels),
    }),
  };
}

/** Policies are none where any branch may deploy: GitHub has no list of them then. */
export async function readEnvironment(list: Read, name: string): Promise<FoundInEnvironment> {
  const base = environmentPath(name);
  const [values, policies] = await Promise.all([
    readValues(list, base),
    list<Page<{ id: number; name: string; type?: string }>>(
      "policies",
      `${base}/deployment-branch-policies?per_page=100`,
    ),
  ]);
  return { ...values, ...defined({ policies: inPages(policies, "branch_policies") }) };
}
