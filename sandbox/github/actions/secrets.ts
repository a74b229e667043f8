/** Which secrets a job would be given. Nothing here runs one: this only applies GitHub's rules. */
import { isPaidFor } from "../access.ts";
import { openAll } from "../boxes.ts";
import type { Repository, State } from "../types.ts";
import { admits, findEnvironment, needsReview, notAdmitted } from "./admission.ts";

export interface JobAsked {
  /** Full name of the ref that the job runs on. */
  ref: string;
  environment?: string | undefined;
  /** The run that the job belongs to; without one nobody has approved anything. */
  run?: number | undefined;
  /** Whether a pull request of a fork started it. */
  fork?: boolean | undefined;
}

export interface JobSecrets {
  /** By name, in clear text; an environment's own value hides the repository's. */
  secrets: Record<string, string | undefined>;
  /** Why the job would not start, or not be given more. */
  refused?: string;
}

export function secretsOfJob(state: State, repository: Repository, asked: JobAsked): JobSecrets {
  if (asked.fork) return { secrets: {}, refused: "a fork's pull request gets none" };
  const shared = openAll(repository);
  const environment = asked.environment === undefined ? undefined : findEnvironment(repository, asked.environment);
  if (!environment) return { secrets: shared };
  if (!admits(state, repository, environment, asked.ref))
    return { secrets: {}, refused: notAdmitted(environment, asked.ref) };
  const run = repository.runs.find(({ id }) => id === asked.run);
  const review = run?.approvals.findLast(({ environments }) => environments.includes(environment.id));
  if (needsReview(state, repository, environment) && review?.state !== "approved")
    return { secrets: {}, refused: `nobody has approved the deployment to ${environment.name}` };
  if (!isPaidFor(state, repository)) return { secrets: shared, refused: "the plan ignores an environment's secrets" };
  return { secrets: { ...shared, ...openAll(environment) } };
}
