import { isPaidFor, ownerOf, permissionOf } from "./access.ts";
import type { Call } from "./call.ts";
import { fnmatch } from "./fnmatch.ts";
import { actionsApp } from "./state.ts";
import type { Account, Protection, Pull, Repository, Ruleset, State } from "./types.ts";
import { nodeId } from "./views/nodes.ts";

/** A change to a ref that rules may refuse. */
export interface Change {
  ref: string;
  kind: "create" | "update" | "delete" | "force";
  actor: Account;
  /** The app whose token makes the change. */
  app?: number;
  /** The pull request that is being merged. */
  pull?: Pull;
  /** The commit whose statuses count. */
  sha?: string;
  /** How the pull request is merged. */
  method?: MergeMethod;
}

/** Who makes a change, as rules distinguish them. */
export const madeBy = ({ actor, job }: Call): Pick<Change, "actor" | "app"> => ({
  actor,
  ...(job ? { app: actionsApp.id } : {}),
});

export type MergeMethod = "merge" | "squash" | "rebase";

const fits = (repository: Repository, ref: string, pattern: string): boolean =>
  pattern === "~ALL" ||
  (pattern === "~DEFAULT_BRANCH" ? ref === `refs/heads/${repository.settings.default_branch}` : fnmatch(pattern, ref));

/** The active rulesets that apply to a ref. */
export function rulesetsOf(repository: Repository, ref: string): Ruleset[] {
  const target = ref.startsWith("refs/tags/") ? "tag" : "branch";
  return repository.rulesets.filter(({ target: of, enforcement, conditions }) => {
    const { include = [], exclude = [] } = conditions?.ref_name ?? {};
    const matches = (pattern: string): boolean => fits(repository, ref, pattern);
    return of === target && enforcement === "active" && include.some(matches) && !exclude.some(matches);
  });
}

/** The classic rule for a branch: an exact name takes precedence over a pattern. */
export const protectionOf = (repository: Repository, branch: string): Protection | undefined =>
  repository.protections.find(({ pattern }) => pattern === branch) ??
  repository.protections.find(({ pattern }) => fnmatch(pattern, branch));

// The numbers of the roles are GitHub's.
const roles: Record<number, string> = { 1: "pull", 2: "maintain", 4: "push", 5: "admin" };

function bypasses(state: State, repository: Repository, ruleset: Ruleset, change: Change): boolean {
  return ruleset.bypass_actors.some(({ actor_id: id, actor_type: type, bypass_mode: mode }) => {
    if (mode === "pull_request" && !change.pull) return false;
    // In a user's repository an app may be listed, but is not let through. A deploy key pushes by SSH alone.
    if (type === "Integration") return id === change.app && ownerOf(state, repository).type === "Organization";
    if (type === "OrganizationAdmin")
      return state.members.some(
        ({ login, owner, organization }) => owner && login === change.actor.login && organization === repository.owner,
      );
    if (type === "User") return id === change.actor.id;
    if (type === "Team") return state.teams.some((team) => team.id === id && team.members.includes(change.actor.login));
    return type === "RepositoryRole" && roles[id ?? 0] === permissionOf(state, repository, change.actor.login);
  });
}

/** With an app, only what that one reports counts: neither a status nor a check of the same name by somebody else. */
interface RequiredCheck {
  context: string;
  integration_id?: number;
}

const missingChecks = (repository: Repository, sha: string | undefined, required: RequiredCheck[]): string[] =>
  required.filter((check) => !isReported(repository, sha, check)).map(({ context }) => context);

/** Whether the newest status and the newest check of that name, as far as there are any, both are good. */
function isReported(
  repository: Repository,
  sha: string | undefined,
  { context, integration_id }: RequiredCheck,
): boolean {
  const counts = (app: number | undefined): boolean => integration_id === undefined || integration_id === app;
  const status = repository.statuses.findLast(
    (each) => each.sha === sha && each.context === context && counts(each.app),
  );
  const check = repository.checkRuns.findLast((each) => each.sha === sha && each.name === context && counts(each.app));
  const results = [status?.state, check && (check.conclusion ?? "pending")].filter((result) => result !== undefined);
  return results.length > 0 && results.every((result) => ["success", "neutral", "skipped"].includes(result));
}

const checksMissing = (missing: string[], all: number): string =>
  missing.length === 1
    ? `Required status check "${missing[0]}" is expected.`
    : `${missing.length} of ${all} required status checks are expected.`;

