import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestGithub } from "../sandbox/support/server.ts";
import type { Project } from "../support/project.ts";
import { expectOk, type Result } from "../support/run.ts";
import { findMarker, plant, sampleProcesses } from "../support/secrets.ts";
import {
  change,
  fileOf,
  leave,
  OWNER,
  programOf,
  read,
  said,
  scene,
  secretsOf,
  settingsOf,
  text,
} from "./support/repository.ts";

const SHOP = {
  name: "shop",
  stack: "dev",
  bypass: { users: ["ada"], mode: "always" },
  secrets: ["API_TOKEN"],
  webhooks: { ci: { url: "https://ci.example.com/hook", events: ["push"], secret: "HOOK" } },
  environments: { dev: { secrets: ["LOGIN"], deployKey: true } },
  workflows: {
    ci: { go: { versions: ["1.26"] } },
    build: { images: [{ name: "shop", image: "ghcr.io/harbour/shop" }] },
    deploy: { application: "shop", environments: { dev: { on: "main" } } },
  },
};
const markers: Record<string, string> = {
  API_TOKEN: plant("api"),
  HOOK: plant("hook"),
  LOGIN: plant("login"),
  seed: plant("seed"),
};

let github: TestGithub, project: Project;
const outputs: Record<string, string> = {};
const keep = (name: string, result: Result): Result => {
  outputs[name] = said(result);
  return result;
};

beforeAll(async () => {
  ({ github, project } = await scene("repository-secrets", text(SHOP)));
  const { keySeed: _, tokenFile: __, ...rest } = settingsOf(github)["slipway:github"] as Record<string, unknown>;
  project.setConfig({ "slipway:github": rest, "slipway:repositories": undefined });
  markers.token = github.token;
  await project.setSecret("slipway:github.token", github.token);
  await project.setSecret("slipway:github.keySeed", markers.seed!);
  for (const name of ["API_TOKEN", "HOOK", "LOGIN"])
    await project.setSecret(`slipway:repositories.shop.secrets.${name}`, markers[name]!);
});
afterAll(() => leave(github, project));

/** Every place at once, after everything that was done so far. */
async function expectNoLeak(): Promise<void> {
  const page = await (await fetch(`${github.url}${OWNER}/shop`)).text();
  const { tree } = await read(github, "/git/trees/main?recursive=1");
  const files = await Promise.all(
    tree
      .filter(({ type }: { type: string }) => type === "blob")
      .map(({ path }: { path: string }) => fileOf(github, path)),
  );
  expect(files.length).toBeGreaterThan(3);
  const texts: Record<string, string> = {
    ...outputs,
    state: await project.export(),
    outputs: JSON.stringify(await project.outputs()),
    page,
    files: files.join("\n"),
    calls: readFileSync(github.file("calls.jsonl"), "utf8"),
    "the server's output": github.output,
    "the server's state": JSON.stringify((await github.control("GET", "/state")).body),
  };
  for (const [name, marker] of Object.entries(markers)) {
    expect((await findMarker(marker, { texts, folders: [project.folder] })).leaks, name).toEqual([]);
  }
}

describe("planted secrets", () => {
  it("reach GitHub sealed, and no process's arguments on the way", async () => {
    const sampler = await sampleProcesses(Object.values(markers));
    keep("preview --diff", await project.pulumi(["preview", "--diff", "--stack", project.stack]));
    keep("preview --json", await project.pulumi(["preview", "--json", "--stack", project.stack]));
    keep("up --diff", expectOk(await project.up(["--diff", "--show-config", "--show-full-output"])));
    expect(await sampler.stop()).toEqual([]);
    const { actions, environments, webhooks } = await secretsOf(github);
    // A search that finds nothing anywhere would prove nothing.
    expect([actions.API_TOKEN, environments.dev!.LOGIN, ...Object.values(webhooks)]).toEqual([
      markers.API_TOKEN,
      markers.LOGIN,
      markers.HOOK,
    ]);
    markers["private key"] = environments.dev!.SSH_PRIVATE_KEY!.split("\n")[3]!;
    expect(markers["private key"]!.length).toBeGreaterThan(40);
    await expectNoLeak();
  });

  it("stay out of what a failing update says", async () => {
    project.write(
      "index.ts",
      programOf(
        text({
          ...SHOP,
          secrets: ["API_TOKEN", "SECOND"],
          webhooks: { ...SHOP.webhooks, more: { ...SHOP.webhooks.ci, url: "https://more.example.com/" } },
        }),
      ),
    );
    await project.setSecret("slipway:repositories.shop.secrets.SECOND", (markers.SECOND = plant("second")));
    for (const path of ["/repos/*/hooks", "/repos/*/actions/secrets/SECOND"]) {
      await github.control("POST", "/faults", {
        kind: "status",
        status: 422,
        path,
        method: path.endsWith("hooks") ? "POST" : "PUT",
        times: 9,
      });
    }
    const failed = keep("failing up", await project.up(["--diff"]));
    expect(failed.code).not.toBe(0);
    await github.control("DELETE", "/faults");
    // The engine begins nothing more after the first of them.
    expect(said(failed)).toMatch(/422/);
    expect(said(failed)).toMatch(/shop-(webhook-more|secret-SECOND)/);
    keep("up again", expectOk(await project.up()));
    await expectNoLeak();
  });

  it("stay out of a refresh that finds drift, of a preview of their change, and of a kept export", async () => {
    await change(github, "DELETE", "/repos/harbour/shop/actions/secrets/API_TOKEN");
    keep(
      "preview --refresh --diff",
      await project.pulumi(["preview", "--refresh", "--diff", "--stack", project.stack]),
    );
    await project.setSecret("slipway:repositories.shop.secrets.LOGIN", (markers["LOGIN again"] = plant("login")));
    keep("preview of a new value", await project.pulumi(["preview", "--diff", "--stack", project.stack]));
    keep("up --refresh", expectOk(await project.up(["--refresh", "--diff"])));
    expect((await secretsOf(github)).environments.dev!.LOGIN).toBe(markers["LOGIN again"]);
    await expectNoLeak();
  });
});
