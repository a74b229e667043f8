/** What guards a repository's default branch, and what GitHub looks for in it. */
import { z } from "../../shared/zod.ts";
import type { FactsOf } from "../facts.ts";
import { type BranchReview, type RepositoryReview, UNMANAGED } from "../gitHubFacts.ts";
import type { WholeRule } from "../rule.ts";

type RepositoryRule = WholeRule<"repository">;

const guards = ({ branches }: RepositoryReview): BranchReview[] =>
  Object.values(branches).filter((branch) => branch.default);

const unprotected: RepositoryRule = {
  id: "branch-unprotected",
  subject: "repository",
  severity: "high",
  title: "The default branch is protected",
  reason:
    "Whoever may write can otherwise replace what is deployed, and its history, without a trace and without anybody's eyes.",
  remedy: 'leave protection at "rulesets" and have a rule for it, without forcePush and deletion',
  known: ["Scorecard Branch-Protection, tier 1", "CKV2_GIT_1", "CKV_GITHUB_5"],
  *whole({ review }) {
    const { defaultBranch } = review;
    const rules = guards(review);
    if (rules.length === 0) yield `nothing protects the branch ${defaultBranch}`;
    else if (rules.every(({ forcePush }) => forcePush)) yield `the branch ${defaultBranch} may be force-pushed`;
    else if (rules.every(({ deletion }) => deletion)) yield `the branch ${defaultBranch} may be deleted`;
  },
};

const checks: RepositoryRule = {
  id: "required-check-missing",
  subject: "repository",
  severity: "high",
  title: "The default branch takes only what has passed a check",
  reason: "What is merged is deployed: without a required check a change that breaks, or was never tested, is.",
  remedy: "declare workflows.ci, whose gate is required then, or name the check of your own workflow in checks",
  known: ["Scorecard Branch-Protection, tier 3", "Scorecard CI-Tests"],
  *whole({ review }) {
    const rules = guards(review);
    if (rules.length > 0 && rules.every((rule) => Object.keys(rule.checks).length === 0))
      yield `no check must pass before ${review.defaultBranch} takes a change`;
  },
};

/** Where there is only one person, nobody could give a review, and no exemption would ever end. */
const reviews: RepositoryRule = {
  id: "required-review-missing",
  subject: "repository",
  severity: "high",
  title: "The default branch takes only what somebody else has approved",
  reason:
    "One stolen account or token is enough to deploy anything where nobody else looks at a change. The preset solo, without others who may write, is not judged: nobody is there who could.",
  remedy: 'require reviews of 1 or more in rules, or, where nobody else may write, use preset: "solo"',
  known: ["Scorecard Branch-Protection, tier 2", "Scorecard Code-Review", "CKV_GIT_5"],
  *whole({ review }) {
    const rules = guards(review);
    if (review.solo || rules.length === 0) return;
    if (!rules.some(({ pullRequest }) => pullRequest))
      yield `the branch ${review.defaultBranch} takes pushes without a pull request`;
    else if (!rules.some((rule) => rule.pullRequest && rule.reviews > 0))
      yield `the branch ${review.defaultBranch} takes a pull request that nobody has approved`;
  },
};

const bypass: RepositoryRule = {
  id: "protection-bypassed",
  subject: "repository",
  severity: "medium",
  title: "Nobody may push past the rules of the default branch",
  reason:
    "Whoever may bypass them by a push, and whoever gets hold of that account, deploys without checks and without review.",
  remedy:
    'leave them out of bypass, or let them bypass by a pull request alone, mode: "pull-request", which leaves a trace',
  known: ["Scorecard Branch-Protection, tier 1", "CKV_GITHUB_10"],
  *whole({ review }) {
    const names = guards(review).flatMap((rule) =>
      Object.entries(rule.bypass).flatMap(([name, mode]) => (mode === "always" ? [name] : [])),
    );
    if (names.length > 0) yield `${[...new Set(names)].join(", ")} may push to ${review.defaultBranch} past its rules`;
  },
};

/** In private repositories both cost extra, so GitHub refuses them without a licence. */
const licensed = z.object({
  private: z
    .boolean()
    .default(false)
    .describe("Judge private repositories too, as their owner has bought GitHub Secret Protection"),
});

const isOffered = ({ visibility, advancedSecurity }: RepositoryReview, given: Record<string, unknown>): boolean =>
  visibility === "public" || advancedSecurity === "enabled" || given.private === true;

const stateOf = (status: string): string => (status === UNMANAGED ? "is not declared" : "is off");

/** Medium: a repository that becomes public is declared without it in a first update, as the provider needs it. */
const scanning: RepositoryRule = {
  id: "secret-scanning-off",
  subject: "repository",
  severity: "medium",
  title: "GitHub looks for secrets in the repository",
  reason:
    "A secret that was committed is found by others within minutes; GitHub tells of it, and many are revoked at once.",
  remedy: "set security.secretScanning: true",
  known: ["OSPS-BR-07"],
  settings: licensed,
  *whole({ review }: FactsOf<"repository">, given) {
    if (isOffered(review, given) && review.secretScanning !== "enabled")
      yield `secret scanning ${stateOf(review.secretScanning)}`;
  },
};

const pushes: RepositoryRule = {
  id: "push-protection-off",
  subject: "repository",
  severity: "medium",
  title: "GitHub refuses a push that contains a secret",
  reason: "Scanning tells of a secret when others can have it already; this keeps it from getting there.",
  remedy: "set security.pushProtection: true, or leave it out beside secretScanning: true",
  known: ["OSPS-BR-07"],
  settings: licensed,
  *whole({ review }, given) {
    if (isOffered(review, given) && review.secretScanning === "enabled" && review.pushProtection !== "enabled")
      yield `push protection ${stateOf(review.pushProtection)}`;
  },
};

const changed: RepositoryRule = {
  id: "repository-transformed",
  subject: "repository",
  severity: "low",
  title: "What guards a repository is judged as it is declared",
  reason: "A `transform` may change what was judged here, and nothing judges the result.",
  remedy: "say it by the declaration's own fields where they can, and take the transform out",
  known: [],
  *whole({ review }) {
    for (const kind of Object.keys(review.transformed ?? {}))
      yield `transform.${kind} has the last word on what rules have judged before it`;
  },
};

export const REPOSITORY_RULES = [unprotected, checks, reviews, bypass, scanning, pushes, changed];
