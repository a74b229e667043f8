/**
 * Runs of workflows. No job is executed: each is only judged by its condition, by what it needs, and by its environment.
 * What nothing refuses or holds up counts as done, with success. A matrix is one job, and what a job would put out is empty.
 */

import type { Deployment, Run, RunJob } from "../runTypes.ts";
import { nextId, now } from "../state.ts";
import type { Environment, Repository, State } from "../types.ts";
import { admits, environmentNamed, needsReview, notAdmitted, waitOf } from "./admission.ts";
import { filled, holds, type Scope, Unknown, type Value } from "./expressions.ts";
import { type Job, type Workflow, workflowAt } from "./workflows.ts";

type Result = RunJob["result"];

export interface Start {
  workflow: Workflow;
  event: Run["event"];
  ref: string;
  sha: string;
  inputs: Record<string, string>;
  actor: string;
}

/** Records a run of a workflow, and judges its jobs. */
export function startRun(state: State, repository: Repository, start: Start): Run {
  const { workflow, event, ref, sha, inputs, actor } = start;
  const run: Run = {
    id: nextId(state),
    number: repository.runs.filter((each) => each.workflow === workflow.path).length + 1,
    workflow: workflow.path,
    name: workflow.name,
    title: "",
    event,
    ref,
    sha,
    inputs,
    actor,
    createdAt: now(),
    updatedAt: now(),
    jobs: [],
    approvals: [],
  };
  const first = repository.commits[sha]!.message.split("\n")[0]!;
  run.title = named(workflow.runName, contextsOf(repository, run), event === "push" ? first : workflow.name);
  repository.runs.push(run);
  advance(state, repository, run);
  return run;
}

/** A name with its expressions filled in; `otherwise` where it is empty, or cannot be computed. */
function named(text: string | undefined, contexts: Scope["contexts"], otherwise: string): string {
  try {
    return filled(text ?? "", { contexts, status: "success" }) || otherwise;
  } catch (error) {
    if (error instanceof Unknown) return otherwise;
    throw error;
  }
}

