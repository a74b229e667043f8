/** A GitHub that fails on the way; test/exhaustive/repositoryFaults.test.ts has more moments. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectOk } from "../support/run.ts";
import { Faulty, SHOP, VALUES } from "./support/faulty.ts";
import {
  callsOf,
  expectSettled,
  forget,
  programOf,
  read,
  said,
  secretsOf,
  settingsOf,
  text,
} from "./support/repository.ts";

const faulty = new Faulty("repository-faults");
beforeAll(() => faulty.start());
afterAll(() => faulty.end());

describe("what GitHub asks to wait for", () => {
  it("a secondary rate limit is waited for as long as it says, and the update goes on", async () => {
    await faulty.fault({
      kind: "secondary-rate-limit",
      method: "PUT",
      path: "/repos/*/environments/dev",
      retryAfter: 2,
    });
    expectOk(await faulty.project.up());
    const calls = (await callsOf(faulty.github)).filter(
      ({ method, path }) => method === "PUT" && path.endsWith("/environments/dev"),
    );
    expect(calls.map(({ status }) => status)).toEqual([403, 200]);
    await faulty.expectWhole();
  });

  it("one error of the server, or one cut connection, is tried again", async () => {
    faulty.project.write(
      "index.ts",
      programOf(text({ ...SHOP, variables: { REGION: "eu", ZONE: "b" }, secrets: ["API_TOKEN", "SECOND"] })),
    );
    faulty.project.setConfig(
      settingsOf(faulty.github, { shop: { secrets: { ...VALUES.shop.secrets, SECOND: "second-value" } } }),
    );
    await faulty.fault({ kind: "status", status: 502, method: "POST", path: "/repos/*/actions/variables" });
    await faulty.fault({ kind: "cut-after", method: "PUT", path: "/repos/*/actions/secrets/SECOND" });
    expectOk(await faulty.project.up());
    expect((await read(faulty.github, "/actions/variables/ZONE")).value).toBe("b");
    expect((await secretsOf(faulty.github)).actions.SECOND).toBe("second-value");
  });
});

describe("a failure on the way", () => {
  faulty.tells([
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
      "a connection that is cut after a key was made",
      { kind: "cut-after", method: "POST", path: "/repos/*/keys", times: 1 },
      /shop-deploy-key-mirror[\s\S]*422[\s\S]*already in use/,
    ],
  ]);

  it("after which nothing is left to do", async () => {
    await expectSettled(faulty.project);
  });

  it("a connection that is cut after the repository was made: the way out is told, and works", async () => {
    await faulty.again();
    await faulty.fault({ kind: "cut-after", method: "POST", path: "/orgs/harbour/repos" });
    expect((await faulty.project.up()).code).not.toBe(0);
    await forget(faulty.github);
    const refused = await faulty.project.up();
    expect(refused.code).not.toBe(0);
    expect(said(refused)).toContain(
      "repositories: shop: harbour/shop already exists on GitHub, and this stack did not create it; take it over with adopt: true, or choose another name",
    );
    expect(
      (await callsOf(faulty.github)).filter(({ method, path }) => method !== "GET" && path !== "/api/graphql"),
    ).toEqual([]);
    faulty.project.write("index.ts", programOf(text({ ...SHOP, adopt: true })));
    expectOk(await faulty.project.up());
    await faulty.expectWhole();
  });
});

describe("a token that may not", () => {
  it("is told with what GitHub says, and the right one goes on from there", async () => {
    await faulty.again();
    const token = await faulty.github.tokenFor("ada", ["read:user"]);
    faulty.project.setConfig({
      "slipway:github": { ...(settingsOf(faulty.github)["slipway:github"] as object), tokenFile: undefined, token },
    });
    const failed = await faulty.project.up();
    expect(failed.code).not.toBe(0);
    expect(said(failed)).toMatch(/shop-repository[\s\S]*(403|404)/);
    expect(said(failed)).not.toContain(token);
    faulty.project.setConfig(settingsOf(faulty.github, VALUES));
    expectOk(await faulty.project.up());
    await faulty.expectWhole();
  });
});
