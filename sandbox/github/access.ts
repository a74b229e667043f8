import type { Call, Handler, Handlers } from "./call.ts";
import { forbidden } from "./errors.ts";
import type { Operation } from "./spec.ts";
import { findAccount } from "./state.ts";
import type { Account, Permission, Repository, State } from "./types.ts";

const order: Permission[] = ["pull", "triage", "push", "maintain", "admin"];
export const atLeast = (has: Permission | undefined, asked: Permission): boolean =>
  has !== undefined && order.indexOf(has) >= order.indexOf(asked);

/** What an account may do in a repository: the most that ownership, teams and invitations give. */
export function permissionOf(state: State, repository: Repository, login: string): Permission | undefined {
  if (repository.owner === login) return "admin";
  const membership = state.members.find((each) => each.organization === repository.owner && each.login === login);
  if (membership?.owner) return "admin";
  const granted: Permission[] = [
    ...(repository.settings.visibility === "public" || membership ? (["pull"] as const) : []),
    ...repository.collaborators.filter((each) => each.login === login).map(({ permission }) => permission),
    ...repository.teams
      .filter(({ slug }) =>
        state.teams.some(
          (team) => team.organization === repository.owner && team.slug === slug && team.members.includes(login),
        ),
      )
      .map(({ permission }) => permission),
  ];
  return granted.sort((a, b) => order.indexOf(b) - order.indexOf(a))[0];
}

/** Whether a caller may know that a repository exists; one that is not public takes a token with `repo`. */
export const sees = (
  { state, actor, scopes }: Pick<Call, "state" | "actor" | "scopes">,
  repository: Repository,
): boolean =>
  permissionOf(state, repository, actor.login) !== undefined &&
  (repository.settings.visibility === "public" || scopes.includes("repo"));

/** The features that the owner's plan includes for a repository. */
export const ownerOf = (state: State, repository: Repository): Account => findAccount(state, repository.owner)!;

/** Whether the plan has rulesets, classic protection and environments for a repository: not for private ones of free accounts. */
export const isPaidFor = (state: State, repository: Repository): boolean =>
  repository.settings.visibility === "public" || ownerOf(state, repository).plan !== "free";

/** Whether the plan has reviewers and wait timers for a repository's environments. */
export const hasReviewers = (state: State, repository: Repository): boolean =>
  repository.settings.visibility === "public" || ownerOf(state, repository).plan === "enterprise";

/** Handlers that answer 403 where the plan has no rules. */
export const paid = (handlers: Handlers): Handlers =>
  Object.fromEntries(
    Object.entries(handlers).map(([name, handler]): [string, Handler] => [
      name,
      (call) => {
        if (!isPaidFor(call.state, call.repository)) throw forbidden(upgrade);
        return handler(call);
      },
    ]),
  );
export const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature.";

const isRead = (operation: Operation): boolean => operation.method === "GET";

/** Reading these takes more than permission to read the repository. */
const guarded: [RegExp, Permission][] = [
  [/\/(hooks|keys|actions\/permissions|automated-security-fixes|vulnerability-alerts|teams|invitations)/, "admin"],
  [/\/branches\/\{branch\}\/protection/, "admin"],
  [/\/(secrets|variables)/, "push"],
  [/\/collaborators/, "push"],
];
/** Changing these takes less than permission to administer the repository. */
const open: [RegExp, Permission][] = [
  // Who may approve is decided by the environment's reviewers.
  [/\/actions\/runs\/\{run_id\}\/pending_deployments$/, "pull"],
  [/\/actions\/workflows\/\{workflow_id\}\/dispatches$/, "push"],
  // A writer may set them, though not those of an environment.
  [/^\/repos\/\{owner\}\/\{repo\}\/actions\/(secrets|variables)/, "push"],
  // Of people, these are refused for another reason.
  [/\/check-runs$/, "push"],
  [/\/issues\/.*comments/, "pull"],
  [/^\/repos\/\{owner\}\/\{repo\}\/(contents|git|pulls|statuses|deployments|labels)/, "push"],
  [/\/branches\/\{branch\}\/rename$/, "push"],
];

/** The permission that a call in a repository takes. */
export function neededPermission(operation: Operation): Permission {
  const rules = isRead(operation) ? guarded : open;
  return rules.find(([expression]) => expression.test(operation.path))?.[1] ?? (isRead(operation) ? "pull" : "admin");
}

/** Scopes for a call, of which the token needs one; none are needed if the list is empty. */
export function neededScopes(operation: Operation, visibility: string | undefined): string[] {
  if (operation.operationId === "repos/delete") return ["delete_repo"];
  if (/^\/orgs\/\{org\}\/teams/.test(operation.path))
    return isRead(operation) ? ["read:org", "write:org", "admin:org"] : ["write:org", "admin:org"];
  if (["repos/create-in-org", "repos/create-for-authenticated-user"].includes(operation.operationId))
    return ["repo", "public_repo"];
  if (visibility === undefined) return [];
  const scopes = repositoryScopes(operation, visibility);
  return /\/hooks/.test(operation.path) ? [...scopes, "admin:repo_hook"] : scopes;
}

function repositoryScopes(operation: Operation, visibility: string): string[] {
  if (visibility !== "public") return ["repo"];
  return isRead(operation) && neededPermission(operation) === "pull" ? [] : ["repo", "public_repo"];
}
