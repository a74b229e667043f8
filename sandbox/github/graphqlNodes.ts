import { GraphQLError } from "graphql";
import { permissionOf, sees } from "./access.ts";
import type { Call } from "./call.ts";
import { notHandled } from "./errors.ts";
import { findAccount } from "./state.ts";
import type { Account, Protection, Repository, Team } from "./types.ts";
import { nodeId, parseNodeId } from "./views/nodes.ts";
import { repositoryPage } from "./views/repositories.ts";

/** The caller, the state, and the URLs in use. */
export type Context = Pick<Call, "state" | "actor" | "scopes" | "urls">;

/** An error with the type that GitHub returns along with the message. */
export const failure = (type: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { type } });
export const missing = (message: string): GraphQLError => failure("NOT_FOUND", message);

/** What the sandbox does not do. */
export class NotHandled extends GraphQLError {
  constructor(what: string) {
    super(notHandled(what).message);
  }
}

/** Flags of a rule with the same name in input and answer. */
export const flags = [
  "allowsDeletions",
  "allowsForcePushes",
  "blocksCreations",
  "dismissesStaleReviews",
  "isAdminEnforced",
  "requiresApprovingReviews",
  "requiresCodeOwnerReviews",
  "requiresCommitSignatures",
  "requiresLinearHistory",
  "requiresConversationResolution",
  "requiresStatusChecks",
  "requiresStrictStatusChecks",
  "restrictsPushes",
  "restrictsReviewDismissals",
  "requireLastPushApproval",
  "lockBranch",
  "lockAllowsFetchAndMerge",
] as const;
export const lists = [
  "requiredStatusCheckContexts",
  "pushActorIds",
  "reviewDismissalActorIds",
  "bypassForcePushActorIds",
  "bypassPullRequestActorIds",
] as const;

export const teamNode = (team: Team) => ({
  __typename: "Team",
  id: nodeId("Team", team.id),
  databaseId: team.id,
  name: team.name,
  slug: team.slug,
});
export const accountNode = (account: Account) => ({
  __typename: account.type,
  id: nodeId(account.type, account.id),
  databaseId: account.id,
  login: account.login,
  name: account.name,
});

export const page = <T>(nodes: T[]) => ({
  nodes,
  totalCount: nodes.length,
  pageInfo: {
    hasNextPage: false,
    hasPreviousPage: false,
    endCursor: nodes.length > 0 ? String(nodes.length) : null,
    startCursor: null,
  },
});

export function actorNode({ state }: Context, id: string): Record<string, unknown> | undefined {
  const parsed = parseNodeId(id);
  const team = parsed?.kind === "Team" ? state.teams.find((each) => each.id === Number(parsed.id)) : undefined;
  const user = parsed?.kind === "User" ? state.accounts.find((each) => each.id === Number(parsed.id)) : undefined;
  return team ? teamNode(team) : user && accountNode(user);
}

export function ruleNode(context: Context, repository: Repository, rule: Protection): Record<string, unknown> {
  const allowances = (ids: string[]) => () =>
    page(ids.map((id) => ({ id: `A_${id}`, actor: actorNode(context, id)! })));
  return {
    __typename: "BranchProtectionRule",
    id: nodeId("BranchProtectionRule", rule.id),
    databaseId: rule.id,
    pattern: rule.pattern,
    ...Object.fromEntries(flags.map((flag) => [flag, rule.flags[flag] ?? false])),
    requiredApprovingReviewCount: rule.requiredApprovingReviewCount,
    requiredStatusCheckContexts: rule.requiredStatusCheckContexts,
    repository: () => repositoryNode(context, repository),
    pushAllowances: allowances(rule.pushActorIds),
    reviewDismissalAllowances: allowances(rule.reviewDismissalActorIds),
    bypassForcePushAllowances: allowances(rule.bypassForcePushActorIds),
    bypassPullRequestAllowances: allowances(rule.bypassPullRequestActorIds),
  };
}

export const repositoryNode = (context: Context, repository: Repository): Record<string, unknown> => ({
  __typename: "Repository",
  id: nodeId("Repository", repository.id),
  databaseId: repository.id,
  name: repository.name,
  nameWithOwner: `${repository.owner}/${repository.name}`,
  url: repositoryPage(context, repository),
  isPrivate: repository.settings.visibility !== "public",
  isArchived: repository.settings.archived,
  owner: () => accountNode(findAccount(context.state, repository.owner)!),
  branchProtectionRules: () => page(repository.protections.map((rule) => ruleNode(context, repository, rule))),
});

/** Rule and repository behind a global id, if the caller may administer it. */
export function ruleOf(context: Context, id: string): { repository: Repository; rule: Protection } {
  const { state, actor } = context;
  const parsed = parseNodeId(id);
  for (const repository of parsed?.kind === "BranchProtectionRule" ? state.repositories : []) {
    const rule = repository.protections.find((each) => each.id === Number(parsed!.id));
    if (rule && sees(context, repository) && permissionOf(state, repository, actor.login) === "admin")
      return { repository, rule };
  }
  throw missing(`Could not resolve to a node with the global id of '${id}'`);
}

export function node(context: Context, id: string): Record<string, unknown> {
  const parsed = parseNodeId(id);
  if (parsed?.kind === "BranchProtectionRule") {
    const { repository, rule } = ruleOf(context, id);
    return ruleNode(context, repository, rule);
  }
  const repository =
    parsed?.kind === "Repository"
      ? context.state.repositories.find((each) => each.id === Number(parsed.id))
      : undefined;
  if (repository && sees(context, repository)) return repositoryNode(context, repository);
  const found = actorNode(context, id);
  if (!found) throw missing(`Could not resolve to a node with the global id of '${id}'`);
  return found;
}