const contextsOf = (repository: Repository, run: Run): Scope["contexts"] => ({
  github: {
    event_name: run.event,
    ref: run.ref,
    ref_name: run.ref.replace(/^refs\/(heads|tags)\//, ""),
    ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
    sha: run.sha,
    actor: run.actor,
    repository: `${repository.owner}/${repository.name}`,
    workflow: run.name,
    event: { repository: { visibility: repository.settings.visibility } },
  },
  inputs: run.inputs,
  vars: Object.fromEntries(Object.entries(repository.variables).map(([name, { value }]) => [name, value])),
});

/** Judges again what waited: after an approval, and when time has passed. */
export function advance(state: State, repository: Repository, run: Run): void {
  const workflow = workflowAt(repository, repository.commits[run.sha]!, run.workflow);
  if (workflow) new Walk(state, repository, run).through(workflow, "", contextsOf(repository, run));
}

class Walk {
  readonly #state: State;
  readonly #repository: Repository;
  readonly #run: Run;

  constructor(state: State, repository: Repository, run: Run) {
    this.#state = state;
    this.#repository = repository;
    this.#run = run;
  }

  /** Judges the jobs of a workflow; those of one that a job calls have that job's name before theirs. */
  through(workflow: Workflow, prefix: string, contexts: Scope["contexts"]): Result {
    const results = new Map<string, Result>();
    const resultOf = (id: string): Result => {
      const known = results.get(id);
      if (known !== undefined) return known;
      // A circle of jobs, or a need that does not exist, fails.
      results.set(id, "failure");
      const job = workflow.jobs.find((each) => each.id === id);
      const result = job
        ? this.#judge(job, prefix, contexts, Object.fromEntries(job.needs.map((need) => [need, resultOf(need)])))
        : "failure";
      results.set(id, result);
      return result;
    };
    return worst(workflow.jobs.map(({ id }) => resultOf(id)));
  }

  #judge(job: Job, prefix: string, contexts: Scope["contexts"], needs: Record<string, Result>): Result {
    const before = Object.values(needs);
    if (before.includes("waiting")) return "waiting";
    const scope: Scope = {
      contexts: {
        ...contexts,
        needs: Object.fromEntries(Object.entries(needs).map(([id, result]): [string, Value] => [id, { result }])),
      },
      status: worst(before) === "failure" ? "failure" : before.includes("skipped") ? "skipped" : "success",
    };
    const name = `${prefix}${named(job.name, scope.contexts, job.id)}`;
    const done = this.#run.jobs.find((each) => each.name === name && each.result !== "waiting");
    if (done) return done.result;
    try {
      if (!holds(job.if, scope)) return this.#note(name, "skipped").result;
      if (job.uses !== undefined) return this.#call(job, name, scope);
      if (job.environment === undefined) return this.#note(name, "success").result;
      return this.#enter(environmentNamed(this.#state, this.#repository, filled(job.environment, scope)), name);
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      return this.#note(name, "failure", `The sandbox's GitHub cannot compute ${error.message}`).result;
    }
  }

  #call(job: Job, name: string, scope: Scope): Result {
    const called = workflowAt(this.#repository, this.#repository.commits[this.#run.sha]!, job.uses!);
    if (!called) return this.#note(name, "failure", `workflow was not found: ${job.uses}`).result;
    const inputs = Object.fromEntries(Object.entries(job.with).map(([key, value]) => [key, filled(value, scope)]));
    return this.through(called, `${name} / `, { ...scope.contexts, inputs });
  }

  #note(name: string, result: Result, message: string | null = null): RunJob {
    const known = this.#run.jobs.find((each) => each.name === name);
    const job = known ?? {
      id: nextId(this.#state),
      name,
      result,
      message,
      environment: null,
      deployment: null,
      startedAt: now(),
    };
    if (!known) this.#run.jobs.push(job);
    this.#run.updatedAt = now();
    return Object.assign(job, { result, message });
  }

  /** What an environment says to a job. */
  #enter(environment: Environment, name: string): Result {
    const job = this.#note(name, "waiting");
    job.environment = environment.id;
    const deployment = this.#deploymentOf(job, environment);
    const review = this.#run.approvals.findLast(({ environments }) => environments.includes(environment.id));
    const until = Date.parse(job.startedAt) + waitOf(this.#state, this.#repository, environment) * 60_000;
    if (!admits(this.#state, this.#repository, environment, this.#run.ref))
      Object.assign(job, { result: "failure", message: notAdmitted(environment, this.#run.ref) });
    else if (review?.state === "rejected") job.result = "failure";
    else if ((needsReview(this.#state, this.#repository, environment) && !review) || Date.now() < until)
      return "waiting";
    else job.result = "success";
    this.#finish(deployment, job.result === "success");
    return job.result;
  }

  #deploymentOf(job: RunJob, environment: Environment): Deployment {
    const { deployments } = this.#repository;
    const known = deployments.find(({ id }) => id === job.deployment);
    if (known) return known;
    const made: Deployment = {
      id: nextId(this.#state),
      sha: this.#run.sha,
      ref: this.#run.ref.replace(/^refs\/(heads|tags)\//, ""),
      environment: environment.name,
      run: this.#run.id,
      job: job.id,
      createdAt: now(),
      statuses: [],
    };
    deployments.push(made);
    job.deployment = made.id;
    this.#status(made, "pending");
    return made;
  }

  /** A success makes the environment's earlier deployments inactive. */
  #finish(deployment: Deployment, succeeded: boolean): void {
    if (succeeded) {
      this.#status(deployment, "in_progress");
      for (const other of this.#repository.deployments)
        if (
          other !== deployment &&
          other.environment === deployment.environment &&
          other.statuses.at(-1)?.state === "success"
        )
          this.#status(other, "inactive");
    }
    this.#status(deployment, succeeded ? "success" : "failure");
  }

  #status(deployment: Deployment, state: Deployment["statuses"][number]["state"]): void {
    deployment.statuses.push({ id: nextId(this.#state), state, createdAt: now() });
  }
}

function worst(results: Result[]): Result {
  for (const result of ["waiting", "failure"] as const) if (results.includes(result)) return result;
  return results.length > 0 && results.every((result) => result === "skipped") ? "skipped" : "success";
}

/** Status and conclusion of a run, as GitHub gives them. */
export function outcomeOf(run: Run): {
  status: "waiting" | "completed";
  conclusion: "success" | "failure" | "skipped" | null;
} {
  const result = worst(run.jobs.map((job) => job.result));
  return result === "waiting" ? { status: "waiting", conclusion: null } : { status: "completed", conclusion: result };
}
