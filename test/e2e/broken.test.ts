import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Load, startLoad } from "../../sandbox/load/index.ts";
import type { Result } from "../support/run.ts";
import { ensureSandbox, REGISTRY, SHOP, seed } from "../support/sandbox.ts";
import { type Host, host } from "../support/ssh.ts";
import { hostPicture, ledger } from "../support/state.ts";
import {
  type Breakage,
  during,
  fullDocker,
  fullFolder,
  noRegistry,
  takenPort,
  WANTED_PORT,
} from "./support/breakages.ts";
import { Scene } from "./support/scene.ts";

const APPLICATION = "broken";
const GOOD = "1.0.0";
const REDIS = `${REGISTRY}/redis`;
const target: Host = host(1);

/** Images that misbehave, by behaviour. */
const BAD: Record<string, string> = {
  exit: "2.3.0",
  unhealthy: "2.3.1",
  "dies-after:10": "2.3.2",
  "wrong-version": "2.3.3",
  "smoke-fails": "2.3.4",
  "migration-fails": "2.3.5",
};
/** A good image that no deployment before has brought to the host. */
const UNSEEN = "2.3.6";

const declare = (services: string, more = ""): string => `
  services: { web: { port: 8000, health: { path: "/health", timeout: "4s" }, drain: "2s" }, ${services} },
  verification: { version: "/api/v1/version", checks: ["/checkout"] },
  preflight: { freeMiB: 64 },
  ${more}`;
const PLAIN = declare("");

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

const VERSIONS: Record<string, Broken> = {
  "exits at once": {
    version: BAD.exit!,
    // Depending on the moment it is found stopped, or just started again.
    says: [
      /web of broken 2\.3\.0 (exited with code 1|keeps exiting) instead of serving/,
      /fatal: cannot read configuration/,
      /reverted: broken 1\.0\.0 .* serves as before/,
    ],
    recorded: { result: "reverted", reason: /exited with code 1|keeps exiting/ },
  },
  "is never healthy": {
    version: BAD.unhealthy!,
    says: [
      /web of broken 2\.3\.1 was not healthy within 4 s \(GET \/health on port 8000\)/,
      /reverted: broken 1\.0\.0/,
    ],
    recorded: { result: "reverted", reason: /not healthy within 4 s/ },
  },
  "is healthy and then dies": {
    version: BAD["dies-after:10"]!,
    settings: { observe: "30s" },
    says: [
      /was healthy and then died while it was observed/,
      /fatal: dies after 10s, as asked/,
      /reverted: broken 1\.0\.0/,
    ],
    recorded: { result: "reverted", reason: /healthy and then died/ },
  },
  "has a process whose own check says no": {
    declaration: declare(`jobs: { command: ["/app"], health: { command: ["/app", "nonsense"], timeout: "2s" } },`),
    says: [/jobs of broken 1\.1\.0 was not healthy within 2 s \(its health check\)/, /reverted: broken 1\.0\.0/],
    recorded: { result: "reverted", reason: /jobs of broken .* not healthy within 2 s/ },
  },
  "comes with a cache that ends": {
    declaration: declare(
      `cache: { image: "${REDIS}:7", accessory: true, command: ["redis-server", "--nonsense"], health: { command: ["redis-cli", "ping"] } },`,
    ),
    says: [
      /the accessory cache of broken did not become healthy; its last lines stand above/,
      /Bad directive or wrong number of arguments/,
      /reverted: broken 1\.0\.0/,
    ],
    recorded: { result: "reverted", reason: /the accessory cache of broken did not become healthy/ },
  },
  "serves the wrong version": {
    version: BAD["wrong-version"]!,
    says: [
      /the wrong version serves: GET \/api\/v1\/version answers "2\.9\.9" \(status 200\), wanted "2\.3\.3"/,
      /reverted: broken 1\.0\.0/,
    ],
    recorded: { result: "reverted", reason: /answers "2\.9\.9".*wanted "2\.3\.3"/ },
  },
  "fails its smoke check": {
    version: BAD["smoke-fails"]!,
    says: [/smoke check failed: GET \/checkout through the proxy answered 500, wanted 200/, /reverted: broken 1\.0\.0/],
    recorded: { result: "reverted", reason: /GET \/checkout .* answered 500/ },
  },
  "cannot migrate": {
    version: BAD["migration-fails"]!,
    declaration: declare("", `migration: ["/app", "migrate"],`),
    says: [
      /the migration of broken \(\/app migrate\) failed/,
      /fatal: migration failed, as asked/,
      /reverted: broken 1\.0\.0/,
    ],
    recorded: { result: "reverted", reason: /the migration of broken .* failed/ },
  },
};

const REGISTRIES: Record<string, Broken> = {
  "image that does not exist": {
    version: "9.9.9",
    previewed: true,
    says: [
      /image 10\.213\.77\.2:5000\/shop:9\.9\.9 does not exist; newest tags: [0-9]+\.[0-9]+\.[0-9]+(, [^,;]+){4}; push it first or set slipway:applications\.broken\.version to one of these/,
    ],
  },
  "registry that does not answer": {
    settings: { image: `${REGISTRY.replace(/\d+$/, "5999")}/shop` },
    previewed: true,
    says: [/registry 10\.213\.77\.2:5999 cannot be reached .*see that it runs/],
  },
  "wrong password of the registry": {
    config: {
      "slipway:registries": {
        [REGISTRY]: { username: "slipway", passwordFile: "wrong-password", insecureSkipVerify: true },
      },
    },
    previewed: true,
    says: [/registry 10\.213\.77\.2:5000 refuses the login of "slipway".*correct slipway:registries/],
  },
  "registry that the host cannot reach": {
    version: UNSEEN,
    says: [
      /cannot log in to 10\.213\.77\.2:5000: .*no route to host/,
      /The registry does not answer: is it up, and reachable from this host\?/,
    ],
    recorded: { result: "refused", reason: /no route to host/ },
    meanwhile: noRegistry(),
  },
};

