import { isPaidFor, permissionOf, sees, upgrade } from "./access.ts";
import {
  actorNode,
  type Context,
  failure,
  flags,
  lists,
  missing,
  NotHandled,
  ruleNode,
  ruleOf,
} from "./graphqlNodes.ts";
import { nextId } from "./state.ts";
import type { Protection, Repository } from "./types.ts";
import { parseNodeId } from "./views/nodes.ts";

export type Input = Record<string, any>;

const taken = new Set<string>([
  ...flags,
  ...lists,
  "clientMutationId",
  "repositoryId",
  "branchProtectionRuleId",
  "pattern",
  "requiredApprovingReviewCount",
]);

function checkInput(type: string, input: Input): void {
  const other = Object.keys(input).find((name) => !taken.has(name) && input[name] !== null);
  if (other !== undefined) throw new NotHandled(`${type}.${other}`);
}

function checkWritable({ settings }: Repository): void {
  if (settings.archived) throw failure("FORBIDDEN", "Repository was archived so is read-only.");
}

/** Applies what the input names, and refuses actors that do not exist. */
function apply(context: Context, rule: Protection, input: Input): void {
  for (const name of lists) {
    for (const id of name === "requiredStatusCheckContexts" ? [] : ((input[name] ?? []) as string[])) {
      if (!actorNode(context, id)) throw missing(`Could not resolve to a node with the global id of '${id}'`);
    }
  }
  if ((input.requiredApprovingReviewCount ?? 0) > 6)
    throw failure("UNPROCESSABLE", "Required approving review count must be less than or equal to 6");
  for (const flag of flags) if (typeof input[flag] === "boolean") rule.flags[flag] = input[flag];
  for (const name of lists) if (Array.isArray(input[name])) rule[name] = [...new Set(input[name] as string[])];
  rule.requiredApprovingReviewCount = input.requiredApprovingReviewCount ?? rule.requiredApprovingReviewCount;
  rule.pattern = input.pattern ?? rule.pattern;
}

function checkPattern(repository: Repository, pattern: string | undefined, id?: number): void {
  if (repository.protections.some((each) => each.pattern === pattern && each.id !== id))
    throw failure("UNPROCESSABLE", `Name already protected: ${pattern}`);
}

export function createRule(context: Context, input: Input): Record<string, unknown> {
  checkInput("CreateBranchProtectionRuleInput", input);
  const { state, actor } = context;
  const parsed = parseNodeId(input.repositoryId);
  const repository =
    parsed?.kind === "Repository" ? state.repositories.find((each) => each.id === Number(parsed.id)) : undefined;
  if (!repository || !sees(context, repository))
    throw missing(`Could not resolve to a node with the global id of '${input.repositoryId}'`);
  if (permissionOf(state, repository, actor.login) !== "admin")
    throw failure(
      "FORBIDDEN",
      `${actor.login} does not have the correct permissions to execute \`CreateBranchProtectionRule\``,
    );
  checkWritable(repository);
  if (!isPaidFor(state, repository)) throw failure("FORBIDDEN", upgrade);
  checkPattern(repository, input.pattern);
  const rule: Protection = {
    id: nextId(state),
    pattern: input.pattern,
    flags: {},
    requiredApprovingReviewCount: input.requiresApprovingReviews ? 1 : 0,
    requiredStatusCheckContexts: [],
    pushActorIds: [],
    reviewDismissalActorIds: [],
    bypassForcePushActorIds: [],
    bypassPullRequestActorIds: [],
  };
  apply(context, rule, input);
  repository.protections.push(rule);
  return {
    clientMutationId: input.clientMutationId ?? null,
    branchProtectionRule: ruleNode(context, repository, rule),
  };
}

export function updateRule(context: Context, input: Input): Record<string, unknown> {
  checkInput("UpdateBranchProtectionRuleInput", input);
  const { repository, rule } = ruleOf(context, input.branchProtectionRuleId);
  checkWritable(repository);
  if (input.pattern !== undefined) checkPattern(repository, input.pattern, rule.id);
  apply(context, rule, input);
  return {
    clientMutationId: input.clientMutationId ?? null,
    branchProtectionRule: ruleNode(context, repository, rule),
  };
}

export function deleteRule(context: Context, input: Input): Record<string, unknown> {
  const { repository, rule } = ruleOf(context, input.branchProtectionRuleId);
  checkWritable(repository);
  repository.protections = repository.protections.filter((each) => each !== rule);
  return { clientMutationId: input.clientMutationId ?? null };
}
