/** Rules as classic branch protection. Source: the provider's BranchProtection (GraphQL). */
import type { Problems } from "../../shared/problems.ts";
import type { Rule } from "./branches.ts";
import type { BypassSpec } from "./branchSpec.ts";

/** Actors are written "/login" and "organisation/team". */
export interface ProtectionPlan {
  pattern: string;
  enforceAdmins: boolean;
  allowsDeletions: boolean;
  allowsForcePushes: boolean;
  requireConversationResolution: boolean;
  requireSignedCommits: boolean;
  requiredLinearHistory: boolean;
  requiredStatusChecks?: { strict: boolean; contexts: string[] }[];
  requiredPullRequestReviews?: {
    requiredApprovingReviewCount: number;
    dismissStaleReviews: boolean;
    requireCodeOwnerReviews: boolean;
    requireLastPushApproval: boolean;
    pullRequestBypassers: string[];
  }[];
}

/** One protection per pattern, because classic protection has no lists of patterns. */
export function protectionsOf(rule: Rule, bypass: BypassSpec, owner: string): ProtectionPlan[] {
  return rule.patterns.map((pattern) => ({
    pattern,
    enforceAdmins: true,
    allowsDeletions: rule.deletion,
    allowsForcePushes: rule.forcePush,
    requireConversationResolution: rule.reviews?.conversations ?? false,
    requireSignedCommits: rule.signedCommits,
    requiredLinearHistory: rule.linearHistory,
    ...(rule.checks.length === 0
      ? {}
      : { requiredStatusChecks: [{ strict: rule.strict, contexts: rule.checks.map(({ name }) => name).sort() }] }),
    ...(rule.reviews
      ? {
          requiredPullRequestReviews: [
            {
              requiredApprovingReviewCount: rule.reviews.required,
              dismissStaleReviews: rule.reviews.dismissStale,
              requireCodeOwnerReviews: rule.reviews.codeOwners,
              requireLastPushApproval: rule.reviews.lastPush,
              pullRequestBypassers: [
                ...(bypass.teams ?? []).map((team) => `${owner}/${team}`),
                ...(bypass.users ?? []).map((user) => `/${user}`),
              ].sort(),
            },
          ],
        }
      : {}),
  }));
}

/** Reports what only rulesets can express. */
export function checkClassic(problems: Problems, rules: Rule[], bypass: BypassSpec): void {
  const unsupported = [...(bypass.apps ?? []), ...(bypass.roles ?? [])];
  if (unsupported.length > 0)
    problems.add(
      "bypass",
      unsupported,
      'are apps or roles, which classic protection does not support; name users and teams, or use protection: "rulesets"',
    );
  const queued = rules.filter(({ mergeQueue }) => mergeQueue).map(({ name }) => name);
  if (queued.length > 0)
    problems.add(
      "mergeQueue",
      queued,
      'need a merge queue, which classic protection cannot declare; leave it out, or use protection: "rulesets"',
    );
  const boundToApp = rules
    .flatMap(({ checks }) => checks)
    .filter(({ app }) => app !== undefined)
    .map(({ name }) => name);
  if (boundToApp.length > 0)
    problems.add(
      "checks",
      [...new Set(boundToApp)],
      'are bound to an app, which classic protection does not support; name the checks alone, or use protection: "rulesets"',
    );
}
