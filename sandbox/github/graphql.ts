import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSchema, defaultFieldResolver, execute, GraphQLError, parse, specifiedRules, validate, type GraphQLSchema } from "graphql";
import { permissionOf } from "./access.ts";
import { graphqlExceptions } from "./exceptions.ts";
import { findAccount, findRepository, findTeam, nextId } from "./state.ts";
import type { Account, Protection, Repository, State, Team } from "./types.ts";
import { nodeId, parseNodeId } from "./views/nodes.ts";
import { repositoryPage } from "./views/repositories.ts";

interface Context {
  state: State;
  actor: Account;
  urls: { api: string; web: string };
}

let schema: GraphQLSchema | undefined;

/** GitHub's official schema. Read on first use: it takes half a second. */
function official(): GraphQLSchema {
  const folder = dirname(fileURLToPath(import.meta.resolve("@octokit/graphql-schema")));
  return (schema ??= buildSchema(readFileSync(join(folder, "schema.graphql"), "utf8"), { assumeValid: true }));
}

const rules = specifiedRules.filter(({ name }) => !graphqlExceptions.includes(name));

class NotHandled extends GraphQLError {}
const failure = (type: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { type } });
const missing = (message: string): GraphQLError => failure("NOT_FOUND", message);

/** Flags of a rule that input and answer name alike. */
const flags = [
  "allowsDeletions", "allowsForcePushes", "blocksCreations", "dismissesStaleReviews", "isAdminEnforced", "requiresApprovingReviews",
  "requiresCodeOwnerReviews", "requiresCommitSignatures", "requiresLinearHistory", "requiresConversationResolution", "requiresStatusChecks",
  "requiresStrictStatusChecks", "restrictsPushes", "restrictsReviewDismissals", "requireLastPushApproval", "lockBranch", "lockAllowsFetchAndMerge",
] as const;
const lists = ["requiredStatusCheckContexts", "pushActorIds", "reviewDismissalActorIds", "bypassForcePushActorIds", "bypassPullRequestActorIds"] as const;

const teamNode = (team: Team) => ({ __typename: "Team", id: nodeId("Team", team.id), databaseId: team.id, name: team.name, slug: team.slug });
const accountNode = (account: Account) =>
  ({ __typename: account.type, id: nodeId(account.type, account.id), databaseId: account.id, login: account.login, name: account.name });

const page = <T>(nodes: T[]) => ({
  nodes, totalCount: nodes.length,
  pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: nodes.length > 0 ? String(nodes.length) : null, startCursor: null },
});

function actorNode({ state }: Context, id: string): Record<string, unknown> | undefined {
  const parsed = parseNodeId(id);
  const team = parsed?.kind === "Team" ? state.teams.find((each) => each.id === Number(parsed.id)) : undefined;
  const user = parsed?.kind === "User" ? state.accounts.find((each) => each.id === Number(parsed.id)) : undefined;
  return team ? teamNode(team) : user && accountNode(user);
}

