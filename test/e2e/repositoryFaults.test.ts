import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestGithub } from "../sandbox/support/server.ts";
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import {
  callsOf,
  expectSettled,
  forget,
  leave,
  programOf,
  projectOn,
  read,
  said,
  scene,
  secretsOf,
  settingsOf,
  text,
} from "./support/repository.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX";
const SHOP = {
  name: "shop",
  stack: "dev",
  protection: "both",
  protect: false,
  archiveOnDestroy: false,
  bypass: { users: ["ada"], mode: "always" },
  secrets: ["API_TOKEN"],
  variables: { REGION: "eu" },
  webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"] } },
  deployKeys: { mirror: { key: KEY } },
  environments: { dev: { branches: ["main"], secrets: ["LOGIN"], variables: { LEVEL: "info" } } },
  files: { content: { "note.txt": "declared\n" } },
};
const VALUES = { shop: { secrets: { API_TOKEN: "api-value", LOGIN: "login-value" } } };

let github: TestGithub, project: Project;

beforeAll(async () => {
  ({ github, project } = await scene("repository-faults", text(SHOP), VALUES));
});
afterAll(() => leave(github, project));

const fault = (body: Record<string, unknown>) => github.control("POST", "/faults", body);

/** All that was declared is there, and nothing twice. */
async function expectWhole(): Promise<void> {
  expect((await read(github, "/rulesets")).map(({ name }: { name: string }) => name).sort()).toEqual([
    "main",
    "release tags",
  ]);
  expect(await read(github, "/hooks")).toHaveLength(1);
  expect(await read(github, "/keys")).toHaveLength(1);
  expect(await secretsOf(github)).toMatchObject({
    actions: { API_TOKEN: "api-value" },
    environments: { dev: { LOGIN: "login-value" } },
  });
  expect(await read(github, "/environments/dev/deployment-branch-policies")).toMatchObject({ total_count: 1 });
}

/** Begins anew, on GitHub and in the state. */
async function again(): Promise<void> {
  await github.control("POST", "/reset");
  project.dispose();
  project = await projectOn(github, "repository-faults", text(SHOP), VALUES);
}

describe("what GitHub asks to wait for", () => {
  it("a secondary rate limit is waited for as long as it says, and the update goes on", async () => {
    await fault({ kind: "secondary-rate-limit", method: "PUT", path: "/repos/*/environments/dev", retryAfter: 2 });
    expectOk(await project.up());
    const calls = (await callsOf(github)).filter(
      ({ method, path }) => method === "PUT" && path.endsWith("/environments/dev"),
    );
    expect(calls.map(({ status }) => status)).toEqual([403, 200]);
    await expectWhole();
  });

  it("one error of the server, or one cut connection, is tried again", async () => {
    project.write(
      "index.ts",
      programOf(text({ ...SHOP, variables: { REGION: "eu", ZONE: "b" }, secrets: ["API_TOKEN", "SECOND"] })),
    );
    project.setConfig(settingsOf(github, { shop: { secrets: { ...VALUES.shop.secrets, SECOND: "second-value" } } }));
    await fault({ kind: "status", status: 502, method: "POST", path: "/repos/*/actions/variables" });
    await fault({ kind: "cut-after", method: "PUT", path: "/repos/*/actions/secrets/SECOND" });
    expectOk(await project.up());
    expect((await read(github, "/actions/variables/ZONE")).value).toBe("b");
    expect((await secretsOf(github)).actions.SECOND).toBe("second-value");
  });
});

describe("a failure on the way", () => {
  it.each([
    [
      "a refusal",
      {
        kind: "status",
        status: 422,
        message: "Variables are not for you",
        method: "POST",
        path: "/repos/*/actions/variables",
        times: 9,
      },
      /shop-variable-REGION[\s\S]*422 Variables are not for you/,
    ],
    [
      "a server that stays ill",
      { kind: "status", status: 502, method: "POST", path: "/repos/*/rulesets", times: 99 },
      /shop-ruleset-[\s\S]*502/,
    ],
    [
      "a connection that is cut before a write",
      { kind: "cut-before", method: "PUT", path: "/repos/*/environments/dev", times: 9 },
      /shop-dev-environment[\s\S]*EOF/,
    ],
    [
      "a connection that is cut after a ruleset was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/rulesets", times: 1 },
      /shop-ruleset-[\s\S]*422[\s\S]*Name must be unique/,
    ],
    [
      "a connection that is cut after a webhook was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/hooks", times: 1 },
      /shop-webhook-ci[\s\S]*422[\s\S]*already exists/,
    ],
    [
      "a connection that is cut after a key was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/keys", times: 1 },
      /shop-deploy-key-mirror[\s\S]*422[\s\S]*already in use/,
    ],
    [
      "a connection that is cut after a variable was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/actions/variables", times: 1 },
      /shop-variable-REGION[\s\S]*409/,
    ],
    [
      "a connection that is cut after an environment's variable was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/environments/dev/variables", times: 1 },
      /shop-dev-variable-LEVEL[\s\S]*409/,
    ],
  ])("%s is told by name, and the next up makes it whole", async (_, what, message) => {
    await again();
    await fault(what);
    const failed = await project.up();
    expect(failed.code, said(failed)).not.toBe(0);
    expect(said(failed)).toMatch(message);
    await github.control("DELETE", "/faults");
    expectOk(await project.up());
    await expectWhole();
  });

  it("after which nothing is left to do", async () => {
    await expectSettled(project);
  });

  it("a connection that is cut after the repository was made: the way out is told, and works", async () => {
    await again();
    await fault({ kind: "cut-after", method: "POST", path: "/orgs/harbour/repos" });
    expect((await project.up()).code).not.toBe(0);
    await forget(github);
    const refused = await project.up();
    expect(refused.code).not.toBe(0);
    expect(said(refused)).toContain(
      "repositories: shop: harbour/shop already exists on GitHub, and this stack did not create it; take it over with adopt: true, or choose another name",
    );
    expect((await callsOf(github)).filter(({ method, path }) => method !== "GET" && path !== "/api/graphql")).toEqual(
      [],
    );
    project.write("index.ts", programOf(text({ ...SHOP, adopt: true })));
    expectOk(await project.up());
    await expectWhole();
  });
});

describe("a token that may not", () => {
  it("is told with what GitHub says, and the right one goes on from there", async () => {
    await again();
    const token = await github.tokenFor("ada", ["read:user"]);
    project.setConfig({
      "slipway:github": { ...(settingsOf(github)["slipway:github"] as object), tokenFile: undefined, token },
    });
    const failed = await project.up();
    expect(failed.code).not.toBe(0);
    expect(said(failed)).toMatch(/shop-repository[\s\S]*(403|404)/);
    expect(said(failed)).not.toContain(token);
    project.setConfig(settingsOf(github, VALUES));
    expectOk(await project.up());
    await expectWhole();
  });
});
