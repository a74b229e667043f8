/** Creates the repositories and GitHub environments that a stack has a share in. */

import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/types.ts";
import { DeclarationError } from "../../shared/problems.ts";
import { defined } from "../../shared/records.ts";
import { keptOnGitHub, protectedRepositories } from "../../state/lastState.ts";
import { GitHubEnvironment } from "./environment.ts";
import { keyOf } from "./environmentPlan.ts";
import { findImports, findVariableImports, readBranchFiles, tellRename } from "./existing.ts";
import type { Tree } from "./files.ts";
import { type GitHub, gitHubAccess, gitHubIsOff, nameProblems, type Person, tokenOf } from "./github.ts";
import { duplicateDeclarations, undeclaredSettings } from "./ownership.ts";
import { planRepository, type StackShare } from "./plan.ts";
import { Repository } from "./repository.ts";
import { shapeProblems } from "./shape.ts";
import type { RepositorySpec } from "./spec.ts";

/** The resources of a stack's share in one declaration. */
export interface DeclaredRepository {
  /** Only in the stack that owns the repository. */
  repository?: Repository;
  environment?: GitHubEnvironment;
}

type StackSettings = Settings<pulumi.Output<string>>;

export interface CheckedRepositories {
  plans: { spec: RepositorySpec; plan: StackShare }[];
  problems: string[];
}

/** Collects every problem in the declarations, before anything is touched. */
export function checkRepositories(written: RepositorySpec[], settings: StackSettings): CheckedRepositories {
  const misshapen = written.flatMap(shapeProblems);
  if (misshapen.length > 0) return { plans: [], problems: misshapen };
  return checkShaped(written, settings);
}

function checkShaped(specs: RepositorySpec[], settings: StackSettings): CheckedRepositories {
  const problems = [
    ...duplicateDeclarations(specs, settings.github.owner),
    ...undeclaredSettings(Object.keys(settings.repositories), specs),
  ];
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
      "slipway:github.token: is missing, and GITHUB_TOKEN is not set; run `pulumi config set --secret --path slipway:github.token`, or set tokenFile",
    );
  }
  return { plans, problems };
}

function contextOf(name: string, settings: StackSettings): Parameters<typeof planRepository>[1] {
  const ofRepository = Object.hasOwn(settings.repositories, name) ? settings.repositories[name] : undefined;
  const { owner, keySeed } = settings.github;
  return {
    stack: pulumi.getStack(),
    hosts: settings.hosts,
    hasKeySeed: keySeed !== undefined,
    ...defined({ owner }),
    ...(ofRepository ? { settings: { ...ofRepository, secretNames: Object.keys(ofRepository.secrets).sort() } } : {}),
  };
}

/** Everyone a plan names and GitHub identifies by number. */
function peopleIn({ key, whole, environment }: StackShare): Person[] {
  const bypass = (whole?.rulesets ?? [])
    .flatMap((ruleset) => ruleset.bypass)
    .flatMap((actor): Person[] =>
      actor.kind === "id"
        ? []
        : [{ kind: actor.kind, name: actor.name, place: `repositories: ${key}.bypass.${actor.kind}s` }],
    );
  const { users = [], teams = [] } = environment?.reviewers ?? {};
  const reviewers = (kind: "user" | "team", names: string[]) =>
    names.map(
      (name): Person => ({
        kind,
        name,
        place: `repositories: ${key}.environments.${pulumi.getStack()}.reviewers.${kind}s`,
      }),
    );
  return [...bypass, ...reviewers("user", users), ...reviewers("team", teams)];
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
  if (!pulumi.runtime.isDryRun()) await refuseUndeclared(plans);
  const access = gitHubAccess(settings.github);
  // All queries come before the first resource, so that an error leaves nothing half created.
  const problems = (
    await Promise.all(plans.map(({ plan }) => nameProblems(access(plan.owner), peopleIn(plan))))
  ).flat();
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
  const [existing] = await Promise.all([
    Promise.all(plans.map(({ plan }) => readExisting(access(plan.owner), plan))),
    ...plans.map(({ plan }) => tellRename(access(plan.owner), plan.key, plan.name)),
  ]);
  return Object.fromEntries(
    plans.map(({ spec, plan }, index): [string, DeclaredRepository] => {
      const github = access(plan.owner);
      const secrets = settings.repositories[plan.key]?.secrets ?? {};
      const transform = spec.transform ? { transform: spec.transform } : {};
      const { imports, tree } = existing[index]!;
      const repository =
        plan.whole && new Repository(plan.key, { plan: plan.whole, github, secrets, imports, tree, ...transform });
      const environment =
        plan.environment &&
        new GitHubEnvironment(`${plan.key}-${pulumi.getStack()}`, {
          plan: plan.environment,
          github,
          secrets,
          repository: repository?.name ?? plan.name,
          key: plan.key,
          imports,
          ...transform,
          ...defined({ keySeed: settings.github.keySeed }),
        });
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
  { key, name, whole, environment }: StackShare,
): Promise<{ imports: Record<string, string>; tree: Tree }> {
  const kept = whole?.adopt || !pulumi.runtime.isDryRun() ? await keptOnGitHub() : undefined;
  const [ofRepository, ofVariables, tree] = await Promise.all([
    whole && kept ? findImports(github, key, whole, kept) : {},
    environment && kept ? findVariableImports(github, `${key}-${pulumi.getStack()}`, name, environment, kept) : {},
    whole?.files?.through === "pull-request" ? readBranchFiles(github, name, whole.files.branch) : {},
  ]);
  return { imports: { ...ofRepository, ...ofVariables }, tree };
}
