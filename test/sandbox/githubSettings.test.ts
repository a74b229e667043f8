import { describe, expect, test } from "vitest";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest, control, putSecret } = github;
const SECRET = "marked-secret-3f9c1a";

describe("a repository", () => {
  test("is created, read, and changed as the provider does it", async () => {
    const { body } = await rest("GET", R);
    expect(body).toMatchObject({
      name: "shop",
      private: true,
      visibility: "private",
      has_wiki: false,
      default_branch: "main",
      owner: { login: "harbour" },
    });
    expect((await rest("PUT", `${R}/topics`, { names: ["Docker", "python"] })).body).toEqual({
      names: ["docker", "python"],
    });
    const changed = await rest("PATCH", R, {
      name: "shop",
      has_issues: false,
      allow_merge_commit: false,
      delete_branch_on_merge: true,
      allow_auto_merge: true,
    });
    expect(changed.body).toMatchObject({
      has_issues: false,
      allow_merge_commit: false,
      delete_branch_on_merge: true,
      topics: ["docker", "python"],
    });
    // The provider sends the visibility again with every change, to archive for example.
    expect((await rest("PATCH", R, { visibility: "private" })).status).toBe(200);
  });
  test("refuses a name that is taken, and a default branch that is not there", async () => {
    expect(await rest("POST", "/orgs/harbour/repos", { name: "Shop" })).toMatchObject({
      status: 422,
      body: { errors: [{ message: "name already exists on this account" }] },
    });
    expect(await rest("PATCH", R, { default_branch: "nope" })).toMatchObject({
      status: 422,
      body: { errors: [{ field: "default_branch", code: "invalid" }] },
    });
  });
  test("has secret scanning only where it is public or paid for", async () => {
    const asked = {
      security_and_analysis: {
        secret_scanning: { status: "enabled" },
        secret_scanning_push_protection: { status: "enabled" },
      },
    };
    expect(await rest("PATCH", R, asked)).toMatchObject({
      status: 422,
      body: { message: "Secret scanning is not available for this repository." },
    });
    await control("PATCH", "/accounts/harbour", { advancedSecurity: true });
    expect((await rest("PATCH", R, asked)).body.security_and_analysis).toMatchObject({
      secret_scanning: { status: "enabled" },
      secret_scanning_push_protection: { status: "enabled" },
    });
    await control("PATCH", "/accounts/harbour", { advancedSecurity: false });
  });
  test("has alerts before it has fixes", async () => {
    expect((await rest("GET", `${R}/vulnerability-alerts`)).status).toBe(404);
    expect((await rest("PUT", `${R}/automated-security-fixes`)).status).toBe(422);
    expect((await rest("PUT", `${R}/vulnerability-alerts`)).status).toBe(204);
    expect((await rest("PUT", `${R}/automated-security-fixes`)).status).toBe(204);
    expect((await rest("GET", `${R}/automated-security-fixes`)).body).toEqual({ enabled: true, paused: false });
  });
  test("is found by its old name after a rename, and is read-only when archived", async () => {
    await rest("POST", "/orgs/harbour/repos", { name: "old" });
    expect((await rest("PATCH", "/repos/harbour/old", { name: "new" })).body.full_name).toBe("harbour/new");
    const moved = await rest("GET", "/repos/harbour/old");
    expect(moved.status).toBe(301);
    expect((await rest("GET", new URL(moved.headers.get("location")!).pathname.replace("/api/v3", ""))).body.name).toBe(
      "new",
    );
    expect((await rest("PATCH", "/repos/harbour/new", { archived: true })).body.archived).toBe(true);
    expect(await rest("POST", "/repos/harbour/new/labels", { name: "x" })).toMatchObject({
      status: 403,
      body: { message: "Repository was archived so is read-only." },
    });
    expect((await rest("DELETE", "/repos/harbour/new")).status).toBe(204);
    expect((await rest("GET", "/repos/harbour/new")).status).toBe(404);
  });
  test("may change the case of its name", async () => {
    await rest("POST", "/orgs/harbour/repos", { name: "store" });
    expect((await rest("PATCH", "/repos/harbour/store", { name: "Store" })).body.full_name).toBe("harbour/Store");
    expect(await rest("PATCH", "/repos/harbour/Store", { name: "Shop" })).toMatchObject({ status: 422 });
  });
  test("that is internal is seen by members alone", async () => {
    expect((await rest("POST", "/orgs/harbour/repos", { name: "inside", visibility: "internal" })).status).toBe(201);
    const status = async (login: string) =>
      (await rest("GET", "/repos/harbour/inside", undefined, { token: await github.tokenFor(login, ["repo"]) })).status;
    expect([await status("grace"), await status("linus")]).toEqual([200, 404]);
  });
  test("of a person lies below the person", async () => {
    expect((await rest("POST", "/user/repos", { name: "notes", private: true })).body).toMatchObject({
      full_name: "ada/notes",
      owner: { type: "User" },
    });
    expect(await rest("POST", "/repos/ada/notes/rulesets", { name: "r", enforcement: "active" })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining("Upgrade to GitHub Pro") },
    });
  });
});

