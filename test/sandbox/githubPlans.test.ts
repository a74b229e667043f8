import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest, control } = github;

const UPGRADE = {
  status: 403,
  body: { message: "Upgrade to GitHub Pro or make this repository public to enable this feature." },
};
const plan = (name: string, login = "harbour") => control("PATCH", `/accounts/${login}`, { plan: name });
const RULESET = {
  name: "main",
  target: "branch",
  enforcement: "active",
  conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
  rules: [{ type: "creation" }, { type: "update" }],
};
const commit = (path: string) =>
  rest("PUT", `${R}/contents/${path}`, { message: "m", content: "YQ==", branch: "main" });
const missing = (rule: string) => ({
  status: 422,
  body: {
    message: `Failed to create the environment protection rule. Please ensure the billing plan supports the ${rule} protection rule.`,
  },
});
const policy = { deployment_branch_policy: { protected_branches: true, custom_branch_policies: false } };

describe("a private repository of a free account", () => {
  let ruleset = 0;
  beforeAll(async () => {
    ruleset = (await rest("POST", `${R}/rulesets`, RULESET)).body.id;
    await rest("PUT", `${R}/environments/prod`, policy);
    await github.putSecret(`${R}/environments/prod`, "KEY", "value");
    await plan("free");
  });
  afterAll(() => plan("enterprise"));

  test("has neither rulesets nor classic protection, to be read or made", async () => {
    expect(await rest("GET", `${R}/rulesets`)).toMatchObject(UPGRADE);
    expect(await rest("GET", `${R}/rulesets/${ruleset}`)).toMatchObject(UPGRADE);
    expect(await rest("POST", `${R}/rulesets`, { ...RULESET, name: "other" })).toMatchObject(UPGRADE);
    expect(await rest("GET", `${R}/branches/main/protection`)).toMatchObject(UPGRADE);
    const { node_id } = (await rest("GET", R)).body;
    const create =
      "mutation($input:CreateBranchProtectionRuleInput!){createBranchProtectionRule(input: $input){branchProtectionRule{id}}}";
    expect(await github.graphql(create, { input: { repositoryId: node_id, pattern: "main" } })).toMatchObject({
      errors: [{ type: "FORBIDDEN", message: UPGRADE.body.message }],
    });
  });
  test("is not protected by a rule from better days", async () => {
    expect((await commit("free.txt")).status).toBe(201);
  });
  test("has environments without rules, and its jobs get none of their secrets", async () => {
    expect(await rest("PUT", `${R}/environments/prod`, policy)).toMatchObject(missing("branch policy"));
    expect(await rest("PUT", `${R}/environments/prod`, { reviewers: [{ type: "User", id: 202 }] })).toMatchObject(
      missing("required reviewers"),
    );
    const { body } = await control(
      "GET",
      "/job-secrets?repository=harbour/shop&ref=refs/heads/not-protected&environment=prod",
    );
    expect(body).toEqual({ secrets: {}, refused: "the plan ignores an environment's secrets" });
  });
  test("has them all once it is public", async () => {
    await rest("PATCH", R, { visibility: "public" });
    expect((await rest("GET", `${R}/rulesets/${ruleset}`)).status).toBe(200);
    expect((await commit("public.txt")).status).toBe(409);
    expect((await rest("PUT", `${R}/environments/prod`, { ...policy, wait_timer: 1 })).status).toBe(200);
    await rest("PATCH", R, { visibility: "private" });
  });
});

test.each(["pro", "team"])(
  "a private one of the plan %s has rules and branch policies, but no reviewers and no timer",
  async (name) => {
    await plan(name);
    expect((await rest("GET", `${R}/rulesets`)).status).toBe(200);
    expect((await commit(`${name}.txt`)).status).toBe(409);
    expect((await rest("PUT", `${R}/environments/prod`, policy)).status).toBe(200);
    expect(await rest("PUT", `${R}/environments/prod`, { wait_timer: 1 })).toMatchObject(missing("wait timer"));
    expect(await rest("PUT", `${R}/environments/prod`, { reviewers: [{ type: "User", id: 202 }] })).toMatchObject(
      missing("required reviewers"),
    );
    await plan("enterprise");
  },
);

describe("the name of a plan", () => {
  test("is told of one's own account, to a token that may read the profile", async () => {
    await plan("pro", "grace");
    const as = async (scopes: string[]) =>
      (await rest("GET", "/user", undefined, { token: await github.tokenFor("grace", scopes) })).body;
    expect((await as(["read:user"])).plan).toMatchObject({ name: "pro" });
    const little = await as(["repo"]);
    expect(little).toMatchObject({ login: "grace" });
    expect(little).not.toHaveProperty("plan");
    expect((await rest("GET", "/users/grace")).body).not.toHaveProperty("plan");
  });
  test("of an organisation is told to its owners alone", async () => {
    expect((await rest("GET", "/orgs/harbour")).body.plan).toMatchObject({ name: "enterprise" });
    const member = await rest("GET", "/orgs/harbour", undefined, {
      token: await github.tokenFor("grace", ["repo", "read:org"]),
    });
    expect(member.status).toBe(200);
    expect(member.body).not.toHaveProperty("plan");
  });
});
