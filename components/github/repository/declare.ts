/** Makes the repositories and environments that a stack has to do with. */
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/types.ts";
import { DeclarationError } from "../../shared/problems.ts";
import { keptOnGitHub, protectedRepositories } from "../../state/lastState.ts";
import { Environment } from "./environment.ts";
import { keyOf } from "./environmentPlan.ts";
import type { Tree } from "./files.ts";
import { type GitHub, gitHubAccess, gitHubIsOff, type Named, tokenOf, unknownNames } from "./github.ts";
import { lookAtFiles, lookForImports, lookForVariables } from "./look.ts";
import { twice, unknown } from "./ownership.ts";
import { planRepository, type StackShare } from "./plan.ts";
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
  plans: { spec: RepositorySpec; plan: StackShare }[];
  problems: string[];
}

/** Everything that is wrong with the declarations, before anything is touched. */
export function checkRepositories(specs: RepositorySpec[], settings: Own): Checked {
  const problems = [...twice(specs, settings.github.owner), ...unknown(Object.keys(settings.repositories), specs)];
  const plans = specs.flatMap((spec) => {
    try {
      const plan = planRepository(spec, contextOf(keyOf(spec), settings));
      return plan.whole || plan.environment ? [{ spec, plan }] : [];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (plans.length > 0 && tokenOf(settings.github) === undefined && !pulumi.runtime.isDryRun() && !gitHubIsOff()) {
    problems.push(
      "slipway:github.token: is missing, and GITHUB_TOKEN is not set; run `pulumi config set --secret --path slipway:github.token`, or name a tokenFile",
    );
  }
  return { plans, problems };
}

function contextOf(name: string, settings: Own): Parameters<typeof planRepository>[1] {
  const own = Object.hasOwn(settings.repositories, name) ? settings.repositories[name] : undefined;
  const { owner, keySeed } = settings.github;
  return {
    stack: pulumi.getStack(),
    hosts: settings.hosts,
    hasKeySeed: keySeed !== undefined,
    ...(owner === undefined ? {} : { owner }),
    ...(own ? { settings: { ...own, secretNames: Object.keys(own.secrets).sort() } } : {}),
  };
}

/** Everybody whom a plan names and GitHub knows by number. */
function namedIn({ key, whole, environment }: StackShare): Named[] {
  const bypass = (whole?.rulesets ?? [])
    .flatMap((ruleset) => ruleset.bypass)
    .flatMap((actor): Named[] =>
      actor.kind === "id"
        ? []
        : [{ kind: actor.kind, name: actor.name, place: `repositories: ${key}.bypass.${actor.kind}s` }],
    );
  const { users = [], teams = [] } = environment?.reviewers ?? {};
  const reviewers = (kind: "user" | "team", names: string[]) =>
    names.map(
      (name): Named => ({
        kind,
        name,
        place: `repositories: ${key}.environments.${pulumi.getStack()}.reviewers.${kind}s`,
      }),
    );
  return [...bypass, ...reviewers("user", users), ...reviewers("team", teams)];
}

/**
 * @param plans as `checkRepositories` gave them, without problems
 * @throws RunError when GitHub does not know somebody who is named, or has a repository that this stack was not told to
 * take over, or when a protected one is no longer declared
 */
export async function declareRepositories(plans: Checked["plans"], settings: Own): Promise<Record<string, Declared>> {
  if (plans.length > 0 && tokenOf(settings.github) === undefined && !gitHubIsOff()) {
    await pulumi.log.warn(
      "there is no token for GitHub (slipway:github.token, or GITHUB_TOKEN), so it is not asked: reviewers, bypasses and files that go through a pull request may show as changes",
    );
  }
  if (!pulumi.runtime.isDryRun()) await refuseUndeclared(plans);
  const access = gitHubAccess(settings.github);
  // All questions come before the first resource, so that a wrong answer leaves nothing half made.
  const unknown = (await Promise.all(plans.map(({ plan }) => unknownNames(access(plan.owner), namedIn(plan))))).flat();
  if (unknown.length > 0) throw new pulumi.RunError(unknown.join("\n"));
  const found = await Promise.all(plans.map(({ plan }) => look(access(plan.owner), plan)));
  return Object.fromEntries(
    plans.map(({ spec, plan }, index): [string, Declared] => {
      const github = access(plan.owner);
      const secrets = settings.repositories[plan.key]?.secrets ?? {};
      const transform = spec.transform ? { transform: spec.transform } : {};
      const { imports, tree } = found[index]!;
      const repository =
        plan.whole && new Repository(plan.key, { plan: plan.whole, github, secrets, imports, tree, ...transform });
      const environment =
        plan.environment &&
        new Environment(`${plan.key}-${pulumi.getStack()}`, {
          plan: plan.environment,
          github,
          secrets,
          repository: repository?.name ?? plan.name,
          key: plan.key,
          imports,
          ...transform,
          ...(settings.github.keySeed === undefined ? {} : { keySeed: settings.github.keySeed }),
        });
      return [plan.key, { ...(repository ? { repository } : {}), ...(environment ? { environment } : {}) }];
    }),
  );
}

/** The engine refuses to delete what is protected, but without a preview only after it deleted what belongs to it. */
async function refuseUndeclared(plans: Checked["plans"]): Promise<void> {
  const known = plans.filter(({ plan }) => plan.whole).map(({ plan }) => plan.key);
  const gone = (await protectedRepositories()).filter((key) => !known.includes(key));
  if (gone.length === 0) return;
  throw new pulumi.RunError(
    gone
      .map(
        (key) =>
          `repositories: ${key}: is protected, and no longer declared in this stack; put it back with protect: false, run \`pulumi up\`, and only then remove it`,
      )
      .join("\n"),
  );
}

/** What GitHub has and this stack does not is looked for in an update; in a preview only where it was asked for. */
async function look(
  github: GitHub,
  { key, name, whole, environment }: StackShare,
): Promise<{ imports: Record<string, string>; tree: Tree }> {
  const kept = whole?.adopt || !pulumi.runtime.isDryRun() ? await keptOnGitHub() : undefined;
  const [own, variables, tree] = await Promise.all([
    whole && kept ? lookForImports(github, key, whole, kept) : {},
    environment && kept ? lookForVariables(github, `${key}-${pulumi.getStack()}`, name, environment, kept) : {},
    whole?.files?.through === "pull-request" ? lookAtFiles(github, name, whole.files.branch) : {},
  ]);
  return { imports: { ...own, ...variables }, tree };
}
