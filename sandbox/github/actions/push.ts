import type { Call } from "../call.ts";
import { moveRef } from "../git.ts";
import { startRun } from "./runs.ts";
import { startsOnPush, workflowsOf } from "./workflows.ts";

/** Sets a ref as a push does: the workflows of the new commit start, unless a job's token pushed. */
export function push(call: Call, ref: string, sha: string): void {
  const { state, repository, actor, job } = call;
  moveRef(repository, ref, sha);
  if (job || !repository.actions.enabled) return;
  for (const workflow of workflowsOf(repository, repository.commits[sha]!).filter((each) => startsOnPush(each, ref)))
    startRun(state, repository, { workflow, event: "push", ref, sha, inputs: {}, actor: actor.login });
}
