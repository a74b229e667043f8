import { type Call, type Handlers, listed, ok } from "../call.ts";
import { notFound } from "../errors.ts";
import type { Deployment } from "../runTypes.ts";
import { deploymentStatusView, deploymentView } from "../views/runs.ts";

function find(call: Call): Deployment {
  const found = call.repository.deployments.find(({ id }) => id === Number(call.params.deployment_id));
  if (!found) throw notFound();
  return found;
}

/** What jobs with an environment left; nobody can make one by hand here. */
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
};