describe("environments", () => {
  test("keep reviewers, wait timer, policies and the bypass", async () => {
    const body = {
      wait_timer: 5,
      prevent_self_review: true,
      can_admins_bypass: false,
      reviewers: [
        { type: "User", id: 202 },
        { type: "Team", id: 801 },
      ],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    };
    await rest("PUT", "/organizations/101/team/801/repos/harbour/shop", { permission: "push" });
    expect((await rest("PUT", `${R}/environments/prod%2Feu`, body)).body.name).toBe("prod/eu");
    const read = (await rest("GET", `${R}/environments/prod%2Feu`)).body;
    expect(read.can_admins_bypass).toBe(false);
    const rule = (type: string): any => read.protection_rules.find((each: any) => each.type === type);
    expect(rule("wait_timer").wait_timer).toBe(5);
    expect(rule("required_reviewers")).toMatchObject({
      prevent_self_review: true,
      reviewers: [
        { type: "User", reviewer: { id: 202 } },
        { type: "Team", reviewer: { id: 801 } },
      ],
    });
    const made = (
      await rest("POST", `${R}/environments/prod%2Feu/deployment-branch-policies`, { name: "v*", type: "tag" })
    ).body;
    expect((await rest("GET", `${R}/environments/prod%2Feu/deployment-branch-policies/${made.id}`)).body).toMatchObject(
      { name: "v*", type: "tag" },
    );
    expect((await rest("PUT", `${R}/environments/prod%2Feu`, {})).body).toMatchObject({
      can_admins_bypass: true,
      protection_rules: [],
      deployment_branch_policy: null,
    });
    expect((await rest("GET", `${R}/environments/prod%2Feu/deployment-branch-policies`)).status).toBe(404);
  });
  test("refuse reviewers who do not exist or are too many, and wait too long", async () => {
    expect((await rest("PUT", `${R}/environments/e`, { reviewers: [{ type: "User", id: 9999 }] })).status).toBe(422);
    expect(
      (
        await rest("PUT", `${R}/environments/e`, {
          reviewers: Array.from({ length: 7 }, () => ({ type: "User", id: 202 })),
        })
      ).status,
    ).toBe(422);
    expect(
      (
        await rest("PUT", `${R}/environments/e`, {
          deployment_branch_policy: { protected_branches: true, custom_branch_policies: true },
        })
      ).status,
    ).toBe(422);
  });
  test("have secrets and variables by name and by the repository's number", async () => {
    await rest("PUT", `${R}/environments/staging`, {});
    const { id } = (await rest("GET", R)).body;
    const byNumber = `/repositories/${id}/environments/staging`;
    expect(await putSecret(byNumber, "DEPLOY_KEY", SECRET)).toBe(201);
    expect(await putSecret(byNumber, "DEPLOY_KEY", SECRET)).toBe(204);
    const read = (await rest("GET", `${byNumber}/secrets/DEPLOY_KEY`)).body;
    expect(Object.keys(read)).toEqual(["name", "created_at", "updated_at"]);
    expect((await control("GET", "/secrets")).body["harbour/shop"].environments.staging).toEqual({
      DEPLOY_KEY: SECRET,
    });
    expect(
      (await rest("POST", `${R}/environments/staging/variables`, { name: "HOST", value: "10.0.0.1" })).status,
    ).toBe(201);
    expect(
      (await rest("PATCH", `${R}/environments/staging/variables/HOST`, { name: "HOST", value: "10.0.0.2" })).status,
    ).toBe(204);
    expect((await rest("GET", `${R}/environments/staging/variables/HOST`)).body.value).toBe("10.0.0.2");
  });
});
