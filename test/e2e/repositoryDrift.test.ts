import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestGithub } from "../sandbox/support/server.ts";
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import { change, expectSettled, fileOf, leave, read, scene, secretsOf, text } from "./support/repository.ts";

const SHOP = {
  name: "shop",
  stack: "dev",
  protection: "both",
  bypass: { users: ["ada"], mode: "always" },
  secrets: ["API_TOKEN", "KEPT"],
  variables: { REGION: "eu" },
  labels: [{ name: "bug", color: "d73a4a" }],
  checks: [],
  environments: {
    dev: {
      reviewers: { users: ["grace", "alan"] },
      waitTimer: 5,
      branches: ["main"],
      secrets: ["LOGIN"],
      variables: { LEVEL: "info" },
    },
  },
  community: { security: {} },
  files: { content: { "note.txt": "as declared\n" } },
  rules: { reviews: false },
};
const R = "/repos/harbour/shop";

let github: TestGithub, project: Project;

beforeAll(async () => {
  ({ github, project } = await scene("repository-drift", text(SHOP), {
    shop: { secrets: { API_TOKEN: "api-value", KEPT: "kept-value", LOGIN: "login-value" } },
  }));
  expectOk(await project.up());
});
afterAll(() => leave(github, project));

/** Resources that a refresh finds otherwise, or gone, and the plan mends. */
async function planned(): Promise<string[]> {
  const { stdout } = expectOk(await project.pulumi(["preview", "--refresh", "--stack", project.stack]));
  return [
    ...new Set(
      Array.from(
        stdout.matchAll(/^ *[~+-]+ +github:\S+ +(.+?) +(update|create|replace|delete)\b/gm),
        ([, name, what]) => `${what} ${name}`,
      ),
    ),
  ].sort();
}

async function putFile(path: string, content: string): Promise<void> {
  const { sha } = await read(github, `/contents/${path}`);
  await change(github, "PUT", `${R}/contents/${path}`, {
    message: "By hand",
    content: Buffer.from(content).toString("base64"),
    sha,
    branch: "main",
  });
}

describe("what somebody changed on GitHub", () => {
  it("is shown by a preview that asks, each thing by its name", async () => {
    const rulesets = await read(github, "/rulesets");
    const id = (name: string): number => rulesets.find((each: { name: string }) => each.name === name).id;
    await change(github, "PUT", `${R}/rulesets/${id("main")}`, { enforcement: "disabled" });
    await change(github, "DELETE", `${R}/rulesets/${id("release tags")}`);
    await change(github, "PUT", `${R}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: false,
      required_pull_request_reviews: null,
      restrictions: null,
      allow_force_pushes: true,
    });
    await change(github, "PATCH", R, { has_wiki: true, allow_rebase_merge: true });
    await change(github, "DELETE", `${R}/actions/secrets/API_TOKEN`);
    await change(github, "PATCH", `${R}/actions/variables/REGION`, { value: "us" });
    await change(github, "PATCH", `${R}/labels/bug`, { color: "000000" });
    await change(github, "PUT", `${R}/environments/dev`, {
      reviewers: [{ type: "User", id: 202 }],
      wait_timer: 5,
      can_admins_bypass: true,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    await change(github, "DELETE", `${R}/environments/dev/secrets/LOGIN`);
    await change(github, "DELETE", `${R}/environments/dev/variables/LEVEL`);
    await change(github, "PUT", `${R}/actions/permissions/workflow`, {
      default_workflow_permissions: "write",
      can_approve_pull_request_reviews: true,
    });
    await putFile("note.txt", "by hand\n");
    expect(await planned()).toEqual([
      "create shop-dev-secret-LOGIN",
      "create shop-dev-variable-LEVEL",
      "create shop-ruleset-release tags",
      "create shop-secret-API_TOKEN",
      "update shop-dev-environment",
      "update shop-files-note.txt",
      "update shop-labels",
      "update shop-protection-main",
      "update shop-repository",
      "update shop-ruleset-main",
      "update shop-token",
      "update shop-variable-REGION",
    ]);
  });

  it("is put back by an up that asks", async () => {
    expectOk(await project.up(["--refresh"]));
    const rulesets = await read(github, "/rulesets");
    expect(rulesets.map(({ name, enforcement }: Record<string, string>) => `${name} ${enforcement}`).sort()).toEqual([
      "main active",
      "release tags active",
    ]);
    expect(await read(github, "/branches/main/protection")).toMatchObject({
      enforce_admins: { enabled: true },
      allow_force_pushes: { enabled: false },
    });
    expect(await read(github, "")).toMatchObject({ has_wiki: false, allow_rebase_merge: false });
    expect(await secretsOf(github)).toMatchObject({
      actions: { API_TOKEN: "api-value", KEPT: "kept-value" },
      environments: { dev: { LOGIN: "login-value" } },
    });
    expect((await read(github, "/actions/variables/REGION")).value).toBe("eu");
    expect(await read(github, "/labels")).toMatchObject([{ name: "bug", color: "d73a4a" }]);
    const environment = await read(github, "/environments/dev");
    expect(environment).toMatchObject({ can_admins_bypass: false });
    expect(
      environment.protection_rules
        .find(({ type }: { type: string }) => type === "required_reviewers")
        .reviewers.map(({ reviewer }: { reviewer: { login: string } }) => reviewer.login)
        .sort(),
    ).toEqual(["alan", "grace"]);
    expect((await read(github, "/environments/dev/variables/LEVEL")).value).toBe("info");
    expect(await read(github, "/actions/permissions/workflow")).toEqual({
      default_workflow_permissions: "read",
      can_approve_pull_request_reviews: false,
    });
    expect(await fileOf(github, "note.txt")).toBe("as declared\n");
    await expectSettled(project);
  });
});

describe("a secret's value that somebody overwrote", () => {
  it("is not seen, as GitHub tells no values; once it is deleted, the declared one comes back", async () => {
    expect(await github.putSecret(`${R}/actions`, "KEPT", "another value")).toBe(204);
    expect(await planned()).toEqual([]);
    await change(github, "DELETE", `${R}/actions/secrets/KEPT`);
    expectOk(await project.up(["--refresh"]));
    expect((await secretsOf(github)).actions.KEPT).toBe("kept-value");
  });
});
