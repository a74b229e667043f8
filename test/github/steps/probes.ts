/** What docs/repositories.md says that a writer cannot do, tried with a writer's token. */
import { sealed } from "../../sandbox/support/server.ts";
import { FAILS, STACK } from "../declaration.ts";
import type { Answer, Gh } from "../gh.ts";
import { branchWith, type Scene, tipOf } from "../scene.ts";
import { deployments, release, TAG } from "./probesOfRuns.ts";
import { readBack } from "./readBack.ts";
import { expectRefused, refused } from "./refusals.ts";

const CHECK = "quality gate";

export async function probes(scene: Scene): Promise<void> {
  const { report, writer } = scene;
  report.begin("6. What a writer must not be able to do");
  if (!writer) return report.row("all of it", "not tried", "GITHUB_WRITER_TOKEN is not set");
  await branches(scene, writer);
  await tags(scene, writer);
  await statuses(scene, writer);
  await administration(scene, writer);
  await secrets(scene, writer);
  await deployments(scene, writer);
  await release(scene, writer);
  await readBack(scene, "6a. Afterwards everything is as declared still");
}

async function branches(scene: Scene, writer: Gh): Promise<void> {
  const { R } = scene;
  const body = { message: "By a writer", content: "YQ==", branch: "main" };
  await expectRefused(scene, "pushes to main", writer.ask("PUT", `${R}/contents/pushed.txt`, body));
  const back = { sha: await parentOf(scene, await tipOf(scene)), force: true };
  await expectRefused(
    scene,
    "force-pushes main to an earlier commit",
    writer.ask("PATCH", `${R}/git/refs/heads/main`, back),
  );
}

async function parentOf({ administrator, R }: Scene, commit: string): Promise<string> {
  const { parents } = await administrator.read(`${R}/git/commits/${commit}`);
  if (parents.length === 0) throw new Error(`${commit} has no earlier commit: the probes need one`);
  return parents[0].sha;
}

async function tags(scene: Scene, writer: Gh): Promise<void> {
  const { R, administrator, report } = scene;
  const sha = await tipOf(scene);
  const made = await administrator.ask("POST", `${R}/git/refs`, { ref: `refs/tags/${TAG}`, sha });
  if (made.status === 201) {
    const earlier = await parentOf(scene, sha);
    const one = `${R}/git/refs/tags/${TAG}`;
    await expectRefused(scene, `moves the tag ${TAG}`, writer.ask("PATCH", one, { sha: earlier, force: true }));
    await expectRefused(scene, `deletes the tag ${TAG}`, writer.ask("DELETE", one));
  } else report.row("moves or deletes a tag v*", "not tried", `an administrator cannot make one: ${made.said}`);
  const creation = await restrictsTags(scene);
  const tag = { ref: "refs/tags/v0.0.2", sha };
  if (creation) await expectRefused(scene, "creates a tag v*", writer.ask("POST", `${R}/git/refs`, tag));
  else report.row("creates a tag v*", "not tried", "no rule of the declaration restricts it");
}

/** Whether a ruleset in force says who may create tags. */
async function restrictsTags({ administrator, R }: Scene): Promise<boolean> {
  const list: any[] = await administrator.read(`${R}/rulesets`);
  for (const { id, target, enforcement } of list) {
    if (target !== "tag" || enforcement !== "active") continue;
    const { rules } = await administrator.read(`${R}/rulesets/${id}`);
    if (rules.some(({ type }: { type: string }) => type === "creation")) return true;
  }
  return false;
}

/** A pull request whose check fails, and for which the writer says that it passed. */
async function statuses(scene: Scene, writer: Gh): Promise<void> {
  const { R, report } = scene;
  const branch = "slipway-check/status";
  const sha = await branchWith(writer, scene, branch, FAILS, "x\n");
  const { number } = await writer.must("POST", `${R}/pulls`, { title: "Fails", head: branch, base: "main" });
  const posted = await writer.ask("POST", `${R}/statuses/${sha}`, { state: "success", context: CHECK });
  const merged = await writer.ask("PUT", `${R}/pulls/${number}/merge`, { merge_method: "squash" });
  report.compare(
    `merges after posting the status "${CHECK}"`,
    `a refusal that names "${CHECK}"`,
    `${posted.status} for the status, then ${merged.said}`,
    merged.status === 405 && merged.body.message.includes("status check"),
  );
  const run = await writer.ask("POST", `${R}/check-runs`, { name: CHECK, head_sha: sha, conclusion: "success" });
  report.compare(`reports the check "${CHECK}" itself`, "a refusal", run.said, refused(run));
}

async function administration(scene: Scene, writer: Gh): Promise<void> {
  const { R, administrator } = scene;
  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    writer.ask(method, `${R}${path}`, body);
  const rulesets: any[] = await administrator.read(`${R}/rulesets`);
  const main = `/rulesets/${rulesets.find(({ name }) => name === "main")?.id}`;
  await expectRefused(scene, "switches a ruleset off", ask("PUT", main, { enforcement: "disabled" }));
  await expectRefused(scene, "deletes a ruleset", ask("DELETE", main));
  await expectRefused(scene, "lets itself past an environment", ask("PUT", `/environments/${STACK}`, {}));
  const policy = { name: "*", type: "branch" };
  await expectRefused(
    scene,
    "lets every branch deploy",
    ask("POST", `/environments/${STACK}/deployment-branch-policies`, policy),
  );
  const permissions = { default_workflow_permissions: "write", can_approve_pull_request_reviews: true };
  await expectRefused(scene, "gives job tokens more rights", ask("PUT", "/actions/permissions/workflow", permissions));
  await expectRefused(scene, "adds a webhook", ask("POST", "/hooks", { config: { url: "https://example.com/w" } }));
}

async function secrets(scene: Scene, writer: Gh): Promise<void> {
  const { R, report, administrator, declared } = scene;
  const own = `${R}/environments/${STACK}`;
  const read = await writer.ask("GET", `${R}/actions/secrets/SHARED`);
  const value = JSON.stringify(read.body).includes(`${declared.marker}-shared`);
  report.compare("reads a secret's value", "no value", value ? "the value" : `${read.said}, without a value`, !value);
  const { key, key_id } = await administrator.read(`${own}/secrets/public-key`);
  const body = { encrypted_value: sealed(key, "changed by a writer"), key_id };
  await expectRefused(scene, "overwrites an environment's secret", writer.ask("PUT", `${own}/secrets/OWN`, body));
  await expectRefused(scene, "deletes an environment's secret", writer.ask("DELETE", `${own}/secrets/OWN`));
  const shared = await administrator.read(`${R}/actions/secrets/public-key`);
  const made = await writer.ask("PUT", `${R}/actions/secrets/BY_WRITER`, {
    encrypted_value: sealed(shared.key, "of a writer"),
    key_id: shared.key_id,
  });
  // GitHub documents that a writer may: those are for what any branch may know.
  report.row(
    "sets a secret of the whole repository",
    "pass",
    refused(made) ? made.said : `${made.said}: GitHub allows it`,
  );
  if (made.status < 300) await administrator.must("DELETE", `${R}/actions/secrets/BY_WRITER`);
}
