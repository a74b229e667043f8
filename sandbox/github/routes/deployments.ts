import { created, listed, noContent, ok, type Call, type Handlers } from "../call.ts";
import { notFound, unprocessable } from "../errors.ts";
import { commitOf, findCommit, own } from "../git.ts";
import { nextId, now } from "../state.ts";
import type { Deployment, Status } from "../types.ts";
import { userNamed } from "../views/accounts.ts";
import { nodeId } from "../views/nodes.ts";
import { minimalRepository, repositoryUrl } from "../views/repositories.ts";

const statusUrl = (call: Call, sha: string): string => `${repositoryUrl(call, call.repository)}/statuses/${sha}`;

const shortStatus = (call: Call, status: Status): Record<string, unknown> => ({
  url: statusUrl(call, status.sha), avatar_url: null, id: status.id, node_id: nodeId("Status", status.id), state: status.state,
  description: status.description, target_url: status.target_url, context: status.context, created_at: status.createdAt, updated_at: status.createdAt,
});

export const statuses: Handlers = {
  "repos/create-commit-status": (call) => {
    const { repository, state, body, actor } = call;
    const { sha } = call.params as { sha: string };
    if (!own(repository.commits, sha)) throw unprocessable(`No commit found for SHA: ${sha}`);
    const made: Status = {
      id: nextId(state), sha, state: body.state, context: body.context ?? "default", description: body.description ?? null,
      target_url: body.target_url || null, creator: actor.login, createdAt: now(),
    };
    repository.statuses.push(made);
    return created({ ...shortStatus(call, made), creator: userNamed(call, actor.login) });
  },
  "repos/list-commit-statuses-for-ref": (call) => {
    const { sha } = commitOf(call.repository, call.params.ref!);
    const found = call.repository.statuses.filter((each) => each.sha === sha).toReversed();
    return listed(call, found.map((each) => ({ ...shortStatus(call, each), creator: userNamed(call, each.creator) })));
  },
  "repos/get-combined-status-for-ref": (call) => {
    const { sha } = commitOf(call.repository, call.params.ref!);
    const latest = [...new Map(call.repository.statuses.filter((each) => each.sha === sha).map((each) => [each.context, each])).values()];
    const has = (state: string): boolean => latest.some((each) => each.state === state);
    const url = `${repositoryUrl(call, call.repository)}/commits/${sha}`;
    return ok({
      state: has("failure") || has("error") ? "failure" : latest.length === 0 || has("pending") ? "pending" : "success",
      statuses: latest.map((each) => shortStatus(call, each)), sha, total_count: latest.length,
      repository: minimalRepository(call, call.repository), commit_url: url, url: `${url}/status`,
    });
  },
};

function view(call: Call, deployment: Deployment): Record<string, unknown> {
  const url = `${repositoryUrl(call, call.repository)}/deployments/${deployment.id}`;
  return {
    url, id: deployment.id, node_id: nodeId("Deployment", deployment.id), sha: deployment.sha, ref: deployment.ref, task: deployment.task,
    payload: deployment.payload, original_environment: deployment.environment, environment: deployment.environment, description: deployment.description,
    creator: userNamed(call, deployment.creator), created_at: deployment.createdAt, updated_at: deployment.statuses.at(-1)?.createdAt ?? deployment.createdAt,
    statuses_url: `${url}/statuses`, repository_url: repositoryUrl(call, call.repository),
    transient_environment: deployment.transient, production_environment: deployment.production,
  };
}

function find(call: Call): Deployment {
  const found = call.repository.deployments.find(({ id }) => id === Number(call.params.deployment_id));
  if (!found) throw notFound();
  return found;
}

function statusView(call: Call, deployment: Deployment, status: Deployment["statuses"][number]): Record<string, unknown> {
  const url = `${repositoryUrl(call, call.repository)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`, id: status.id, node_id: nodeId("DeploymentStatus", status.id), state: status.state,
    creator: userNamed(call, status.creator), description: status.description, environment: status.environment,
    // Deprecated and required at once: GitHub repeats the log's address, and so needs one.
    target_url: status.log_url || call.urls.web, log_url: status.log_url || call.urls.web,
    ...(status.environment_url ? { environment_url: status.environment_url } : {}),
    created_at: status.createdAt, updated_at: status.createdAt, deployment_url: url, repository_url: repositoryUrl(call, call.repository),
  };
}

export const deployments: Handlers = {
  "repos/list-deployments": (call) => {
    const { sha, ref, task, environment } = call.query;
    const chosen = call.repository.deployments.filter((each) =>
      (!sha || each.sha === sha) && (!ref || each.ref === ref) && (!task || each.task === task) && (!environment || each.environment === environment));
    return listed(call, chosen.toReversed().map((each) => view(call, each)));
  },
  "repos/create-deployment": (call) => {
    const { repository, state, body, actor } = call;
    const commit = findCommit(repository, body.ref);
    if (!commit) throw unprocessable(`No ref found for: ${body.ref}`);
    const made: Deployment = {
      id: nextId(state), sha: commit.sha, ref: body.ref, task: body.task ?? "deploy", environment: body.environment ?? "production",
      description: body.description ?? null, payload: body.payload ?? {}, transient: body.transient_environment ?? false,
      production: body.production_environment ?? (body.environment ?? "production") === "production", creator: actor.login, createdAt: now(), statuses: [],
    };
    repository.deployments.push(made);
    return created(view(call, made));
  },
  "repos/get-deployment": (call) => ok(view(call, find(call))),
  "repos/delete-deployment": (call) => {
    const { id } = find(call);
    call.repository.deployments = call.repository.deployments.filter((each) => each.id !== id);
    return noContent;
  },
  "repos/list-deployment-statuses": (call) => {
    const deployment = find(call);
    return listed(call, deployment.statuses.toReversed().map((each) => statusView(call, deployment, each)));
  },
  "repos/create-deployment-status": (call) => {
    const deployment = find(call);
    const { state, description = "", environment = deployment.environment, environment_url = "", log_url, target_url = "" } = call.body;
    const made = { id: nextId(call.state), state, description, environment, environment_url, log_url: log_url ?? target_url, creator: call.actor.login, createdAt: now() };
    // A success makes the earlier ones of the same environment inactive, unless told otherwise.
    if (state === "success" && call.body.auto_inactive !== false) {
      for (const other of call.repository.deployments.filter((each) => each !== deployment && each.environment === environment && !each.transient && each.statuses.at(-1)?.state === "success")) {
        other.statuses.push({ ...made, id: nextId(call.state), state: "inactive", description: "", environment_url: "", log_url: "" });
      }
    }
    deployment.statuses.push(made);
    return created(statusView(call, deployment, made));
  },
  "repos/get-deployment-status": (call) => {
    const deployment = find(call);
    const status = deployment.statuses.find(({ id }) => id === Number(call.params.status_id));
    if (!status) throw notFound();
    return ok(statusView(call, deployment, status));
  },
};
