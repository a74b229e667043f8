/** What an account's plan on github.com does not offer for private repositories, told before anything is made. */
import { Problems } from "../../shared/problems.ts";
import { type Api, read } from "./api.ts";
import { hasPeople } from "./environmentPlan.ts";
import type { StackShare } from "./plan.ts";

/** Of these alone it is known what they lack; any other is not judged. */
type Plan = "free" | "pro" | "team";

const isJudged = (plan: unknown): plan is Plan => plan === "free" || plan === "pro" || plan === "team";

interface Account {
  login?: string;
  plan?: { name?: unknown };
}

/** What is known of the owner of repositories. */
export interface Owner {
  /** Undefined where GitHub does not tell it, or it is not judged. */
  plan?: Plan;
  /** A person, and no organisation. */
  isPerson: boolean;
}

/**
 * GitHub tells a plan to the user, and to the organisation's owners.
 * @returns undefined where nothing is told of the owner
 */
export async function ownerAccount(api: Api, owner: string): Promise<Owner | undefined> {
  const asked = async (path: string): Promise<Account | undefined> =>
    (await read(api, path).catch(() => undefined))?.[0] as Account | undefined;
  const organization = await asked(`orgs/${owner}`);
  const account = organization ?? (await asked("user"));
  if (account?.login?.toLowerCase() !== owner.toLowerCase()) return undefined;
  const plan = account.plan?.name;
  return { isPerson: organization === undefined, ...(isJudged(plan) ? { plan } : {}) };
}

/** Whether there is anything that not every owner has. */
export const mayLack = ({ visibility, whole }: StackShare): boolean =>
  visibility !== "public" || (whole?.branches.rules ?? []).some(({ mergeQueue }) => mergeQueue);

/**
 * What the plan lacks of what is declared.
 * @see https://docs.github.com/en/get-started/learning-about-github/githubs-plans
 */
export function planProblems(
  { plan, isPerson }: Owner,
  { key, owner, visibility, whole, environments }: StackShare,
): string[] {
  const problems = Problems.ofRepository(key);
  const queued = (whole?.branches.rules ?? []).filter(({ mergeQueue }) => mergeQueue).map(({ name }) => name);
  if (isPerson && queued.length > 0)
    problems.add("rules.mergeQueue", queued, `have a queue, which GitHub offers in organisations alone; leave it out`);
  if (visibility === "public" || plan === undefined) return problems.found;
  if (plan === "free") {
    const remedy = `GitHub has none for a private repository of a free account (${owner}); make it public, upgrade the account`;
    if (whole && whole.rulesets.length + whole.protections.length > 0)
      problems.add(
        "protection",
        whole.protections.length > 0 ? "classic" : "rulesets",
        `is not possible: ${remedy}, or write protection: "none", and everybody who may write may do everything`,
      );
    for (const {
      place,
      plan: { name },
    } of environments)
      problems.add(place, name, `is not possible: ${remedy}, or leave it out and deploy from your own machine`);
    return problems.found;
  }
  const withEnterprise = `which GitHub offers for private repositories with Enterprise alone (${owner} has ${plan})`;
  if (!isPerson && queued.length > 0)
    problems.add("rules.mergeQueue", queued, `have a queue, ${withEnterprise}; leave it out, or make it public`);
  for (const {
    place,
    plan: { name, reviewers, waitTimer },
  } of environments) {
    if (hasPeople(reviewers))
      problems.add(place, name, `has reviewers, ${withEnterprise}; leave them out, or make it public`);
    if (waitTimer > 0)
      problems.add(place, name, `has a wait timer, ${withEnterprise}; leave it out, or make it public`);
  }
  return problems.found;
}
