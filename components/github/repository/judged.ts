/** What rules judge of a stack's share in a repository: plain values, for the plan and for `slipway check` alike. */
import { type Exemption, type Exemptions, placed } from "../../policies/exemptions.ts";
import type { Circumstances, EnvironmentFacts, RepositoryFacts } from "../../policies/facts.ts";
import {
  type BranchReview,
  type EnvironmentReview,
  EVERYTHING,
  type RepositoryReview,
  UNMANAGED,
} from "../../policies/gitHubFacts.ts";
import { subjectOf } from "../../policies/rules.ts";
import { defined, mapValues, omit } from "../../shared/records.ts";
import { workflowReview } from "../workflows/review.ts";
import type { Rule } from "./branches.ts";
import type { GitHubEnvironmentPlan } from "./environmentPlan.ts";
import type { GeneralPlan } from "./general.ts";
import { coversBranch } from "./names.ts";
import type { ChildKind, Transform } from "./partSpecs.ts";
import type { DeclaredEnvironment, RepositoryPlan, StackShare } from "./plan.ts";
import { actorName } from "./rulesets.ts";
import { transformed } from "./transform.ts";

/** Absent where the stack does not own the repository. @param transform the declaration's */
export function repositoryFacts(
  share: StackShare,
  circumstances: Circumstances,
  transform?: Transform,
): RepositoryFacts | undefined {
  if (!share.whole) return undefined;
  return {
    subject: "repository",
    name: share.key,
    review: repositoryReview(share, share.whole, transform),
    ...circumstances,
    exemptions: exemptionsFor(share, circumstances, (one) => subjectOf(one.rule) !== "environment"),
  };
}

export const environmentFacts = (
  share: StackShare,
  { place, readBy, plan }: DeclaredEnvironment,
  circumstances: Circumstances,
  transform?: Transform,
): EnvironmentFacts => ({
  subject: "environment",
  name: `${share.key}.${place}`,
  review: environmentReview(share, readBy[0]!, plan, transform),
  ...circumstances,
  exemptions: exemptionsFor(
    share,
    circumstances,
    (one) => subjectOf(one.rule) === "environment" && one.environment === plan.name,
  ),
});

/** All facts of a share. */
export const shareFacts = (
  share: StackShare,
  circumstances: Circumstances,
  transform?: Transform,
): (RepositoryFacts | EnvironmentFacts)[] => [
  ...[repositoryFacts(share, circumstances, transform) ?? []].flat(),
  ...share.environments.map((environment) => environmentFacts(share, environment, circumstances, transform)),
];

/** The facts as inputs of the repository's component. */
export const judgedRepository = (facts: RepositoryFacts | undefined) =>
  facts && { review: facts.review, policies: omit(facts, "subject", "name", "review") };

/** The same of an environment's component, which is not called as its facts are. */
export const judgedEnvironment = (facts: EnvironmentFacts | undefined) =>
  facts && { review: facts.review, policies: omit(facts, "subject", "review") };

function exemptionsFor(
  { key, exemptions }: StackShare,
  { exemptions: further }: Circumstances,
  isMeant: (exemption: Exemption) => boolean,
): Exemptions {
  const all = { ...placed(exemptions, `repositories: ${key}.exemptions`), ...further };
  return Object.fromEntries(Object.entries(all).filter(([, one]) => isMeant(one)));
}

/** Kinds of which the result of a `transform` is not judged: they get values that only an update knows. */
const UNSEEN: Record<"repository" | "environment", ChildKind[]> = {
  repository: ["defaultBranch", "ruleset", "protection", "token", "file"],
  environment: ["environment", "policy"],
};

function unseen(transform: Transform | undefined, of: keyof typeof UNSEEN): Record<string, true> | undefined {
  const kinds = UNSEEN[of].filter((kind) => transform?.[kind]);
  return kinds.length === 0 ? undefined : Object.fromEntries(kinds.map((kind) => [kind, true]));
}

function repositoryReview({ key, solo }: StackShare, plan: RepositoryPlan, transform?: Transform): RepositoryReview {
  const { branches, actions, files } = plan;
  const general: GeneralPlan = transformed(transform, "repository", plan.general, `${key}-repository`);
  const analysis = general.securityAndAnalysis ?? {};
  const status = (name: string): string => analysis[name]?.status ?? UNMANAGED;
  const workflows = Object.entries(files?.content ?? {}).filter(([path]) =>
    /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path),
  );
  return {
    visibility: general.visibility,
    ...(solo ? { solo } : {}),
    defaultBranch: branches.default,
    branches: Object.fromEntries(
      branches.rules.flatMap((rule) => {
        const bypass = bypassOf(rule, plan);
        return bypass ? [[rule.name, branchReview(rule, branches.default, bypass)]] : [];
      }),
    ),
    secretScanning: status("secretScanning"),
    pushProtection: status("secretScanningPushProtection"),
    advancedSecurity: status("advancedSecurity"),
    token: actions?.token.defaultWorkflowPermissions ?? UNMANAGED,
    workflows: mapValues(Object.fromEntries(workflows), workflowReview),
    ...defined({ transformed: unseen(transform, "repository") }),
  };
}

/** Who may pass over a rule, by its ruleset or its classic protections; undefined where it has neither. */
function bypassOf(rule: Rule, { rulesets, protections }: RepositoryPlan): Record<string, string> | undefined {
  const actors = rulesets
    .filter(({ target, name }) => target === "branch" && name === rule.name)
    .map(({ bypass }) => bypass.map((actor) => [actorName(actor), actor.mode]));
  const bypassers = protections
    .filter(({ pattern }) => rule.patterns.includes(pattern))
    .map(({ requiredPullRequestReviews = [] }) =>
      requiredPullRequestReviews.flatMap((one) => one.pullRequestBypassers.map((name) => [name, "pull_request"])),
    );
  const found = [...bypassers, ...actors];
  return found.length === 0 ? undefined : Object.fromEntries(found.flat());
}

const branchReview = (rule: Rule, head: string, bypass: Record<string, string>): BranchReview => ({
  default: rule.patterns.some((pattern) => coversBranch(pattern, head)),
  pullRequest: rule.reviews !== undefined,
  reviews: rule.reviews?.required ?? 0,
  checks: Object.fromEntries(rule.checks.map(({ name, app }) => [name, app === undefined ? "anybody" : `app ${app}`])),
  forcePush: rule.forcePush,
  deletion: rule.deletion,
  bypass,
});

function environmentReview(
  { visibility, solo }: StackShare,
  use: string,
  plan: GitHubEnvironmentPlan,
  transform?: Transform,
): EnvironmentReview {
  const { name, reviewers, waitTimer, preventSelfReview, canAdminsBypass } = plan;
  return {
    name,
    use,
    visibility,
    ...(solo ? { solo } : {}),
    reviewers: reviewers.users.length + reviewers.teams.length,
    waitTimer,
    selfReview: !preventSelfReview,
    adminBypass: canAdminsBypass,
    deploys: Object.fromEntries(deploysOf(plan).map((what) => [what, true])),
    ...defined({ transformed: unseen(transform, "environment") }),
  };
}

function deploysOf({ deploymentBranchPolicy, policies }: GitHubEnvironmentPlan): string[] {
  if (!deploymentBranchPolicy) return [EVERYTHING];
  if (deploymentBranchPolicy.protectedBranches) return ["protected branches"];
  return [...policies.branches.map((name) => `branch ${name}`), ...policies.tags.map((name) => `tag ${name}`)];
}
