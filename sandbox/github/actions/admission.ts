/** Whether an environment lets a job in. Source: docs.github.com, "Managing environments for deployment". */
import { hasReviewers, isPaidFor } from "../access.ts";
import { fnmatch } from "../fnmatch.ts";
import { newEnvironment } from "../newEnvironment.ts";
import { protectionOf, rulesetsOf } from "../rules.ts";
import type { Environment, Repository, State } from "../types.ts";

export const findEnvironment = (repository: Repository, name: string): Environment | undefined =>
  repository.environments.find((each) => each.name.toLowerCase() === name.toLowerCase());

/** The environment that a job names; GitHub makes one that is missing, with no protection at all. */
export function environmentNamed(state: State, repository: Repository, name: string): Environment {
  const found = findEnvironment(repository, name);
  if (found) return found;
  const made = newEnvironment(state, name);
  repository.environments.push(made);
  return made;
}

/** Branch or tag of a full ref, with its short name. */
export function kindOf(ref: string): { kind: "branch" | "tag"; name: string } {
  const tag = ref.startsWith("refs/tags/");
  return { kind: tag ? "tag" : "branch", name: ref.replace(/^refs\/(heads|tags)\//, "") };
}

/** Whether jobs of a ref may use the environment. Where the plan has no environments, its rules are ignored. */
export function admits(state: State, repository: Repository, environment: Environment, ref: string): boolean {
  const { branchPolicy, policies } = environment;
  if (!branchPolicy || !isPaidFor(state, repository)) return true;
  const { kind, name } = kindOf(ref);
  if (branchPolicy.protected_branches)
    return (
      kind === "branch" && (protectionOf(repository, name) !== undefined || rulesetsOf(repository, ref).length > 0)
    );
  return policies.some(({ type, name: pattern }) => type === kind && fnmatch(pattern, name));
}

/** GitHub's words for a job of a ref that may not. */
export function notAdmitted(environment: Environment, ref: string): string {
  const { kind, name } = kindOf(ref);
  return `${kind === "tag" ? "Tag" : "Branch"} "${name}" is not allowed to deploy to ${environment.name} due to environment protection rules.`;
}

export const needsReview = (state: State, repository: Repository, { reviewers }: Environment): boolean =>
  reviewers.length > 0 && hasReviewers(state, repository);

/** Minutes that a job waits. */
export const waitOf = (state: State, repository: Repository, { waitTimer }: Environment): number =>
  hasReviewers(state, repository) ? waitTimer : 0;

/** Whether a login is among the reviewers, and did not start the run itself where that is forbidden. */
export function mayApprove(state: State, environment: Environment, login: string, startedBy: string): boolean {
  if (environment.preventSelfReview && login === startedBy) return false;
  return environment.reviewers.some(({ type, id }) =>
    type === "User"
      ? state.accounts.some((account) => account.id === id && account.login === login)
      : state.teams.some((team) => team.id === id && team.members.includes(login)),
  );
}