const HOSTS: Record<string, Broken> = {
  "disk smaller than declared": {
    declaration: PLAIN.replace("freeMiB: 64", "freeMiB: 99000000"),
    says: [/only \d+ MiB free in \/var\/lib\/docker, broken wants 99000000 MiB \(preflight\.freeMiB\)/],
    recorded: { result: "reverted", reason: /preflight\.freeMiB/ },
  },
  "folder that is full": {
    version: UNSEEN,
    says: [/only 1 MiB free below \/opt\/broken; a deployment needs at least 64 MiB/],
    recorded: { result: "refused", reason: /only 1 MiB free/ },
    meanwhile: fullFolder(APPLICATION),
  },
  "Docker out of disk space": {
    declaration: declare(`cache: { image: "${REDIS}:7", accessory: true }`),
    says: [
      /cannot pull 10\.213\.77\.2:5000\/redis@sha256:.*no space left on device/,
      /The disk is full: free some space/,
    ],
    recorded: { result: "refused", reason: /no space left on device/ },
    meanwhile: fullDocker(REDIS),
  },
  "Compose file with an unknown key": {
    declaration: `
      compose: "compose.broken.yaml",
      services: { web: { port: 8000, health: "/health" } },`,
    says: [/the Compose file of broken is not valid: .*restartt/],
    recorded: { result: "reverted", reason: /the Compose file of broken is not valid/ },
  },
  "closed window": {
    declaration: PLAIN.replace(
      "freeMiB: 64",
      `window: { days: [${((new Date().getUTCDay() + 1) % 7) + 1}], from: "00:00", until: "00:01" }`,
    ),
    says: [/outside the deployment window of broken \(days \d, 00:00 to 00:01 UTC; now day \d/],
    recorded: { result: "reverted", reason: /outside the deployment window/ },
  },
  "backup that fails": {
    declaration: declare("", `backup: ["/app", "healthcheck"], migration: ["/app", "migrate"],`),
    says: [
      /the backup of broken \(\/app healthcheck\) failed or took longer than \d+ s; the running release was not touched/,
    ],
    recorded: { result: "reverted", reason: /the backup of broken/ },
  },
  "slower answer than its baseline": {
    declaration: PLAIN.replace("checks:", 'responseTime: { path: "/download", milliseconds: 1 }, checks:'),
    says: [/slower than its baseline: GET \/download took \d+ ms \(median of 5\), at most 1 ms are allowed/],
    recorded: { result: "reverted", reason: /slower than its baseline/ },
  },
  "image whose data nobody keeps": {
    declaration: declare(`files: { image: "${REDIS}:7", accessory: false, command: ["sleep", "infinity"] }`),
    says: [
      /the image of files of broken keeps data in \/data, which would be empty after every deployment\. Name it: volumes: \["data:\/data"\]/,
    ],
    recorded: { result: "reverted", reason: /keeps data in \/data/ },
  },
  "port that is taken": {
    declaration: declare(`admin: { publish: ["${WANTED_PORT}:8000"] }`),
    says: [/port 18099 is taken on this host by container squatter; broken publishes it\. Choose another port/],
    recorded: { result: "reverted", reason: /port 18099 is taken/ },
    meanwhile: takenPort(APPLICATION),
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
  await ensureSandbox({ hosts: 5 });
  for (const { meanwhile } of Object.values({ ...REGISTRIES, ...HOSTS }))
    if (meanwhile) await target.ask(meanwhile.undo);
  await seed(
    `shop:${UNSEEN}`,
    ...Object.entries(BAD).map(([behaviour, version]) => ({ image: `shop:${version}`, behaviours: [behaviour] })),
  );
  scene = await Scene.create({ application: APPLICATION, host: target, declaration: PLAIN });
  scene.project.write("wrong-password", "not-the-password\n");
  scene.project.write("compose.broken.yaml", `services:\n  web:\n    image: ${SHOP}\n    restartt: always\n`);
  await scene.deploy(GOOD);
  load = startLoad({
    url: `http://${target.address}`,
    hostHeader: scene.domain,
    rate: 20,
    durationSeconds: 1200,
    slowRate: 0,
    downloadBytes: 0,
    uploadBytes: 0,
    websocketMs: 0,
  });
  await load.started;
});

afterAll(async () => {
  await load?.stop();
  await scene?.end();
});

for (const [kind, group] of Object.entries({
  "a version that": VERSIONS,
  "an image behind a": REGISTRIES,
  "a host with a": HOSTS,
})) {
  describe(kind, () => {
    for (const [name, broken] of Object.entries(group)) {
      const { meanwhile } = broken;
      test(name, () => (meanwhile ? during(target, meanwhile, () => attempt(broken)) : attempt(broken)));
    }
  });
}

test("a good version is deployed after all of them", async () => {
  scene.declare(PLAIN);
  await scene.deploy("1.1.0");
  expect((await ledger(target, APPLICATION)).at(-1)).toMatchObject({ result: "confirmed", version: "1.1.0" });
});

test("no request failed, and only versions that were healthy ever answered", async () => {
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
  const seen = [GOOD, "1.1.0", "2.9.9", BAD["dies-after:10"]!, BAD["smoke-fails"]!];
  expect(seen).toEqual(expect.arrayContaining(Object.keys(report.byVersion)));
  expect(report.versionTimeline.at(-1)![1]).toBe("1.1.0");
});
