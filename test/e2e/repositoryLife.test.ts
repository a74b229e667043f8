import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestGithub } from "../sandbox/support/server.ts";
import type { Project } from "../support/project.ts";
import { expectOk } from "../support/run.ts";
import {
  change,
  expectSettled,
  forget,
  leave,
  programOf,
  projectOn,
  scene,
  secretsOf,
  settingsOf,
  text,
  writesOf,
} from "./support/repository.ts";

const SHOP = {
  name: "shop",
  stack: "dev",
  secrets: ["API_TOKEN"],
  variables: { REGION: "eu" },
  webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"], secret: "HOOK" } },
  branches: "gitflow",
  protection: "both",
  bypass: { users: ["ada"], mode: "always" },
  deployKeys: { mirror: { key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMdB7TYIJ7+2cIaT7aabOjiabtg2Bvq7KhEdOvJSeJkX" } },
  collaborators: { grace: "maintain" },
  teams: {},
  environments: {
    dev: { branches: ["main"], deployKey: true, secrets: ["LOGIN"], variables: { LEVEL: "debug" } },
    prod: { tags: ["v*"], reviewers: { users: ["grace"] }, deployKey: true, variables: { LEVEL: "info" } },
  },
};
const OF_DEV = { secrets: { API_TOKEN: "api-value", HOOK: "hook-value", LOGIN: "login-value" } };
const OF_PROD = { secrets: { DATABASE_URL: "postgres://prod" } };

let github: TestGithub, dev: Project, prod: Project;

beforeAll(async () => {
  ({ github, project: dev } = await scene("repository-life", text(SHOP), { shop: OF_DEV }));
  prod = await projectOn(github, "repository-life-prod", text(SHOP), { shop: OF_PROD }, "prod");
  expectOk(await dev.up());
});
afterAll(() => leave(github, dev, prod));

type State = Record<string, any>;

/** The repository as the server keeps it, but for moments and sealed values. */
async function stateOf(name: string): Promise<State> {
  const found = (await github.control("GET", "/state")).body.repositories.find(
    (each: { name: string }) => each.name === name,
  );
  const passing = ["createdAt", "updatedAt", "pushedAt", "keyId", "box", "secret"];
  return JSON.parse(
    JSON.stringify(found, (key, value: unknown) =>
      passing.includes(key) && typeof value === "string" ? undefined : value,
    ),
  ) as State;
}

/** Without numbers, which a thing made anew has new. */
const numberless = (shown: unknown): unknown =>
  JSON.parse(JSON.stringify(shown, (key, value: unknown) => (key === "id" ? undefined : value)));

describe("a second stack", () => {
  it("adds its environment and touches nothing else", async () => {
    const { environments: _, ...before } = await stateOf("shop");
    await forget(github);
    expectOk(await prod.up());
    const writes = await writesOf(github);
    expect(writes.length).toBeGreaterThan(3);
    expect(writes.filter((call) => !/\/environments\/prod(\/|$)/.test(call))).toEqual([]);
    const { environments, ...after } = await stateOf("shop");
    expect(after).toEqual(before);
    expect(environments.map(({ name }: { name: string }) => name).sort()).toEqual(["dev", "prod"]);
    expect((await secretsOf(github)).environments.prod).toMatchObject({ DATABASE_URL: "postgres://prod" });
    await expectSettled(prod);
    await expectSettled(dev);
  });
});

describe("a renamed secret", () => {
  it("is there under its new name before the old one goes", async () => {
    dev.write(
      "index.ts",
      programOf(
        text({
          ...SHOP,
          secrets: ["ACCESS_TOKEN"],
          environments: { ...SHOP.environments, dev: { ...SHOP.environments.dev, secrets: ["SIGN_IN"] } },
        }),
      ),
    );
    dev.setConfig(
      settingsOf(github, {
        shop: { secrets: { ACCESS_TOKEN: "api-value", HOOK: "hook-value", SIGN_IN: "login-value" } },
      }),
    );
    await forget(github);
    expectOk(await dev.up());
    const writes = (await writesOf(github)).filter((call) => call.includes("/secrets/"));
    for (const [now, before] of [
      ["ACCESS_TOKEN", "API_TOKEN"],
      ["SIGN_IN", "LOGIN"],
    ]) {
      const [put, gone] = [
        writes.findIndex((call) => call.startsWith("PUT ") && call.endsWith(`/${now}`)),
        writes.findIndex((call) => call.startsWith("DELETE ") && call.endsWith(`/${before}`)),
      ];
      expect(put, writes.join("\n")).toBeGreaterThanOrEqual(0);
      expect(gone, writes.join("\n")).toBeGreaterThan(put);
    }
    const { actions, environments } = await secretsOf(github);
    expect(actions).toEqual({ ACCESS_TOKEN: "api-value" });
    expect(environments.dev).toEqual({ SIGN_IN: "login-value", SSH_PRIVATE_KEY: expect.any(String) });
    dev.write("index.ts", programOf(text(SHOP)));
    dev.setConfig(settingsOf(github, { shop: OF_DEV }));
    expectOk(await dev.up());
  });
});

describe("a renamed repository", () => {
  it("is the same one under another name, with all that belongs to it", async () => {
    const sha = (
      await change(github, "PUT", "/repos/harbour/shop/contents/work.txt", {
        message: "Work",
        content: "d29yaw==",
        branch: "develop",
      })
    ).commit.sha;
    const [before, secrets] = [await stateOf("shop"), await secretsOf(github)];
    dev.write("index.ts", programOf(text({ ...SHOP, name: "store", key: "shop" })));
    dev.setConfig(settingsOf(github, { shop: OF_DEV }));
    await forget(github);
    expectOk(await dev.up());
    expect(
      (await writesOf(github)).filter((call) => call.startsWith("DELETE ") && !/\/(hooks|keys)\/\d+$/.test(call)),
    ).toEqual([]);
    const after = await stateOf("store");
    // A webhook and a key are made anew; everything else is the very same, numbers included.
    const { name: _, hooks, keys, ...same } = before;
    expect(after).toMatchObject(same);
    expect(numberless([after.hooks, after.keys])).toEqual(numberless([hooks, keys]));
    expect(after.refs["refs/heads/develop"]).toBe(sha);
    const now = await secretsOf(github, "harbour/store");
    expect(now.actions).toEqual(secrets.actions);
    expect(Object.values(now.webhooks)).toEqual(["hook-value"]);
    expect(now.environments.dev!.LOGIN).toBe("login-value");
    expect(now.environments.prod).toEqual(secrets.environments.prod);
    await expectSettled(dev);
  });

  it("takes the other stack along", async () => {
    prod.write("index.ts", programOf(text({ ...SHOP, name: "store", key: "shop" })));
    prod.setConfig(settingsOf(github, { shop: OF_PROD }));
    await forget(github);
    expectOk(await prod.up());
    expect((await writesOf(github)).filter((call) => call.startsWith("DELETE ") || call.startsWith("POST "))).toEqual(
      [],
    );
    expect((await secretsOf(github, "harbour/store")).environments.prod).toMatchObject({
      DATABASE_URL: "postgres://prod",
    });
    await expectSettled(prod);
  });

  it("by hand on GitHub is told with what to declare, and is the same one then", async () => {
    await change(github, "PATCH", "/repos/harbour/store", { name: "depot" });
    const said = (await dev.preview()).diagnostics.map(({ message }) => message).join("\n");
    expect(said).toContain(
      'repositories: shop: harbour/store is called harbour/depot on GitHub, which leads on from the old name until somebody takes that; declare name: "depot", key: "shop"',
    );
    dev.write("index.ts", programOf(text({ ...SHOP, name: "depot", key: "shop" })));
    await forget(github);
    expectOk(await dev.up());
    expect((await writesOf(github)).filter((call) => /^(POST|DELETE) \/repos\/[^/]+\/[^/]+$/.test(call))).toEqual([]);
    expect(await stateOf("depot")).toMatchObject({ name: "depot" });
    await expectSettled(dev);
  });
});