const reviewsMissing = (count: number): string =>
  `At least ${count} approving review${count === 1 ? " is" : "s are"} required by reviewers with write access.`;

const mergeCommit = "This branch must not contain merge commits.";

const binding = (state: State, repository: Repository, change: Change): Ruleset[] =>
  isPaidFor(state, repository)
    ? rulesetsOf(repository, change.ref).filter((ruleset) => !bypasses(state, repository, ruleset, change))
    : [];

/** Whether repository and rulesets allow a pull request to be merged with this method. */
export function allows(state: State, repository: Repository, change: Change & { method: MergeMethod }): boolean {
  const { allow_merge_commit: merge, allow_squash_merge: squash, allow_rebase_merge: rebase } = repository.settings;
  const lists = binding(state, repository, change).flatMap(({ rules }) =>
    rules.map(({ parameters }) => parameters?.allowed_merge_methods as MergeMethod[] | undefined),
  );
  return { merge, squash, rebase }[change.method] && lists.every((list) => list?.includes(change.method) ?? true);
}

/** Why rulesets refuse a change, in GitHub's sentences. */
export function rulesetViolations(state: State, repository: Repository, change: Change): string[] {
  const kind = change.ref.startsWith("refs/tags/") ? "tag" : "branch";
  const violations = binding(state, repository, change).flatMap(({ rules }) =>
    rules.flatMap(({ type, parameters = {} }): string[] => {
      if (type === "deletion") return change.kind === "delete" ? [`Cannot delete this ${kind}`] : [];
      if (type === "creation")
        return change.kind === "create" ? ["Cannot create ref due to creations being restricted."] : [];
      if (type === "update")
        return ["update", "force"].includes(change.kind) ? ["Cannot update this protected ref."] : [];
      if (type === "non_fast_forward") return change.kind === "force" ? [`Cannot force-push to this ${kind}`] : [];
      if (change.kind === "delete" || change.kind === "create") return [];
      if (type === "pull_request") {
        if (!change.pull) return ["Changes must be made through a pull request."];
        const count = Number(parameters.required_approving_review_count ?? 0);
        return change.pull.approvals.length < count ? [reviewsMissing(count)] : [];
      }
      if (type === "required_linear_history") return change.method === "merge" ? [mergeCommit] : [];
      if (type === "required_status_checks") {
        const required = parameters.required_status_checks as RequiredCheck[];
        const missing = missingChecks(repository, change.sha, required);
        return missing.length > 0 ? [checksMissing(missing, required.length)] : [];
      }
      return [];
    }),
  );
  return [...new Set(violations)];
}

/** Why the classic rule refuses a change, in GitHub's sentences. */
export function protectionViolations(state: State, repository: Repository, change: Change): string[] {
  const rule = change.ref.startsWith("refs/heads/")
    ? protectionOf(repository, change.ref.slice("refs/heads/".length))
    : undefined;
  const { flags = {} } = rule ?? {};
  const admin = permissionOf(state, repository, change.actor.login) === "admin";
  if (!rule || (admin && !flags.isAdminEnforced) || !isPaidFor(state, repository)) return [];
  if (change.kind === "delete") return flags.allowsDeletions ? [] : ["Cannot delete this protected branch"];
  if (change.kind === "force") return flags.allowsForcePushes ? [] : ["Cannot force-push to this protected branch"];
  if (change.kind === "create") return [];
  if (flags.lockBranch) return ["Cannot change this locked branch"];
  const missing = flags.requiresStatusChecks
    ? missingChecks(
        repository,
        change.sha,
        rule.requiredStatusCheckContexts.map((context) => ({ context })),
      )
    : [];
  const direct =
    flags.requiresApprovingReviews &&
    !change.pull &&
    !rule.bypassPullRequestActorIds.includes(nodeId("User", change.actor.id));
  const few =
    change.pull && flags.requiresApprovingReviews && change.pull.approvals.length < rule.requiredApprovingReviewCount;
  return [
    ...(flags.requiresLinearHistory && change.method === "merge" ? [mergeCommit] : []),
    ...(missing.length > 0 ? [checksMissing(missing, rule.requiredStatusCheckContexts.length)] : []),
    ...(few ? [reviewsMissing(rule.requiredApprovingReviewCount)] : []),
    ...(direct ? ["Changes must be made through a pull request."] : []),
  ];
}
