import { STACK } from "../declaration.ts";
import { type Gh, until } from "../gh.ts";
import { jobsOf, runAt, startByHand, wasExecuted } from "../runs.ts";
import { type Scene, tipOf } from "../scene.ts";

const TAG = "v0.1.0";

/** A push, a tag, a release and a rollback, with a `pulumi` that only says what it was asked. */
export async function pipelines(scene: Scene): Promise<void> {
  const { report, administrator, R } = scene;
  report.begin("7. A push, a tag, a release and a rollback, with a pulumi that does nothing");
  await ended(scene, "a push to main starts ci", await startedBy(scene, "ci.yml", "main"));
  const tagged = await administrator.ask("POST", `${R}/git/refs`, { ref: `refs/tags/${TAG}`, sha: await tipOf(scene) });
  if (tagged.status === 201) {
    await reviewed(scene, "a tag starts deploy", await startedBy(scene, "deploy.yml", TAG));
    const inputs = { environment: STACK, version: TAG };
    await reviewed(scene, "a rollback by hand", await startByHand(scene, administrator, "rollback.yml", TAG, inputs));
  } else report.row("a tag starts deploy", "not tried", `an administrator cannot make one: ${tagged.said}`);
  await release(scene);
}

async function startedBy(
  { administrator, R, patience }: Scene,
  workflow: string,
  branch: string,
): Promise<number | string> {
  const run = await until(patience, async () => {
    const { workflow_runs: runs } = await administrator.read(
      `${R}/actions/workflows/${workflow}/runs?event=push&branch=${branch}`,
    );
    return runs[0]?.id as number | undefined;
  });
  return run ?? "no run was started";
}

/** A row for how a run ends; jobs that nothing executed prove nothing. @returns whether they were executed */
async function ended(scene: Scene, what: string, run: number | string): Promise<boolean> {
  const { report, patience } = scene;
  if (typeof run === "string") return (report.row(what, "fail", run), false);
  const done = await runAt(scene, run, "completed");
  if (!done) return (report.row(what, "fail", `the run has not ended after ${patience} s`), false);
  report.row(`${what}: a run`, "pass", `${done.event} of ${done.head_branch}`);
  const executed = await wasExecuted(scene, run);
  const failed = (await jobsOf(scene, run))
    .filter(({ conclusion }) => conclusion === "failure")
    .map(({ name }) => name);
  if (!executed)
    report.row(`${what}: its jobs`, "not tried", `recorded, and not executed, by this GitHub (${done.conclusion})`);
  else
    report.compare(
      `${what}: its jobs`,
      "success",
      failed.length === 0 ? done.conclusion : `failed: ${failed.join(", ")}`,
      done.conclusion === "success",
    );
  return executed;
}

/** A run that waits for a reviewer other than the administrator, who started it. */
async function reviewed(scene: Scene, what: string, run: number | string): Promise<void> {
  const { report, features, writer } = scene;
  if (typeof run === "string") return report.row(what, "fail", run);
  if (features.reviewers) {
    const waits = await runAt(scene, run, "waiting");
    report.compare(`${what}, and waits for a reviewer`, "waiting", waits ? "waiting" : "not waiting", Boolean(waits));
    if (!waits) return;
    if (!writer)
      return report.row(
        `${what}: its jobs`,
        "not tried",
        "GITHUB_WRITER_TOKEN is not set, and nobody else may approve",
      );
    await approve(scene, writer, what, run);
  }
  await ended(scene, what, run);
}

async function approve({ report, administrator, R }: Scene, by: Gh, what: string, run: number): Promise<void> {
  const { id } = await administrator.read(`${R}/environments/${STACK}`);
  const body = { environment_ids: [id], state: "approved", comment: "Slipway's check" };
  const answer = await by.ask("POST", `${R}/actions/runs/${run}/pending_deployments`, body);
  report.compare(`${what}: another person approves`, "200", answer.said, answer.status === 200);
}

async function release(scene: Scene): Promise<void> {
  const { report, administrator, R } = scene;
  const version = "0.2.0";
  const run = await startByHand(scene, administrator, "release.yml", "main", { version });
  const executed = await ended(scene, "a release by hand", run);
  const found = await administrator.ask("GET", `${R}/git/ref/tags/v${version}`);
  if (!executed) report.row(`the release's tag v${version}`, "not tried", "only an executed job makes it");
  else report.compare(`the release's tag v${version}`, "a tag", found.said, found.status === 200);
}
