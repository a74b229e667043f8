/** Deployments that cannot succeed, as the engine shows them; test/host/broken.test.ts has the many others, without it. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Load, startLoad } from "../../sandbox/load/index.ts";
import { type Breakage, during, noRegistry } from "../support/breakages.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { VERSIONS_ONLY } from "../support/load.ts";
import type { Result } from "../support/run.ts";
import { REGISTRY, SHOP, seed } from "../support/sandbox.ts";
import { hostPicture, ledger } from "../support/state.ts";
import { Scene } from "./support/scene.ts";

const APPLICATION = "broken";
const GOOD = "1.0.0";
const [target] = own;

const EXITS = "2.3.0";
/** A good image that no deployment before has brought to the host. */
const UNSEEN = "2.3.6";

const PLAIN = `
  services: { web: { port: 8000, health: { path: "/health", timeout: "4s" }, drain: "2s" } },
  verification: { version: "/api/v1/version", checks: ["/checkout"] },
  preflight: { freeMiB: 64 },`;

interface Broken {
  /** Wanted version; default one that is good. */
  version?: string;
  declaration?: string;
  /** Further settings of the application. */
  settings?: Record<string, unknown>;
  /** Whole configuration keys. */
  config?: Record<string, unknown>;
  /** What must be read in the output of `pulumi`. */
  says: RegExp[];
  /** How the ledger records it, when the host was reached. */
  recorded?: { result: "reverted" | "refused"; reason: RegExp };
  /** Only planned: it never comes to a deployment. */
  previewed?: boolean;
  /** What holds on the host meanwhile. */
  meanwhile?: Breakage;
}

/** Of a stack that has not asked the registry yet: a changed login alone changes no provider. */
const WRONG_PASSWORD: Broken = {
  config: {
    "slipway:registries": {
      [REGISTRY]: { username: "slipway", passwordFile: "wrong-password", insecureSkipVerify: true },
    },
  },
  previewed: true,
  says: [/registry 10\.213\.77\.2:5000 refuses the login of "slipway".*correct slipway:registries/],
};

const CASES: Record<string, Broken> = {
  "a version that exits at once is turned back": {
    version: EXITS,
    // Depending on the moment it is found stopped, or just started again.
    says: [
      /web of broken 2\.3\.0 (exited with code 1|keeps exiting) instead of serving/,
      /fatal: cannot read configuration/,
      /reverted: broken 1\.0\.0 .* serves as before/,
    ],
    recorded: { result: "reverted", reason: /exited with code 1|keeps exiting/ },
  },
  "an image that does not exist is refused by a preview": {
    version: "9.9.9",
    previewed: true,
    says: [
      /image 10\.213\.77\.2:5000\/shop:9\.9\.9 does not exist; newest tags: [0-9]+\.[0-9]+\.[0-9]+(, [^,;]+){4}; push it first or set slipway:applications\.broken\.version to one of these/,
    ],
  },
  "a registry that does not answer is named by a preview": {
    settings: { image: `${REGISTRY.replace(/\d+$/, "5999")}/shop` },
    previewed: true,
    says: [/registry 10\.213\.77\.2:5999 cannot be reached .*see that it runs/],
  },
  "a registry that the host cannot reach is refused by the host": {
    version: UNSEEN,
    says: [
      /cannot pull 10\.213\.77\.2:5000.*: .*no route to host/,
      /The registry does not answer: is it up, and reachable from this host\?/,
    ],
    recorded: { result: "refused", reason: /no route to host/ },
    meanwhile: noRegistry(),
  },
  "a Compose file with an unknown key is turned back": {
    declaration: `
      compose: "compose.broken.yaml",
      services: { web: { port: 8000, health: "/health" } },`,
    says: [/the Compose file of broken is not valid: .*restartt/],
    recorded: { result: "reverted", reason: /the Compose file of broken is not valid/ },
  },
};

let scene: Scene;
let load: Load;

async function attempt(broken: Broken): Promise<void> {
  scene.declare(broken.declaration ?? PLAIN);
  scene.want(broken.version ?? "1.1.0", broken.settings, broken.config);
  const before = await hostPicture(target, APPLICATION);
  const lines = await ledger(target, APPLICATION);
  const result: Result = broken.previewed ? await scene.project.preview() : await scene.project.up();
  const after = await hostPicture(target, APPLICATION);
  const added = (await ledger(target, APPLICATION)).slice(lines.length);

  expect(result.code, result.stdout + result.stderr).not.toBe(0);
  const text = JSON.stringify(result.stdout + result.stderr)
    .replaceAll("\\", "")
    .replaceAll("u003e", ">");
  for (const words of broken.says) expect(text).toMatch(words);
  expect(after).toEqual(before);
  expect(added).toHaveLength(broken.recorded ? 1 : 0);
  if (!broken.recorded) return;
  expect(added[0]).toMatchObject({
    action: "deploy",
    result: broken.recorded.result,
    version: broken.version ?? "1.1.0",
  });
  expect(added[0]!.reason).toMatch(broken.recorded.reason);
}

beforeAll(async () => {
  await ensureHosts();
  await target.ask(noRegistry().undo);
  await seed(`shop:${UNSEEN}`, { image: `shop:${EXITS}`, behaviours: ["exit"] });
  scene = await Scene.create({ application: APPLICATION, host: target, declaration: PLAIN });
  scene.project.write("wrong-password", "not-the-password\n");
  scene.project.write("compose.broken.yaml", `services:\n  web:\n    image: ${SHOP}\n    restartt: always\n`);
});

afterAll(async () => {
  await load?.stop();
  await scene?.end();
});

test("a wrong password of the registry is refused by a preview, and nothing on the host has changed", () =>
  attempt(WRONG_PASSWORD));

describe("while a good version serves", () => {
  beforeAll(async () => {
    await scene.deploy(GOOD);
    load = startLoad({
      url: `http://${target.address}`,
      hostHeader: scene.domain,
      rate: 20,
      durationSeconds: 1200,
      ...VERSIONS_ONLY,
    });
    await load.started;
  });

  test.each(Object.entries(CASES))("%s: why is said, and nothing on the host has changed", (_, broken) => {
    const { meanwhile } = broken;
    return meanwhile ? during(target, meanwhile, () => attempt(broken)) : attempt(broken);
  });

  test("a good version is deployed after all of them, no request failed, and only healthy versions ever answered", async () => {
    scene.declare(PLAIN);
    await scene.deploy("1.1.0");
    expect((await ledger(target, APPLICATION)).at(-1)).toMatchObject({ result: "confirmed", version: "1.1.0" });

    const report = await load.stop();
    console.log(
      JSON.stringify({
        requests: report.requests,
        failures: report.failures,
        idleCloseRaces: report.idleCloseRaces.count,
        byVersion: report.byVersion,
        seconds: report.seconds,
      }),
    );
    expect(report.failuresByKind).toEqual({});
    expect(report.failures).toBe(0);
    expect(report.keepAlive.requests).toBeGreaterThan(100);
    expect(report.newConnection.requests).toBeGreaterThan(100);
    expect([GOOD, "1.1.0"]).toEqual(expect.arrayContaining(Object.keys(report.byVersion)));
    expect(report.versionTimeline.at(-1)![1]).toBe("1.1.0");
  });
});
