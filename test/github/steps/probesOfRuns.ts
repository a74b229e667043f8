/** Runs that a writer starts: what an environment refuses, and what the jobs themselves refuse. */
import { STACK } from "../declaration.ts";
import { type Gh, until } from "../gh.ts";
import { jobsOf, runAt, startByHand, wasExecuted } from "../runs.ts";
import { branchWith, type Scene } from "../scene.ts";
import { expectRefused } from "./refusals.ts";

/** That a writer tries to move, to delete and to deploy. */
export const TAG = "v0.0.1";

export async function deployments(scene: Scene, writer: Gh): Promise<void> {
  const { report, R, patience, features, administrator } = scene;
  const inputs = { environment: STACK, version: TAG };
  const branch = await startByHand(scene, writer, "deploy.yml", "main", inputs);
  if (typeof branch === "string")
    report.row("deploys from a branch that the environment does not admit", "fail", branch);
  else {
    const job = await until(patience, async () =>
      (await jobsOf(scene, branch)).find(({ name, conclusion }) => name.includes(STACK) && conclusion !== null),
    );
    report.compare(
      "deploys from a branch that the environment does not admit",
      "a job that fails",
      job ? `the job "${job.name}": ${job.conclusion}` : "no job that ended",
      job?.conclusion === "failure",
    );
  }
  if (!features.reviewers)
    return report.row("approves its own deployment", "the plan lacks it", "reviewers of environments");
  const tagged = await startByHand(scene, writer, "deploy.yml", TAG, inputs);
  if (typeof tagged === "string") return report.row("approves its own deployment", "not tried", tagged);
  const waits = await runAt(scene, tagged, "waiting");
  if (!waits) return report.row("approves its own deployment", "fail", "the run does not wait for a reviewer");
  const { id } = await administrator.read(`${R}/environments/${STACK}`);
  const review = (state: string) => ({ environment_ids: [id], state, comment: "Slipway's check" });
  const pending = `${R}/actions/runs/${tagged}/pending_deployments`;
  await expectRefused(scene, "approves its own deployment", writer.ask("POST", pending, review("approved")));
  const rejected = await administrator.ask("POST", pending, review("rejected"));
  report.compare("another reviewer may reject it", "200", rejected.said, rejected.status === 200);
}

/** `release` of a branch that nobody merged: its job refuses it, so only an executed one tells. */
export async function release(scene: Scene, writer: Gh): Promise<void> {
  const { report, R, administrator } = scene;
  const what = "releases a commit that nobody merged";
  const branch = "slipway-check/unmerged";
  await branchWith(writer, scene, branch, "unmerged.txt", "x\n");
  const run = await startByHand(scene, writer, "release.yml", branch, { version: "0.3.0" });
  if (typeof run === "string") return report.row(what, "fail", run);
  const done = await runAt(scene, run, "completed");
  if (done && !(await wasExecuted(scene, run)))
    return report.row(what, "not tried", "recorded, and not executed, by this GitHub");
  const tag = await administrator.ask("GET", `${R}/git/ref/tags/v0.3.0`);
  const seen = `${done?.conclusion ?? "a run that has not ended"}, and ${tag.status === 200 ? "a tag" : "no tag"}`;
  report.compare(what, "failure, and no tag", seen, done?.conclusion === "failure" && tag.status === 404);
}
