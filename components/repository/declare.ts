/** Makes the repositories and environments that a stack has to do with. */
import * as pulumi from "@pulumi/pulumi";
import { DeclarationError } from "../application/problems.ts";
import { keptOnGitHub } from "../operations/lastState.ts";
import type { Settings } from "../settings/types.ts";
import { shortName } from "./environmentPlan.ts";
import { Environment } from "./environment.ts";
import type { Tree } from "./files.ts";
import { type GitHub, gitHubAccess, type Named, tokenOf, unknownNames } from "./github.ts";
import { lookAtFiles, lookForImports, lookForVariables } from "./look.ts";
import { normalise, type Plan } from "./normalise.ts";
import { twice, unknown } from "./ownership.ts";
import { Repository } from "./repository.ts";
import type { RepositorySpec } from "./spec.ts";

/** What a stack made of one declaration. */
export interface Declared {
  /** Only in the stack that owns it. */
  repository?: Repository;
  environment?: Environment;
}

type Own = Settings<pulumi.Output<string>>;

export interface Checked {
  plans: { spec: RepositorySpec; plan: Plan }[];
  problems: string[];
}

/** Everything that is wrong with the declarations, before anything is touched. */
export function checkRepositories(specs: RepositorySpec[], settings: Own): Checked {
  const problems = [...twice(specs, settings.github.owner), ...unknown(Object.keys(settings.repositories), specs)];
  const plans = specs.flatMap((spec) => {
    try {
      const plan = normalise(spec, contextOf(shortName(spec.name), settings));
      return plan.whole || plan.environment ? [{ spec, plan }] : [];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (plans.length > 0 && tokenOf(settings.github) === undefined && !pulumi.runtime.isDryRun()) {
    problems.push("slipway:github.token: is missing, and GITHUB_TOKEN is not set; run `pulumi config set --secret --path slipway:github.token`, or name a tokenFile");
  }
  return { plans, problems };
}

function contextOf(name: string, settings: Own): Parameters<typeof normalise>[1] {
  const own = Object.hasOwn(settings.repositories, name) ? settings.repositories[name] : undefined;
  const { owner, keySeed } = settings.github;
  return {
    stack: pulumi.getStack(), hosts: settings.hosts, hasKeySeed: keySeed !== undefined,
    ...(owner === undefined ? {} : { owner }),
    ...(own ? { settings: { ...own, secretNames: Object.keys(own.secrets).sort() } } : {}),
  };
}

/** Everybody whom a plan names and GitHub knows by number. */
function namedIn({ name, whole, environment }: Plan): Named[] {
  const bypass = (whole?.rulesets ?? []).flatMap((ruleset) => ruleset.bypass).flatMap((actor): Named[] =>
    actor.kind === "id" ? [] : [{ kind: actor.kind, name: actor.name, place: `repositories: ${name}.bypass.${actor.kind}s` }]);
  const { users = [], teams = [] } = environment?.reviewers ?? {};
  const reviewers = (kind: "user" | "team", names: string[]) => names.map((own): Named => ({ kind, name: own, place: `repositories: ${name}.environments.${pulumi.getStack()}.reviewers.${kind}s` }));
  return [...bypass, ...reviewers("user", users), ...reviewers("team", teams)];
}

/** What GitHub has and this stack does not is looked for in an update; in a preview only where it was asked for. */
const looks = (adopt: boolean): boolean => adopt || !pulumi.runtime.isDryRun();

/**
 * @param plans as `checkRepositories` gave them, without problems
 * @throws RunError when GitHub does not know somebody who is named, or has a repository that this stack was not told to take over
 */
export async function declareRepositories(plans: Checked["plans"], settings: Own): Promise<Record<string, Declared>> {
  if (plans.length > 0 && tokenOf(settings.github) === undefined) {
    await pulumi.log.warn("there is no token for GitHub (slipway:github.token, or GITHUB_TOKEN), so nothing is asked: the plan shows what the state believes, and an update where rules name people or teams, as their numbers are not known");
  }
  const access = gitHubAccess(settings.github);
  const unknown = (await Promise.all(plans.map(({ plan }) => unknownNames(access(plan.owner), namedIn(plan))))).flat();
  if (unknown.length > 0) throw new pulumi.RunError(unknown.join("\n"));
  const found = await Promise.all(plans.map(({ spec, plan }) => look(access(plan.owner), plan, spec.renamedFrom)));
  const made = plans.map(({ spec, plan }, index): [string, Declared] => {
    const github = access(plan.owner);
    const secrets = settings.repositories[plan.name]?.secrets ?? {};
    const transform = spec.transform ? { transform: spec.transform } : {};
    const { whole } = plan;
    const { imports, tree } = found[index]!;
    const repository = whole && new Repository(plan.name, { plan: whole, github, secrets, imports, tree, ...transform },
      spec.renamedFrom === undefined ? {} : { aliases: [{ name: spec.renamedFrom }] });
    const environment = plan.environment && new Environment(`${plan.name}-${pulumi.getStack()}`, {
      plan: plan.environment, github, secrets, repository: repository?.name ?? plan.name, repositoryName: plan.name, imports, ...transform,
      ...(settings.github.keySeed === undefined ? {} : { keySeed: settings.github.keySeed }),
    }, spec.renamedFrom === undefined ? {} : { aliases: [{ name: `${spec.renamedFrom}-${pulumi.getStack()}` }] });
    return [plan.name, { ...(repository ? { repository } : {}), ...(environment ? { environment } : {}) }];
  });
  return Object.fromEntries(made);
}

/** All questions come before the first resource, so that a wrong answer leaves nothing half made. */
async function look(github: GitHub, { name, whole, environment }: Plan, before: string | undefined): Promise<{ imports: Record<string, string>; tree: Tree }> {
  const kept = looks(whole?.adopt ?? false) ? renamed(await keptOnGitHub(), before, name) : undefined;
  const [own, variables, tree] = await Promise.all([
    whole && kept ? lookForImports(github, name, whole, kept) : {},
    environment && kept ? lookForVariables(github, `${name}-${pulumi.getStack()}`, name, environment, kept) : {},
    whole?.files?.through === "pull-request" ? lookAtFiles(github, name, whole.files.branch) : {},
  ]);
  return { imports: { ...own, ...variables }, tree };
}

/** Names of resources with those that they have after a renaming: what is renamed is no newcomer. */
const renamed = (kept: Set<string>, before: string | undefined, name: string): Set<string> =>
  before === undefined ? kept : new Set([...kept, ...Array.from(kept, (own) => (own.startsWith(`${before}-`) ? `${name}${own.slice(before.length)}` : own))]);
