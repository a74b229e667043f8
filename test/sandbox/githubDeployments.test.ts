/** A deployment that somebody makes by the API, and the program's own way to it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ToldDeployment } from "../../components/github/repository/tellDeployment.ts";
import { githubWithShop, R } from "./support/shop.ts";

const github = githubWithShop();
const { rest } = github;
let sha = "";

beforeAll(async () => {
  sha = (await rest("GET", `${R}/git/ref/heads/main`)).body.object.sha;
  await rest("POST", `${R}/git/refs`, { ref: "refs/tags/v1.4.0", sha });
});

const warned = vi.fn(async (_: string) => {});
afterEach(() => warned.mockClear());

const statesOf = async (id: number): Promise<string[]> =>
  (await rest("GET", `${R}/deployments/${id}/statuses`)).body.map(({ state }: { state: string }) => state).reverse();
const newest = async () => (await rest("GET", `${R}/deployments`)).body[0];
const make = (body: object, token?: string) => rest("POST", `${R}/deployments`, body, token ? { token } : {});

describe("the API", () => {
  it("makes deployments of what it knows, and a success ends the one before in its environment", async () => {
    const first = (await make({ ref: "v1.4.0", environment: "dev", required_contexts: [] })).body;
    expect(first).toMatchObject({ ref: "v1.4.0", sha, environment: "dev", creator: { login: "ada" } });
    const say = (id: number, state: string) => rest("POST", `${R}/deployments/${id}/statuses`, { state });
    expect(await say(first.id, "success")).toMatchObject({ status: 201, body: { state: "success" } });
    const second = (await make({ ref: sha.slice(0, 7), environment: "dev" })).body;
    await say(second.id, "success");
    expect(await statesOf(first.id)).toEqual(["success", "inactive"]);
    expect(await make({ ref: "v9" })).toMatchObject({ status: 422, body: { message: "No ref found for: v9" } });
    expect(await say(1, "success")).toMatchObject({ status: 404 });
    expect(await say(first.id, "done")).toMatchObject({ status: 422 });
  });

  it("lets those who may write make them, and nobody else", async () => {
    await rest("PUT", `${R}/collaborators/grace`, { permission: "push" });
    expect((await make({ ref: "main" }, await github.tokenFor("grace", ["repo"]))).status).toBe(201);
    await rest("PUT", `${R}/collaborators/grace`, { permission: "pull" });
    expect((await make({ ref: "main" }, await github.tokenFor("grace", ["repo"]))).status).toBe(403);
  });
});

describe("the program", () => {
  const deployment = (version: string, { baseUrl = github.url, token = github.token } = {}) =>
    new ToldDeployment(
      {
        repository: "harbour/shop",
        environment: "prod",
        application: "shop",
        version,
        url: "https://shop.example.com",
        log: "https://ci.example.com/7",
      },
      { baseUrl, token: async () => token, warn: warned, limit: 2000 },
    );

  it.each([
    ["1.4.0", true, "success"],
    ["1.4.0", false, "failure"],
  ])("tells once that a deployment of %s is in progress, and that it ended (%s): %s", async (version, ok, state) => {
    const told = deployment(version);
    told.begins();
    told.begins();
    await told.ends(ok);
    await told.ends(!ok);
    const { id, ...made } = await newest();
    expect(made).toMatchObject({ ref: "v1.4.0", sha, environment: "prod", payload: { application: "shop", version } });
    expect(await statesOf(id)).toEqual(["in_progress", state]);
    const [last] = (await rest("GET", `${R}/deployments/${id}/statuses`)).body;
    expect(last).toMatchObject({
      log_url: "https://ci.example.com/7",
      environment_url: ok ? "https://shop.example.com" : "",
    });
    expect(warned).not.toHaveBeenCalled();
  });

  it("finds the commit of a version that is one", async () => {
    const told = deployment(`sha-${sha.slice(0, 7)}`);
    told.begins();
    await told.ends(true);
    expect(await newest()).toMatchObject({ ref: sha, sha });
  });

  it("tells nothing of what was never begun", async () => {
    const before = (await newest()).id;
    await deployment("1.4.0").ends(true);
    expect((await newest()).id).toBe(before);
  });

  const warning = async (told: ToldDeployment): Promise<string> => {
    told.begins();
    await told.ends(true);
    expect(warned).toHaveBeenCalledTimes(1);
    return String(warned.mock.calls[0]![0]);
  };

  it("only warns where the version has no tag, the token is wrong, or nobody answers", async () => {
    expect(await warning(deployment("7.0.0"))).toBe(
      'shop: the deployment goes on, but harbour/shop on GitHub does not show it: it has no "v7.0.0" and no "7.0.0"; push the version\'s tag',
    );
    warned.mockClear();
    const refused = await warning(deployment("1.4.0", { token: "ghp_planted" }));
    expect(refused).toContain("GitHub answers 401 to repos/harbour/shop/commits/v1.4.0");
    expect(refused).not.toContain("planted");
    warned.mockClear();
    expect(await warning(deployment("1.4.0", { baseUrl: "http://127.0.0.1:9/" }))).toContain("GitHub does not answer");
  });

  it("waits for a server that hangs as long as it may, and not longer", async () => {
    const hanging: Server = createServer(() => {});
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    const { port } = hanging.address() as AddressInfo;
    const began = Date.now();
    expect(await warning(deployment("1.4.0", { baseUrl: `http://127.0.0.1:${port}/` }))).toContain("does not answer");
    expect(Date.now() - began).toBeLessThan(4000);
    hanging.closeAllConnections();
    hanging.close();
  });
});