function ruleNode(context: Context, repository: Repository, rule: Protection): Record<string, unknown> {
  const allowances = (ids: string[]) => () => page(ids.map((id) => ({ id: `A_${id}`, actor: actorNode(context, id)! })));
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

const repositoryNode = (context: Context, repository: Repository): Record<string, unknown> => ({
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
function ruleOf({ state, actor }: Context, id: string): { repository: Repository; rule: Protection } {
  const parsed = parseNodeId(id);
  for (const repository of parsed?.kind === "BranchProtectionRule" ? state.repositories : []) {
    const rule = repository.protections.find((each) => each.id === Number(parsed!.id));
    if (rule && permissionOf(state, repository, actor.login) === "admin") return { repository, rule };
  }
  throw missing(`Could not resolve to a node with the global id of '${id}'`);
}

function node(context: Context, id: string): Record<string, unknown> {
  const { state, actor } = context;
  const parsed = parseNodeId(id);
  if (parsed?.kind === "BranchProtectionRule") {
    const { repository, rule } = ruleOf(context, id);
    return ruleNode(context, repository, rule);
  }
  const repository = parsed?.kind === "Repository" ? state.repositories.find((each) => each.id === Number(parsed.id)) : undefined;
  if (repository && permissionOf(state, repository, actor.login)) return repositoryNode(context, repository);
  const found = actorNode(context, id);
  if (!found) throw missing(`Could not resolve to a node with the global id of '${id}'`);
  return found;
}

type Input = Record<string, any>;

/** Takes over what the input names, and refuses actors that do not exist. */
function apply(context: Context, rule: Protection, input: Input): void {
  for (const name of lists) {
    for (const id of name === "requiredStatusCheckContexts" ? [] : ((input[name] ?? []) as string[])) {
      if (!actorNode(context, id)) throw missing(`Could not resolve to a node with the global id of '${id}'`);
    }
  }
  if ((input.requiredApprovingReviewCount ?? 0) > 6) throw failure("UNPROCESSABLE", "Required approving review count must be less than or equal to 6");
  for (const flag of flags) if (typeof input[flag] === "boolean") rule.flags[flag] = input[flag];
  for (const name of lists) if (Array.isArray(input[name])) rule[name] = [...new Set(input[name] as string[])];
  rule.requiredApprovingReviewCount = input.requiredApprovingReviewCount ?? rule.requiredApprovingReviewCount;
  rule.pattern = input.pattern ?? rule.pattern;
}

function checkPattern(repository: Repository, pattern: string | undefined, id?: number): void {
  if (repository.protections.some((each) => each.pattern === pattern && each.id !== id)) throw failure("UNPROCESSABLE", `Name already protected: ${pattern}`);
}

function createRule(context: Context, input: Input): Record<string, unknown> {
  const { state, actor } = context;
  const parsed = parseNodeId(input.repositoryId);
  const repository = parsed?.kind === "Repository" ? state.repositories.find((each) => each.id === Number(parsed.id)) : undefined;
  if (!repository || !permissionOf(state, repository, actor.login)) throw missing(`Could not resolve to a node with the global id of '${input.repositoryId}'`);
  if (permissionOf(state, repository, actor.login) !== "admin") throw failure("FORBIDDEN", `${actor.login} does not have the correct permissions to execute \`CreateBranchProtectionRule\``);
  if (repository.settings.archived) throw failure("FORBIDDEN", "Repository was archived so is read-only.");
  checkPattern(repository, input.pattern);
  const rule: Protection = {
    id: nextId(state), pattern: input.pattern, flags: {}, requiredApprovingReviewCount: input.requiresApprovingReviews ? 1 : 0,
    requiredStatusCheckContexts: [], pushActorIds: [], reviewDismissalActorIds: [], bypassForcePushActorIds: [], bypassPullRequestActorIds: [],
  };
  apply(context, rule, input);
  repository.protections.push(rule);
  return { clientMutationId: input.clientMutationId ?? null, branchProtectionRule: ruleNode(context, repository, rule) };
}

function updateRule(context: Context, input: Input): Record<string, unknown> {
  const { repository, rule } = ruleOf(context, input.branchProtectionRuleId);
  if (input.pattern !== undefined) checkPattern(repository, input.pattern, rule.id);
  apply(context, rule, input);
  return { clientMutationId: input.clientMutationId ?? null, branchProtectionRule: ruleNode(context, repository, rule) };
}

function deleteRule(context: Context, input: Input): Record<string, unknown> {
  const { repository, rule } = ruleOf(context, input.branchProtectionRuleId);
  repository.protections = repository.protections.filter((each) => each !== rule);
  return { clientMutationId: input.clientMutationId ?? null };
}

const root = (context: Context) => ({
  node: ({ id }: { id: string }) => node(context, id),
  repository: ({ owner, name }: { owner: string; name: string }) => {
    const found = findRepository(context.state, owner, name);
    if (!found || !permissionOf(context.state, found, context.actor.login)) throw missing(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
    return repositoryNode(context, found);
  },
  viewer: () => accountNode(context.actor),
  user: ({ login }: { login: string }) => {
    const found = findAccount(context.state, login);
    if (found?.type !== "User") throw missing(`Could not resolve to a User with the login of '${login}'.`);
    return accountNode(found);
  },
  organization: ({ login }: { login: string }) => {
    const found = findAccount(context.state, login);
    if (found?.type !== "Organization") throw missing(`Could not resolve to an Organization with the login of '${login}'.`);
    const team = ({ slug }: { slug: string }) => {
      const one = findTeam(context.state, found.login, slug);
      return one ? { ...teamNode(one), members: () => page(one.members.map((each) => accountNode(findAccount(context.state, each)!))) } : null;
    };
    return { ...accountNode(found), team };
  },
  createBranchProtectionRule: ({ input }: { input: Input }) => createRule(context, input),
  updateBranchProtectionRule: ({ input }: { input: Input }) => updateRule(context, input),
  deleteBranchProtectionRule: ({ input }: { input: Input }) => deleteRule(context, input),
});

/** Answers one GraphQL request, checked against the official schema on its way in and out. 501 for a field that is not handled. */
export async function graphql(context: Context, request: { query?: unknown; variables?: unknown }): Promise<{ status: number; body: unknown }> {
  if (typeof request.query !== "string") return { status: 400, body: { message: "A query attribute must be specified and must be a string." } };
  let document;
  try {
    document = parse(request.query);
  } catch (error) {
    return { status: 200, body: { errors: [{ message: (error as Error).message }] } };
  }
  const problems = validate(official(), document, rules);
  if (problems.length > 0) return { status: 200, body: { errors: problems.map((each) => each.toJSON()) } };
  const result = await execute({
    schema: official(), document, rootValue: root(context), contextValue: context,
    variableValues: (request.variables ?? {}) as Record<string, unknown>,
    fieldResolver: (source, args, given, info) => {
      const value = defaultFieldResolver(source, args, given, info);
      if (value === undefined) throw new NotHandled(`The sandbox's GitHub does not handle ${info.parentType.name}.${info.fieldName}.`);
      return value;
    },
  });
  const unhandled = result.errors?.find((error) => error instanceof NotHandled || error.originalError instanceof NotHandled);
  if (unhandled) return { status: 501, body: { message: unhandled.message } };
  const errors = result.errors?.map(({ message, path, locations, extensions }) => ({ type: extensions.type, path, locations, message }));
  return { status: 200, body: { data: result.data, ...(errors ? { errors } : {}) } };
}

/** Whether a request changes something, and so takes the scope for it. */
export const isMutation = (query: unknown): boolean => typeof query === "string" && /^\s*mutation\b/.test(query);
