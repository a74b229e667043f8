import { beforeAll, describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

const DEPLOY = `
name: deploy
run-name: "\${{ inputs.version && format('deploy {0}: {1}', inputs.environment, inputs.version) || '' }}"
on:
  push: { branches: [main, "release/*"], tags: ["v*"] }
  workflow_dispatch:
    inputs:
      environment: { type: choice, required: true, options: [dev, prod] }
      version: { required: true }
jobs:
  ci: { uses: ./.github/workflows/ci.yml, if: "\${{ github.event_name != 'workflow_dispatch' }}" }
  dev:
    needs: ci
    if: \${{ !cancelled() && (inputs.environment == 'dev' || needs.ci.result == 'success' && github.ref == 'refs/heads/main') }}
    runs-on: ubuntu-latest
    environment: dev
    steps: [{ run: "true" }]
  prod:
    name: deploy to prod
    needs: ci
    if: \${{ !cancelled() && (inputs.environment == 'prod' || startsWith(github.ref, 'refs/tags/v')) }}
    runs-on: ubuntu-latest
    environment: { name: "prod" }
    steps: [{ run: "true" }]
  after: { needs: prod, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
`;
const CI = `
name: ci
on: { workflow_call: {}, pull_request: {} }
jobs:
  gate: { name: quality gate, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
`;

let writer = "";
let tagged = 0;
const commit = (path: string, text: string, token?: string) =>
  rest(
    "PUT",
    `${R}/contents/${path}`,
    { message: `Adds ${path}`, content: Buffer.from(text).toString("base64"), branch: "main" },
    token ? { token } : {},
  );
const main = async (): Promise<string> => (await rest("GET", `${R}/git/ref/heads/main`)).body.object.sha;
const runsOf = async (query = ""): Promise<any[]> =>
  (await rest("GET", `${R}/actions/runs${query}`)).body.workflow_runs;
const jobsOf = async (run: number): Promise<string[]> =>
  (await rest("GET", `${R}/actions/runs/${run}/jobs`)).body.jobs.map(
    ({ name, status, conclusion }: Record<string, string>) => `${name}: ${conclusion ?? status}`,
  );
const dispatch = (body: object, token?: string) =>
  rest("POST", `${R}/actions/workflows/deploy.yml/dispatches`, body, token ? { token } : {});
/** Starts a run that must start. @returns its number */
async function started(body: { ref: string; inputs: object }, token?: string): Promise<number> {
  const { status, body: answer } = await dispatch({ ...body, return_run_details: true }, token);
  expect(status, JSON.stringify(answer)).toBe(200);
  return answer.workflow_run_id;
}
const pushTag = async (token?: string): Promise<string> => {
  const name = `v1.0.${++tagged}`;
  const made = await rest(
    "POST",
    `${R}/git/refs`,
    { ref: `refs/tags/${name}`, sha: await main() },
    token ? { token } : {},
  );
  expect(made.status).toBe(201);
  return name;
};
const prodId = async (): Promise<number> => (await rest("GET", `${R}/environments/prod`)).body.id;
const review = async (run: number, state: string, token?: string) =>
  rest(
    "POST",
    `${R}/actions/runs/${run}/pending_deployments`,
    { environment_ids: [await prodId()], state, comment: "Seen" },
    token ? { token } : {},
  );

beforeAll(async () => {
  await rest("PUT", `${R}/collaborators/grace`, { permission: "push" });
  await rest("PUT", `${R}/collaborators/alan`, { permission: "push" });
  writer = await github.tokenFor("grace", ["repo"]);
  await commit(".github/workflows/ci.yml", CI);
  await commit(".github/workflows/deploy.yml", DEPLOY);
  await rest("PUT", `${R}/environments/prod`, {
    reviewers: [
      { type: "User", id: 201 },
      { type: "User", id: 202 },
      { type: "User", id: 203 },
    ],
    prevent_self_review: true,
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  });
  await rest("POST", `${R}/environments/prod/deployment-branch-policies`, { name: "v*", type: "tag" });
  await rest("POST", `${R}/environments/prod/deployment-branch-policies`, { name: "hotfix/*", type: "branch" });
  // So that a release's own token may have one of its own.
  await pushTag();
});

describe("a push", () => {
  test("starts what names its branch, in the commit's own words, and makes the environment that a job names", async () => {
    await commit("a.txt", "a");
    const [run] = await runsOf();
    expect(run).toMatchObject({
      name: "deploy",
      event: "push",
      head_branch: "main",
      display_title: "Adds a.txt",
      path: ".github/workflows/deploy.yml",
      status: "completed",
      conclusion: "success",
      actor: { login: "ada" },
      head_sha: await main(),
    });
    expect(await jobsOf(run.id)).toEqual([
      "ci / quality gate: success",
      "dev: success",
      "deploy to prod: skipped",
      "after: skipped",
    ]);
    expect((await rest("GET", `${R}/environments/dev`)).body).toMatchObject({
      protection_rules: [],
      deployment_branch_policy: null,
    });
  });

  test("of another branch starts nothing; of a branch or tag that a pattern fits, it does", async () => {
    const before = (await runsOf()).length;
    const ref = (name: string) => main().then((sha) => rest("POST", `${R}/git/refs`, { ref: name, sha }));
    expect((await ref("refs/heads/work")).status).toBe(201);
    expect((await ref("refs/heads/release/1/2")).status).toBe(201);
    expect((await ref("refs/tags/other")).status).toBe(201);
    expect(await runsOf()).toHaveLength(before);
    expect((await ref("refs/heads/release/1")).status).toBe(201);
    expect((await runsOf())[0]).toMatchObject({ event: "push", head_branch: "release/1" });
  });

  test("by a job's token starts nothing", async () => {
    const { token } = (
      await github.control("POST", "/job-tokens", { repository: "harbour/shop", permissions: { contents: "write" } })
    ).body;
    const before = (await runsOf()).length;
    await pushTag(token);
    expect(await runsOf()).toHaveLength(before);
  });
});

describe("a run by hand", () => {
  test.each([
    ["of no ref", { ref: "nowhere", inputs: {} }, "No ref found for: nowhere"],
    ["without an input", { ref: "main", inputs: { environment: "dev" } }, "Required input 'version' not provided"],
    [
      "with an input that there is not",
      { ref: "main", inputs: { environment: "dev", version: "v1", extra: "1" } },
      'Unexpected inputs provided: ["extra"]',
    ],
    [
      "with a choice that there is not",
      { ref: "main", inputs: { environment: "test", version: "v1" } },
      "Provided value 'test' for input 'environment' not in the list of allowed values",
    ],
  ])("%s is refused", async (_, body, message) => {
    expect(await dispatch(body)).toMatchObject({ status: 422, body: { message } });
  });

  test("of a commit, of a workflow that is not there, and of one that nobody may start is refused", async () => {
    const sha = await main();
    const inputs = { environment: "dev", version: "v1" };
    expect(await dispatch({ ref: sha, inputs })).toMatchObject({ body: { message: `No ref found for: ${sha}` } });
    expect((await rest("POST", `${R}/actions/workflows/no.yml/dispatches`, { ref: "main" })).status).toBe(404);
    expect(await rest("POST", `${R}/actions/workflows/ci.yml/dispatches`, { ref: "main" })).toMatchObject({
      status: 422,
      body: { message: "Workflow does not have 'workflow_dispatch' trigger" },
    });
    await rest("PUT", `${R}/collaborators/linus`, { permission: "pull" });
    const { body } = await rest("GET", `${R}/invitations`);
    expect(body).toHaveLength(1);
    const reader = await github.tokenFor("linus", ["repo"]);
    expect((await dispatch({ ref: "main", inputs }, reader)).status).toBe(404);
  });

  test("takes the name that its run-name computes, and records a deployment with its states", async () => {
    const run = await started({ ref: "main", inputs: { environment: "dev", version: "v1.2.3" } });
    expect((await rest("GET", `${R}/actions/runs/${run}`)).body).toMatchObject({
      display_title: "deploy dev: v1.2.3",
      event: "workflow_dispatch",
      conclusion: "success",
    });
    const [deployment, earlier] = (await rest("GET", `${R}/deployments?environment=dev`)).body;
    expect(deployment).toMatchObject({ environment: "dev", ref: "main", task: "deploy", sha: await main() });
    const states = async ({ id }: { id: number }) =>
      (await rest("GET", `${R}/deployments/${id}/statuses`)).body.map(({ state }: { state: string }) => state);
    expect(await states(deployment)).toEqual(["success", "in_progress", "pending"]);
    expect(await states(earlier)).toEqual(["inactive", "success", "in_progress", "pending"]);
    const [status] = (await rest("GET", `${R}/deployments/${deployment.id}/statuses`)).body;
    expect(status.log_url).toContain(`/harbour/shop/actions/runs/${run}/job/`);
  });

  test("of a branch that the environment does not admit fails, and says so", async () => {
    const run = await started({ ref: "main", inputs: { environment: "prod", version: "v1" } });
    expect(await jobsOf(run)).toContain("deploy to prod: failure");
    expect((await rest("GET", `${R}/actions/runs/${run}`)).body.conclusion).toBe("failure");
    const job = (await rest("GET", `${R}/actions/runs/${run}/jobs`)).body.jobs.find(
      ({ name }: { name: string }) => name === "deploy to prod",
    );
    expect((await rest("GET", `${R}/check-runs/${job.id}/annotations`)).body).toMatchObject([
      { message: 'Branch "main" is not allowed to deploy to prod due to environment protection rules.' },
    ]);
    const [refused] = (await rest("GET", `${R}/deployments?environment=prod&ref=main`)).body;
    expect((await rest("GET", `${R}/deployments/${refused.id}/statuses`)).body[0].state).toBe("failure");
  });

  test.each([
    ["hotfix/a", "waiting"],
    ["hotfix/a/b", "completed"],
    ["hotfix", "completed"],
  ])("of %s: a star of a policy stops at a slash", async (branch, status) => {
    expect((await rest("POST", `${R}/git/refs`, { ref: `refs/heads/${branch}`, sha: await main() })).status).toBe(201);
    const run = await started({ ref: branch, inputs: { environment: "prod", version: "v1" } });
    expect((await rest("GET", `${R}/actions/runs/${run}`)).body.status).toBe(status);
    await rest("DELETE", `${R}/git/refs/heads/${branch}`);
  });
});

describe("a deployment that waits for a reviewer", () => {
  test("is not approved by whoever started it, nor by somebody who is no reviewer; then by another", async () => {
    await pushTag(writer);
    const [run] = await runsOf("?status=waiting");
    expect(run).toMatchObject({ status: "waiting", conclusion: null, actor: { login: "grace" } });
    const pending = (token?: string) =>
      rest("GET", `${R}/actions/runs/${run.id}/pending_deployments`, undefined, token ? { token } : {});
    expect((await pending(writer)).body).toMatchObject([
      { environment: { name: "prod" }, current_user_can_approve: false, reviewers: [{ type: "User" }, {}, {}] },
    ]);
    expect((await pending()).body).toMatchObject([{ current_user_can_approve: true }]);
    const refused = { status: 422, body: { message: "No pending deployment requests to approve or reject" } };
    expect(await review(run.id, "approved", writer)).toMatchObject(refused);
    expect(await jobsOf(run.id)).toContain("deploy to prod: waiting");
    expect((await review(run.id, "approved")).status).toBe(200);
    expect(await jobsOf(run.id)).toEqual([
      "ci / quality gate: success",
      "dev: skipped",
      "deploy to prod: success",
      "after: success",
    ]);
    expect((await rest("GET", `${R}/actions/runs/${run.id}/approvals`)).body).toMatchObject([
      { state: "approved", user: { login: "ada" }, comment: "Seen", environments: [{ name: "prod" }] },
    ]);
    expect(await review(run.id, "approved")).toMatchObject(refused);
  });

  test("fails when it is rejected, and what needs it does not start", async () => {
    await pushTag(writer);
    const [run] = await runsOf("?status=waiting");
    expect((await review(run.id, "rejected")).status).toBe(200);
    expect(await jobsOf(run.id)).toEqual([
      "ci / quality gate: success",
      "dev: skipped",
      "deploy to prod: failure",
      "after: skipped",
    ]);
  });

  test("is the bot's own where a job started it: whoever started that job may approve", async () => {
    const { token } = (
      await github.control("POST", "/job-tokens", { repository: "harbour/shop", permissions: { actions: "write" } })
    ).body;
    const run = await started({ ref: `v1.0.${tagged}`, inputs: { environment: "prod", version: "v1" } }, token);
    expect((await rest("GET", `${R}/actions/runs/${run}`)).body).toMatchObject({
      status: "waiting",
      actor: { login: "github-actions[bot]", type: "Bot" },
    });
    expect((await review(run, "approved", writer)).status).toBe(200);
  });

  test("waits for its timer too", async () => {
    const { id } = (await rest("PUT", `${R}/environments/slow`, { wait_timer: 30 })).body;
    await commit(
      ".github/workflows/slow.yml",
      "name: slow\non: [workflow_dispatch]\njobs: { wait: { runs-on: x, environment: slow, steps: [] } }\n",
    );
    expect((await rest("POST", `${R}/actions/workflows/slow.yml/dispatches`, { ref: "main" })).status).toBe(204);
    const [run] = (await rest("GET", `${R}/actions/workflows/slow.yml/runs`)).body.workflow_runs;
    expect(run.status).toBe("waiting");
    expect((await rest("GET", `${R}/actions/runs/${run.id}/pending_deployments`)).body).toMatchObject([
      { environment: { id }, wait_timer: 30, reviewers: [] },
    ]);
  });
});
