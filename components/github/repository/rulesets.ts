/** Branch and tag rules as GitHub rulesets. Source: docs.github.com/rest/repos/rules, and the provider's RepositoryRuleset. */
import { defined } from "../../shared/records.ts";
import type { Branches, Rule } from "./branches.ts";
import type { BypassRole, BypassSpec } from "./branchSpec.ts";

/** Who may bypass a ruleset; those with a name are looked up, because GitHub requires their number. */
export type Actor =
  | {
      kind: "user" | "team" | "app";
      name: string;
      mode: "always" | "pull_request";
      /** Where it is declared. @default "bypass" */
      place?: "tagCreators";
    }
  | {
      kind: "id";
      actorType: "RepositoryRole" | "OrganizationAdmin" | "DeployKey";
      actorId?: number;
      mode: "always" | "pull_request";
    };

export interface RulesetPlan {
  name: string;
  target: "branch" | "tag";
  enforcement: "active";
  conditions: { refName: { includes: string[]; excludes: string[] } };
  rules: Record<string, unknown>;
  bypass: Actor[];
}

/** The numbers of GitHub's built-in roles. Source: the provider's documentation of `bypassActors`. */
const ROLES: Record<BypassRole, { actorType: "RepositoryRole" | "OrganizationAdmin" | "DeployKey"; actorId?: number }> =
  {
    maintain: { actorType: "RepositoryRole", actorId: 2 },
    write: { actorType: "RepositoryRole", actorId: 4 },
    admin: { actorType: "RepositoryRole", actorId: 5 },
    "organization-admin": { actorType: "OrganizationAdmin" },
    "deploy-key": { actorType: "DeployKey" },
  };

export const BYPASS_ROLES = Object.keys(ROLES);

/** In GitHub's words. */
export const actorTypeOf = (actor: Actor): string =>
  actor.kind === "id" ? actor.actorType : { user: "User", team: "Team", app: "Integration" }[actor.kind];

/** In the declaration's words: "admin", "team ops". */
export const actorName = (actor: Actor): string =>
  actor.kind === "id"
    ? (Object.entries(ROLES).find(
        ([, role]) => role.actorType === actor.actorType && role.actorId === actor.actorId,
      )?.[0] ?? actor.actorType)
    : `${actor.kind} ${actor.name}`;

export function actorsOf(bypass: BypassSpec, target: "branch" | "tag"): Actor[] {
  const mode = target === "tag" || bypass.mode === "always" ? "always" : "pull_request";
  const named = (kind: "user" | "team" | "app", names: string[] = []): Actor[] =>
    [...names].sort().map((name) => ({ kind, name, mode }));
  return [
    ...[...(bypass.roles ?? [])]
      .sort()
      .map((role): Actor => ({ kind: "id", ...ROLES[role], mode: role === "deploy-key" ? "always" : mode })),
    ...named("team", bypass.teams),
    ...named("app", bypass.apps),
    ...named("user", bypass.users),
  ];
}

export function branchRuleset(rule: Rule, bypass: BypassSpec, mergeMethods: string[]): RulesetPlan {
  return {
    name: rule.name,
    target: "branch",
    enforcement: "active",
    conditions: { refName: { includes: rule.patterns.map((pattern) => `refs/heads/${pattern}`), excludes: [] } },
    rules: {
      ...(rule.deletion ? {} : { deletion: true }),
      ...(rule.forcePush ? {} : { nonFastForward: true }),
      ...(rule.reviews
        ? {
            pullRequest: {
              allowedMergeMethods: mergeMethods,
              dismissStaleReviewsOnPush: rule.reviews.dismissStale,
              requireCodeOwnerReview: rule.reviews.codeOwners,
              requireLastPushApproval: rule.reviews.lastPush,
              requiredApprovingReviewCount: rule.reviews.required,
              requiredReviewThreadResolution: rule.reviews.conversations,
            },
          }
        : {}),
      ...(rule.linearHistory ? { requiredLinearHistory: true } : {}),
      ...(rule.mergeQueue ? { mergeQueue: { mergeMethod: mergeMethods[0]!.toUpperCase() } } : {}),
      ...(rule.signedCommits ? { requiredSignatures: true } : {}),
      ...(rule.checks.length === 0
        ? {}
        : {
            requiredStatusChecks: {
              // A new branch, like release/1.4, has not run any check yet.
              doNotEnforceOnCreate: true,
              requiredChecks: rule.checks.map(({ name, app }) => ({
                context: name,
                ...defined({ integrationId: app }),
              })),
              strictRequiredStatusChecksPolicy: rule.strict,
            },
          }),
    },
    bypass: actorsOf(bypass, "branch"),
  };
}

/** Release tags can be neither moved nor deleted. */
export function tagRuleset(patterns: string[], bypass: BypassSpec): RulesetPlan {
  return {
    name: "release tags",
    target: "tag",
    enforcement: "active",
    conditions: { refName: { includes: patterns.map((pattern) => `refs/tags/${pattern}`), excludes: [] } },
    rules: { deletion: true, nonFastForward: true, update: true },
    bypass: actorsOf(bypass, "tag"),
  };
}

/** Release tags are created by these alone. Their own ruleset: who may create a tag may not move one. */
export function newTagRuleset(patterns: string[], creators: BypassSpec): RulesetPlan {
  const ruleset = tagRuleset(patterns, creators);
  return {
    ...ruleset,
    name: "new release tags",
    rules: { creation: true },
    bypass: ruleset.bypass.map((actor) => (actor.kind === "id" ? actor : { ...actor, place: "tagCreators" })),
  };
}

/** Only branches with the model's names can be created. */
export function namesRuleset({ names = [] }: Branches, bypass: BypassSpec): RulesetPlan {
  return {
    name: "branch names",
    target: "branch",
    enforcement: "active",
    conditions: { refName: { includes: ["~ALL"], excludes: names.map((pattern) => `refs/heads/${pattern}`) } },
    rules: { creation: true },
    bypass: actorsOf({ ...bypass, mode: "always" }, "branch"),
  };
}
