/** Makes the repositories and environments that a stack has to do with. */
import * as pulumi from "@pulumi/pulumi";
import { DeclarationError } from "../application/problems.ts";
import { keptOnGitHub } from "../operations/lastState.ts";
import type { Settings } from "../settings/types.ts";
import { shortName } from "./environmentPlan.ts";
import { Environment } from "./environment.ts";
import { gitHubAccess, tokenOf } from "./github.ts";
import { lookAtFiles, lookForImports } from "./look.ts";
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

/** @param plans as `checkRepositories` gave them, without problems */
export async function declareRepositories(plans: Checked["plans"], settings: Own): Promise<Record<string, Declared>> {
  if (plans.length > 0 && tokenOf(settings.github) === undefined) {
    await pulumi.log.warn("there is no token for GitHub (slipway:github.token, or GITHUB_TOKEN), so nothing is asked: the plan shows what the state believes, and an update where rules name people or teams, as their numbers are not known");
  }
  const access = gitHubAccess(settings.github);
  const made = await Promise.all(plans.map(async ({ spec, plan }): Promise<[string, Declared]> => {
    const github = access(plan.owner);
    const secrets = settings.repositories[plan.name]?.secrets ?? {};
    const transform = spec.transform ? { transform: spec.transform } : {};
    const { whole } = plan;
    const [imports, tree] = whole ? await Promise.all([
      whole.adopt ? keptOnGitHub().then((kept) => lookForImports(github, plan.name, whole, kept)) : {},
      whole.files?.through === "pull-request" ? lookAtFiles(github, plan.name, whole.files.branch) : {},
    ]) : [];
    const repository = whole && new Repository(plan.name, { plan: whole, github, secrets, imports: imports ?? {}, tree: tree ?? {}, ...transform },
      spec.renamedFrom === undefined ? {} : { aliases: [{ name: spec.renamedFrom }] });
    const environment = plan.environment && new Environment(`${plan.name}-${pulumi.getStack()}`, {
      plan: plan.environment, github, secrets, repository: repository?.name ?? plan.name, repositoryName: plan.name, ...transform,
      ...(settings.github.keySeed === undefined ? {} : { keySeed: settings.github.keySeed }),
    }, spec.renamedFrom === undefined ? {} : { aliases: [{ name: `${spec.renamedFrom}-${pulumi.getStack()}` }] });
    return [plan.name, { ...(repository ? { repository } : {}), ...(environment ? { environment } : {}) }];
  }));
  return Object.fromEntries(made);
}
