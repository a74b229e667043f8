import { type Call, created, type Handlers, listed, ok } from "../call.ts";
import { unprocessable } from "../errors.ts";
import { commitOf, ownValue } from "../git.ts";
import { actionsApp, nextId, now } from "../state.ts";
import type { Status } from "../types.ts";
import { userNamed } from "../views/accounts.ts";
import { nodeId } from "../views/nodes.ts";
import { minimalRepository, repositoryUrl } from "../views/repositories.ts";

const statusUrl = (call: Call, sha: string): string => `${repositoryUrl(call, call.repository)}/statuses/${sha}`;

const shortStatus = (call: Call, status: Status): Record<string, unknown> => ({
  url: statusUrl(call, status.sha),
  avatar_url: null,
  id: status.id,
  node_id: nodeId("Status", status.id),
  state: status.state,
  description: status.description,
  target_url: status.target_url,
  context: status.context,
  created_at: status.createdAt,
  updated_at: status.createdAt,
});

function combinedState(statuses: Status[]): "failure" | "pending" | "success" {
  const has = (state: string): boolean => statuses.some((status) => status.state === state);
  if (has("failure") || has("error")) return "failure";
  return statuses.length === 0 || has("pending") ? "pending" : "success";
}

export const statuses: Handlers = {
  "repos/create-commit-status": (call) => {
    const { repository, state, body, actor } = call;
    const { sha } = call.params as { sha: string };
    if (!ownValue(repository.commits, sha)) throw unprocessable(`No commit found for SHA: ${sha}`);
    const made: Status = {
      id: nextId(state),
      sha,
      state: body.state,
      context: body.context ?? "default",
      description: body.description ?? null,
      target_url: body.target_url || null,
      creator: actor.login,
      ...(call.job ? { app: actionsApp.id } : {}),
      createdAt: now(),
    };
    repository.statuses.push(made);
    return created({ ...shortStatus(call, made), creator: userNamed(call, actor.login) });
  },
  "repos/list-commit-statuses-for-ref": (call) => {
    const { sha } = commitOf(call.repository, call.params.ref!);
    const found = call.repository.statuses.filter((each) => each.sha === sha).toReversed();
    return listed(
      call,
      found.map((each) => ({ ...shortStatus(call, each), creator: userNamed(call, each.creator) })),
    );
  },
  "repos/get-combined-status-for-ref": (call) => {
    const { sha } = commitOf(call.repository, call.params.ref!);
    const latest = [
      ...new Map(
        call.repository.statuses.filter((each) => each.sha === sha).map((each) => [each.context, each]),
      ).values(),
    ];

    const url = `${repositoryUrl(call, call.repository)}/commits/${sha}`;
    return ok({
      state: combinedState(latest),
      statuses: latest.map((each) => shortStatus(call, each)),
      sha,
      total_count: latest.length,
      repository: minimalRepository(call, call.repository),
      commit_url: url,
      url: `${url}/status`,
    });
  },
};
