/** Creates the repositories and GitHub environments that a stack has a share in. */

import * as pulumi from "@pulumi/pulumi";
import { circumstancesOf } from "../../policies/schema.ts";
import type { Settings } from "../../settings/types.ts";
import { defined } from "../../shared/records.ts";
import { keptOnGitHub, protectedRepositories } from "../../state/lastState.ts";
import { GitHubEnvironment } from "./environment.ts";
import { findImports, findVariableImports, limitProblems, readBranchFiles, tellRename } from "./existing.ts";
import type { Tree } from "./files.ts";
import { findAdditions } from "./findAdditions.ts";
import { type GitHub, gitHubAccess, gitHubIsOff, nameProblems, type Person, tokenOf } from "./github.ts";
import { environmentFacts, repositoryFacts } from "./judged.ts";
import type { StackShare } from "./plan.ts";
import { Repository } from "./repository.ts";
import { type Shares, sharesOf } from "./shares.ts";
import type { RepositorySpec } from "./spec.ts";

/** The resources of a stack's share in one declaration. */
export interface DeclaredRepository {
  /** Only in the stack that owns the repository. */
  repository?: Repository;
  environment?: GitHubEnvironment;
}

type StackSettings = Settings<pulumi.Output<string>>;

export interface CheckedRepositories extends Shares {
  problems: string[];
}

/** Collects every problem in the declarations, before anything is touched. */
export function checkRepositories(written: RepositorySpec[], settings: StackSettings): CheckedRepositories {
  const { plans, problems } = sharesOf(written, settings, pulumi.getStack());
  if (plans.length > 0 && tokenOf(settings.github) === undefined && !pulumi.runtime.isDryRun() && !gitHubIsOff()) {
    problems.push(
      "slipway:github.token: is missing, and GITHUB_TOKEN is not set; run `pulumi config set --secret --path slipway:github.token`, or set tokenFile",
    );
  }
  return { plans, problems };
}

/** Everyone a plan names and GitHub identifies by number. */
function peopleIn({ key, whole, environments }: StackShare): Person[] {
  const bypass = (whole?.rulesets ?? [])
    .flatMap((ruleset) => ruleset.bypass)
    .flatMap((actor): Person[] =>
      actor.kind === "id"
        ? []
        : [
            {
              kind: actor.kind,
              name: actor.name,
              place: `repositories: ${key}.${actor.place ?? "bypass"}.${actor.kind}s`,
            },
          ],
    );
  const reviewers = environments.flatMap(({ place, plan }) =>
    (["user", "team"] as const).flatMap((kind) =>
      plan.reviewers[`${kind}s`].map(
        (name): Person => ({ kind, name, place: `repositories: ${key}.${place}.reviewers.${kind}s` }),
      ),
    ),
  );
  return [...bypass, ...reviewers];
}

/**
 * @param plans from `checkRepositories`, without problems
 * @throws RunError when GitHub does not know someone who is named, when it already has a repository that this stack may
 * not adopt, or when a protected repository is no longer declared
 */
export async function declareRepositories(
  plans: CheckedRepositories["plans"],
  settings: StackSettings,
): Promise<Record<string, DeclaredRepository>> {
  if (plans.length > 0 && tokenOf(settings.github) === undefined && !gitHubIsOff()) {
    await pulumi.log.warn(
      "there is no token for GitHub (slipway:github.token, or GITHUB_TOKEN), so it is not queried: reviewers, bypasses and files that go through a pull request may show as changes",
    );
  }
  for (const { plan } of plans) for (const warning of plan.warnings) await pulumi.log.warn(warning);
  if (!pulumi.runtime.isDryRun()) await refuseUndeclared(plans);
  const access = gitHubAccess(settings.github);
  // All queries come before the first resource, so that an error leaves nothing half created.
  const problems = (
    await Promise.all([
      ...plans.map(({ plan }) => nameProblems(access(plan.owner), peopleIn(plan))),
      ...Map.groupBy(plans, ({ plan }) => plan.owner)
        .entries()
        .map(([owner, ofOwner]) =>
          limitProblems(
            access(owner),
            ofOwner.map(({ plan }) => plan),
          ),
        ),
    ])
  ).flat();
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
  const [existing, removals] = await Promise.all([
    Promise.all(plans.map(({ plan }) => readExisting(access(plan.owner), plan))),
    Promise.all(plans.map(({ spec, plan }) => findAdditions(access(plan.owner), spec, plan))),
    ...plans.map(({ plan }) => tellRename(access(plan.owner), plan.key, plan.name)),
  ]);
  return Object.fromEntries(
    plans.map(({ spec, plan }, index): [string, DeclaredRepository] => {
      const github = access(plan.owner);
      const secrets = settings.repositories[plan.key]?.secrets ?? {};
      const transform = spec.transform ? { transform: spec.transform } : {};
      const circumstances = circumstancesOf(settings, "repository", plan.key);
      const { imports, tree } = existing[index]!;
      const repository =
        plan.whole &&
        new Repository(plan.key, {
          plan: plan.whole,
          github,
          secrets,
          imports,
          tree,
          removals: removals[index]!.repository,
          ...transform,
          ...defined({ facts: repositoryFacts(plan, circumstances, spec.transform) }),
        });
      const environments = plan.environments.map(
        (declared) =>
          new GitHubEnvironment(`${plan.key}-${declared.suffix}`, {
            plan: declared.plan,
            github,
            secrets,
            repository: repository?.name ?? plan.name,
            key: plan.key,
            imports,
            removals: removals[index]!.environments[declared.suffix] ?? [],
            facts: environmentFacts(plan, declared, circumstances, spec.transform),
            ...transform,
            ...defined({ keySeed: settings.github.keySeed }),
          }),
      );
      const environment = environments[plan.environments.findIndex((one) => one.plan === plan.environment)];
      return [plan.key, defined({ repository, environment })];
    }),
  );
}

/** The engine refuses to delete a protected repository, but without a preview it deletes everything in it first. */
async function refuseUndeclared(plans: CheckedRepositories["plans"]): Promise<void> {
  const declared = plans.filter(({ plan }) => plan.whole).map(({ plan }) => plan.key);
  const undeclared = (await protectedRepositories()).filter((key) => !declared.includes(key));
  if (undeclared.length === 0) return;
  throw new pulumi.RunError(
    undeclared
      .map(
        (key) =>
          `repositories: ${key}: is protected but no longer declared in this stack; declare it again with protect: false, run \`pulumi up\`, and only then remove it`,
      )
      .join("\n"),
  );
}

/** What GitHub has and this stack does not: read in every update, in a preview only for a repository with `adopt`. */
async function readExisting(
  github: GitHub,
  { key, name, whole, environments }: StackShare,
): Promise<{ imports: Record<string, string>; tree: Tree }> {
  const kept = whole?.adopt || !pulumi.runtime.isDryRun() ? await keptOnGitHub() : undefined;
  const [ofRepository, ofVariables, tree] = await Promise.all([
    whole && kept ? findImports(github, key, whole, kept) : {},
    kept
      ? Promise.all(
          environments.map(({ suffix, plan }) => findVariableImports(github, `${key}-${suffix}`, name, plan, kept)),
        )
      : [],
    whole?.files?.through === "pull-request" ? readBranchFiles(github, name, whole.files.branch) : {},
  ]);
  return { imports: Object.assign({}, ofRepository, ...ofVariables), tree };
}
