import { kindOf, mayApprove, waitOf } from "../actions/admission.ts";
import { advance, outcomeOf } from "../actions/runs.ts";
import { type Answer, type Call, type Handlers, listed, ok } from "../call.ts";
import { notFound, unprocessable } from "../errors.ts";
import type { Run, RunJob } from "../runTypes.ts";
import type { Environment, Repository } from "../types.ts";
import { userNamed } from "../views/accounts.ts";
import { deploymentView, environmentLink, jobView, runView } from "../views/runs.ts";
import { workflowOf } from "./dispatches.ts";
import { reviewerView } from "./environments.ts";

/** Time may have passed since it was judged. */
function current(call: Call, run: Run): Run {
  if (outcomeOf(run).status === "waiting") advance(call.state, call.repository, run);
  return run;
}

function find(call: Call): Run {
  const run = call.repository.runs.find(({ id }) => id === Number(call.params.run_id));
  if (!run) throw notFound();
  return current(call, run);
}

/** Runs, newest first, that the query asks for. */
function list(call: Call, runs: Run[]): Answer {
  const { event, branch, status, actor, head_sha: sha } = call.query;
  const asked = runs
    .map((run) => current(call, run))
    .filter((run) => {
      const outcome = outcomeOf(run);
      return (
        (!event || run.event === event) &&
        (!branch || kindOf(run.ref).name === branch) &&
        (!status || outcome.status === status || outcome.conclusion === status) &&
        (!actor || run.actor === actor) &&
        (!sha || run.sha === sha)
      );
    });
  return listed(call, asked.toReversed(), (page, total) => ({
    total_count: total,
    workflow_runs: page.map((run) => runView(call, run)),
  }));
}

const environmentOf = ({ environments }: Repository, id: number | null): Environment | undefined =>
  environments.find((each) => each.id === id);

/** Environments that jobs of the run wait for. */
function pending(call: Call, run: Run): { environment: Environment; job: RunJob }[] {
  return run.jobs.flatMap((job) => {
    const environment = job.result === "waiting" ? environmentOf(call.repository, job.environment) : undefined;
    return environment ? [{ environment, job }] : [];
  });
}

/** Approves or rejects. The words for somebody who may not are the ones for a run that waits for nobody. */
function review(call: Call): Answer {
  const { state, repository, body, actor } = call;
  const run = find(call);
  const waiting = pending(call, run);
  const ids = body.environment_ids as number[];
  const asked = waiting.filter(({ environment }) => ids.includes(environment.id));
  const may = asked.every(({ environment }) => mayApprove(state, environment, actor.login, run.actor));
  if (asked.length === 0 || asked.length < new Set(ids).size || !may)
    throw unprocessable("No pending deployment requests to approve or reject");
  run.approvals.push({ environments: ids, state: body.state, user: actor.login, comment: body.comment });
  advance(state, repository, run);
  const deployments = asked.flatMap(({ job }) => repository.deployments.filter(({ id }) => id === job.deployment));
  return ok(deployments.map((each) => deploymentView(call, each)));
}

export const runs: Handlers = {
  "actions/list-workflow-runs-for-repo": (call) => list(call, call.repository.runs),
  "actions/list-workflow-runs": (call) => {
    const { path } = workflowOf(call);
    return list(
      call,
      call.repository.runs.filter(({ workflow }) => workflow === path),
    );
  },
  "actions/get-workflow-run": (call) => ok(runView(call, find(call))),
  "actions/list-jobs-for-workflow-run": (call) => {
    const run = find(call);
    return listed(call, run.jobs, (page, total) => ({
      total_count: total,
      jobs: page.map((job) => jobView(call, run, job)),
    }));
  },
  "actions/get-pending-deployments-for-run": (call) => {
    const run = find(call);
    return ok(
      pending(call, run).map(({ environment, job }) => ({
        environment: environmentLink(call, environment),
        wait_timer: waitOf(call.state, call.repository, environment),
        wait_timer_started_at: job.startedAt,
        current_user_can_approve: mayApprove(call.state, environment, call.actor.login, run.actor),
        reviewers: environment.reviewers.flatMap((each) => reviewerView(call, each)),
      })),
    );
  },
  "actions/review-pending-deployments-for-run": review,
  "actions/get-reviews-for-run": (call) =>
    ok(
      find(call)
        .approvals.toReversed()
        .map(({ environments, state, user, comment }) => ({
          environments: environments.flatMap((id) => {
            const found = environmentOf(call.repository, id);
            const { createdAt: created_at, updatedAt: updated_at } = found ?? {};
            return found ? [{ ...environmentLink(call, found), created_at, updated_at }] : [];
          }),
          state,
          user: userNamed(call, user),
          comment,
        })),
    ),
};
