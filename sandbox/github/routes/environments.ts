import { hasReviewers, isPaidFor, permissionOf } from "../access.ts";
import { findEnvironment } from "../actions/admission.ts";
import { type Call, type Handlers, listed, noContent, ok } from "../call.ts";
import { ApiError, notFound, unprocessable, validationFailed } from "../errors.ts";
import { newEnvironment } from "../newEnvironment.ts";
import { nextId, now } from "../state.ts";
import type { Environment } from "../types.ts";
import { simpleUser, teamView } from "../views/accounts.ts";
import { nodeId } from "../views/nodes.ts";
import { environmentLink } from "../views/runs.ts";

const find = ({ repository, params }: Call): Environment | undefined =>
  findEnvironment(repository, params.environment_name!);

/** The environment that the path names. */
export function environmentOf(call: Call): Environment {
  const found = find(call);
  if (!found) throw notFound();
  return found;
}

export function reviewerView(call: Call, { type, id }: Environment["reviewers"][number]): Record<string, unknown>[] {
  const team = type === "Team" ? call.state.teams.find((each) => each.id === id) : undefined;
  const user = type === "User" ? call.state.accounts.find((each) => each.id === id) : undefined;
  if (team) return [{ type, reviewer: teamView(call, team) }];
  return user ? [{ type, reviewer: simpleUser(call, user) }] : [];
}

function view(call: Call, environment: Environment): Record<string, unknown> {
  const { id, waitTimer, reviewers, preventSelfReview, branchPolicy } = environment;
  const rule = (type: string, offset: number): Record<string, unknown> => ({
    id: id * 10 + offset,
    node_id: nodeId("ProtectionRule", id * 10 + offset),
    type,
  });
  return {
    ...environmentLink(call, environment),
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    can_admins_bypass: environment.canAdminsBypass,
    protection_rules: [
      ...(waitTimer > 0 ? [{ ...rule("wait_timer", 1), wait_timer: waitTimer }] : []),
      ...(reviewers.length > 0
        ? [
            {
              ...rule("required_reviewers", 2),
              prevent_self_review: preventSelfReview,
              reviewers: reviewers.flatMap((each) => reviewerView(call, each)),
            },
          ]
        : []),
      ...(branchPolicy ? [rule("branch_policy", 3)] : []),
    ],
    deployment_branch_policy: branchPolicy,
  };
}

function checkedReviewers(call: Call, reviewers: Environment["reviewers"]): Environment["reviewers"] {
  if (reviewers.length > 6) throw validationFailed("Reviewers can't be more than 6");
  const { state, repository } = call;
  const logins = (id: number, type: string): string[] =>
    type === "Team"
      ? (state.teams.find((team) => team.id === id && team.organization === repository.owner)?.members ?? [])
      : state.accounts.filter((each) => each.id === id && each.type === "User").map(({ login }) => login);
  const invalid = reviewers.find(
    ({ type, id }) => !logins(id, type).some((login) => permissionOf(state, repository, login)),
  );
  if (invalid)
    throw unprocessable(
      `Failed to create the environment protection rule. The reviewer ${invalid.type} ${invalid.id} does not exist or has no read access to the repository.`,
    );
  return reviewers.map(({ type, id }) => ({ type, id }));
}

/**
 * Refuses the rules that the plan does not have. GitHub documents only that a free account's private repositories have no
 * environments that do anything; that it refuses their branch policies in the same words as the other rules is assumed.
 */
function checkPlan({ state, repository }: Call, reviews: boolean, waits: boolean, policy: boolean): void {
  const missing = [
    ...(reviews && !hasReviewers(state, repository) ? ["required reviewers"] : []),
    ...(waits && !hasReviewers(state, repository) ? ["wait timer"] : []),
    ...(policy && !isPaidFor(state, repository) ? ["branch policy"] : []),
  ];
  if (missing.length > 0)
    throw unprocessable(
      `Failed to create the environment protection rule. Please ensure the billing plan supports the ${missing[0]} protection rule.`,
    );
}

/** Creates or replaces: what the body omits returns to its default. */
function put(call: Call): ReturnType<typeof ok> {
  const { body, repository, state, params } = call;
  const reviewers = checkedReviewers(call, body.reviewers ?? []);
  const policy = body.deployment_branch_policy ?? null;
  if (policy && policy.protected_branches === policy.custom_branch_policies) {
    throw unprocessable("protected_branches and custom_branch_policies cannot have the same value");
  }
  checkPlan(call, reviewers.length > 0, body.wait_timer > 0, policy !== null);
  if (params.environment_name!.length > 255)
    throw unprocessable("Environment name is too long (maximum is 255 characters)");
  const rest = {
    waitTimer: body.wait_timer ?? 0,
    preventSelfReview: body.prevent_self_review ?? false,
    canAdminsBypass: body.can_admins_bypass ?? true,
    reviewers,
    branchPolicy: policy,
    updatedAt: now(),
  };
  let environment = find(call);
  if (environment) Object.assign(environment, rest, policy?.custom_branch_policies ? {} : { policies: [] });
  else {
    environment = { ...newEnvironment(state, params.environment_name!), ...rest };
    repository.environments.push(environment);
  }
  return ok(view(call, environment));
}

const policyView = ({ id, name, type }: Environment["policies"][number]): Record<string, unknown> => ({
  id,
  node_id: nodeId("BranchPolicy", id),
  name,
  type,
});

function policies(call: Call): Environment["policies"] {
  const environment = environmentOf(call);
  if (!environment.branchPolicy?.custom_branch_policies) throw notFound();
  return environment.policies;
}

function policy(call: Call): Environment["policies"][number] {
  const found = policies(call).find(({ id }) => id === Number(call.params.branch_policy_id));
  if (!found) throw notFound();
  return found;
}

export const environments: Handlers = {
  "repos/get-all-environments": (call) =>
    listed(call, call.repository.environments, (page, total) => ({
      total_count: total,
      environments: page.map((each) => view(call, each)),
    })),
  "repos/get-environment": (call) => ok(view(call, environmentOf(call))),
  "repos/create-or-update-environment": put,
  "repos/delete-an-environment": (call) => {
    const { id } = environmentOf(call);
    call.repository.environments = call.repository.environments.filter((each) => each.id !== id);
    return noContent;
  },

  "repos/list-deployment-branch-policies": (call) =>
    listed(call, policies(call), (page, total) => ({ total_count: total, branch_policies: page.map(policyView) })),
  "repos/create-deployment-branch-policy": (call) => {
    const { name, type = "branch" } = call.body as { name: string; type?: "branch" | "tag" };
    const list = policies(call);
    const existing = list.find((each) => each.name === name && each.type === type);
    if (existing)
      throw new ApiError(303, "See Other", undefined, { location: `${call.urls.web}${call.target}/${existing.id}` });
    const created = { id: nextId(call.state), name, type };
    list.push(created);
    return ok(policyView(created));
  },
  "repos/get-deployment-branch-policy": (call) => ok(policyView(policy(call))),
  "repos/update-deployment-branch-policy": (call) => {
    const found = policy(call);
    found.name = call.body.name;
    return ok(policyView(found));
  },
  "repos/delete-deployment-branch-policy": (call) => {
    const { id } = policy(call);
    const environment = environmentOf(call);
    environment.policies = environment.policies.filter((each) => each.id !== id);
    return noContent;
  },
};
