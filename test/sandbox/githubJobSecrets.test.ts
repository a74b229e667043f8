import { beforeAll, describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;

const DEPLOY = `
on: { push: { tags: ["v*"] } }
jobs: { deploy: { runs-on: ubuntu-latest, environment: prod, steps: [{ run: "true" }] } }
`;
let writer = "";

describe("the secrets that a job would see", () => {
  const of = async (query: Record<string, string | number>) =>
    (
      await github.control(
        "GET",
        `/job-secrets?${new URLSearchParams({ repository: "harbour/shop", ...query } as Record<string, string>)}`,
      )
    ).body;
  beforeAll(async () => {
    await rest("PUT", `${R}/collaborators/grace`, { permission: "push" });
    writer = await github.tokenFor("grace", ["repo"]);
    await rest("PUT", `${R}/contents/.github/workflows/deploy.yml`, {
      message: "Deploys",
      content: Buffer.from(DEPLOY).toString("base64"),
    });
    await rest("PUT", `${R}/environments/prod`, {
      reviewers: [{ type: "User", id: 201 }],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    await rest("POST", `${R}/environments/prod/deployment-branch-policies`, { name: "v*", type: "tag" });
    await rest("PUT", `${R}/environments/dev`, {});
    await github.putSecret(`${R}/actions`, "SHARED", "of the repository");
    await github.putSecret(`${R}/actions`, "BOTH", "of the repository");
    await github.putSecret(`${R}/environments/prod`, "BOTH", "of prod");
    await github.putSecret(`${R}/environments/prod`, "ONLY", "of prod");
  });

  test("are the repository's on every branch, and none for a fork", async () => {
    const shared = { SHARED: "of the repository", BOTH: "of the repository" };
    expect((await of({ ref: "refs/heads/anything" })).secrets).toEqual(shared);
    expect((await of({ ref: "refs/heads/anything", environment: "dev" })).secrets).toEqual(shared);
    expect((await of({ ref: "refs/heads/main", fork: "true" })).secrets).toEqual({});
  });

  test("are the environment's only on a ref that it admits, and once it is approved", async () => {
    const { sha } = (await rest("GET", `${R}/git/ref/heads/main`)).body.object;
    await rest("POST", `${R}/git/refs`, { ref: "refs/tags/v1.0.0", sha }, { token: writer });
    const [{ id: run }] = (await rest("GET", `${R}/actions/runs?status=waiting`)).body.workflow_runs;
    const asked = { environment: "prod", ref: "refs/tags/v1.0.0", run };
    expect(await of({ ...asked, ref: "refs/heads/main" })).toEqual({
      secrets: {},
      refused: 'Branch "main" is not allowed to deploy to prod due to environment protection rules.',
    });
    expect(await of(asked)).toEqual({ secrets: {}, refused: "nobody has approved the deployment to prod" });
    const { id } = (await rest("GET", `${R}/environments/prod`)).body;
    await rest("POST", `${R}/actions/runs/${run}/pending_deployments`, {
      environment_ids: [id],
      state: "approved",
      comment: "",
    });
    expect((await of(asked)).secrets).toEqual({ SHARED: "of the repository", BOTH: "of prod", ONLY: "of prod" });
  });
});
