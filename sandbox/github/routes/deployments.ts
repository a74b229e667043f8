import { type Call, created, type Handlers, listed, ok } from "../call.ts";
import { notFound, unprocessable } from "../errors.ts";
import { findCommit } from "../git.ts";
import type { Deployment, DeploymentStatus } from "../runTypes.ts";
import { nextId, now } from "../state.ts";
import { deploymentStatusView, deploymentView } from "../views/runs.ts";

function find(call: Call): Deployment {
  const found = call.repository.deployments.find(({ id }) => id === Number(call.params.deployment_id));
  if (!found) throw notFound();
  return found;
}

/** What jobs with an environment left, and what was made by the API. */
export const deployments: Handlers = {
  "repos/list-deployments": (call) => {
    const { sha, ref, task, environment } = call.query;
    const matches = (asked: string | undefined, has: string): boolean => !asked || asked === "none" || asked === has;
    const found = call.repository.deployments.filter(
      (each) =>
        matches(sha, each.sha) &&
        matches(ref, each.ref) &&
        matches(task, "deploy") &&
        matches(environment, each.environment),
    );
    return listed(
      call,
      found.toReversed().map((each) => deploymentView(call, each)),
    );
  },
  "repos/get-deployment": (call) => ok(deploymentView(call, find(call))),
  "repos/list-deployment-statuses": (call) => {
    const deployment = find(call);
    return listed(
      call,
      deployment.statuses.toReversed().map((each) => deploymentStatusView(call, deployment, each)),
    );
  },
  // Neither merges the default branch into the ref, nor asks for statuses (`auto_merge`, `required_contexts`).
  "repos/create-deployment": (call) => {
    const { repository, state, body, actor } = call;
    const commit = findCommit(repository, body.ref);
    if (!commit) throw unprocessable(`No ref found for: ${body.ref}`);
    const environment = body.environment ?? "production";
    const made: Deployment = {
      id: nextId(state),
      sha: commit.sha,
      ref: body.ref,
      environment,
      made: {
        by: actor.login,
        description: body.description ?? null,
        payload: body.payload ?? {},
        production: body.production_environment ?? environment === "production",
        transient: body.transient_environment ?? false,
      },
      createdAt: now(),
      statuses: [],
    };
    repository.deployments.push(made);
    return created(deploymentView(call, made));
  },
  "repos/create-deployment-status": (call) => {
    const { state, body, actor } = call;
    const deployment = find(call);
    const status: DeploymentStatus = {
      id: nextId(state),
      state: body.state,
      by: actor.login,
      description: body.description ?? "",
      log: body.log_url || body.target_url || "",
      url: body.environment_url ?? "",
      createdAt: now(),
    };
    deployment.statuses.push(status);
    if (body.state === "success" && body.auto_inactive !== false) endOthers(call, deployment);
    return created(deploymentStatusView(call, deployment, status));
  },
};

/** A success makes the earlier deployments of its environment inactive, those for production and transient ones aside. */
function endOthers({ state, repository }: Call, deployment: Deployment): void {
  for (const other of repository.deployments)
    if (
      other !== deployment &&
      other.environment === deployment.environment &&
      !other.made?.production &&
      !other.made?.transient &&
      other.statuses.at(-1)?.state === "success"
    )
      other.statuses.push({ id: nextId(state), state: "inactive", createdAt: now() });
}
