/** Deployments that cannot succeed: the host refuses or goes back, says why, and nobody who asks the running version notices. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import { type Load, startLoad } from "../../sandbox/load/index.ts";
import type { Given } from "../fixtures/application.ts";
import { type Breakage, during, fullDocker, fullFolder, takenPort, WANTED_PORT } from "../support/breakages.ts";
import { VERSIONS_ONLY } from "../support/load.ts";
import { REGISTRY, seed } from "../support/sandbox.ts";
import { hostPicture, ledger } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "broken";
const GOOD = "1.0.0";
const REDIS = `${REGISTRY}/redis`;

/** Images that misbehave, by behaviour. */
const BAD = {
  unhealthy: "2.3.1",
  "dies-after:10": "2.3.2",
  "migration-fails": "2.3.5",
};
/** A good image that no deployment before has brought to the host. */
const UNSEEN = "2.3.7";

const declare = (services: Record<string, ServiceSpec> = {}, more: Partial<ApplicationSpec> = {}): ApplicationSpec =>
  sample(NAME, {
    services: { web: { port: 8000, health: { path: "/health", timeout: "4s" }, drain: "2s" }, ...services },
    verification: { version: "/api/v1/version", checks: ["/checkout"] },
    preflight: { freeMiB: 64 },
    ...more,
  });

interface Broken {
  /** Wanted version; default one that is good. */
  version?: string;
  spec?: ApplicationSpec;
  given?: Given;
  /** What must be read in the output. */
  says: RegExp[];
  result: "reverted" | "refused";
  /** What the ledger must say. */
  reason: RegExp;
  /** What holds on the host meanwhile. */
  meanwhile?: Breakage;
}

/** One that serves another version than it should, or fails a check through the proxy, is in replicas, routes and ports. */
const VERSIONS: Record<string, Broken> = {
  "is never healthy": {
    version: BAD.unhealthy,
    says: [
      /web of broken 2\.3\.1 was not healthy within 4 s \(GET \/health on port 8000, which [^)]+\)/,
      /reverted: broken 1\.0\.0/,
    ],
    result: "reverted",
    reason: /not healthy within 4 s/,
  },
  "is healthy and then dies": {
    version: BAD["dies-after:10"],
    given: { settings: { observe: 30_000 } },
    says: [
      /was healthy and then died while it was observed/,
      /fatal: dies after 10s, as asked/,
      /reverted: broken 1\.0\.0/,
    ],
    result: "reverted",
    reason: /healthy and then died/,
  },
  "has a process whose own check says no": {
    spec: declare({ jobs: { command: ["/app"], health: { command: ["/app", "nonsense"], timeout: "2s" } } }),
    says: [/jobs of broken 1\.1\.0 was not healthy within 2 s \(its health check\)/, /reverted: broken 1\.0\.0/],
    result: "reverted",
    reason: /jobs of broken .* not healthy within 2 s/,
  },
  "comes with a cache that ends": {
    spec: declare({
      cache: {
        image: `${REDIS}:7`,
        accessory: true,
        command: ["redis-server", "--nonsense"],
        health: { command: ["redis-cli", "ping"] },
      },
    }),
    says: [
      /the accessory cache of broken (exited with code 1|keeps exiting); its last lines stand above/,
      /Bad directive or wrong number of arguments/,
      /reverted: broken 1\.0\.0/,
    ],
    result: "reverted",
    reason: /the accessory cache of broken (exited with code 1|keeps exiting)/,
  },
  "cannot migrate": {
    version: BAD["migration-fails"],
    spec: declare({}, { migration: ["/app", "migrate"] }),
    says: [
      /the migration of broken \(\/app migrate\) failed/,
      /fatal: migration failed, as asked/,
      /reverted: broken 1\.0\.0/,
    ],
    result: "reverted",
    reason: /the migration of broken .* failed/,
  },
};

const HOSTS: Record<string, Broken> = {
  "disk smaller than declared": {
    spec: declare({}, { preflight: { freeMiB: 99_000_000 } }),
    says: [/only \d+ MiB free in \/var\/lib\/docker, broken wants 99000000 MiB \(preflight\.freeMiB\)/],
    result: "refused",
    reason: /preflight\.freeMiB/,
  },
  "folder that is full": {
    version: UNSEEN,
    says: [/only 1 MiB free below \/opt\/broken; a deployment needs at least 64 MiB/],
    result: "refused",
    reason: /only 1 MiB free/,
    meanwhile: fullFolder(NAME),
  },
  "Docker out of disk space": {
    spec: declare({ cache: { image: `${REDIS}:7`, accessory: true } }),
    says: [
      /cannot pull 10\.213\.77\.2:5000\/redis@sha256:.*no space left on device/,
      /The disk is full: free some space/,
    ],
    result: "refused",
    reason: /no space left on device/,
    meanwhile: fullDocker(REDIS),
  },
  "closed window": {
    spec: declare(
      {},
      { preflight: { window: { days: [((new Date().getUTCDay() + 1) % 7) + 1], from: "00:00", until: "00:01" } } },
    ),
    says: [/outside the deployment window of broken \(days \d, 00:00 to 00:01 UTC; now day \d/],
    result: "reverted",
    reason: /outside the deployment window/,
  },
  "backup that fails": {
    spec: declare({}, { backup: { command: ["/app", "healthcheck"] }, migration: ["/app", "migrate"] }),
    says: [
      /the backup of broken \(\/app healthcheck\) failed or took longer than \d+ s; the running release was not touched/,
    ],
    result: "reverted",
    reason: /the backup of broken/,
  },
  "slower answer than its baseline": {
    spec: declare(
      {},
      {
        verification: {
          version: "/api/v1/version",
          responseTime: { path: "/download", milliseconds: 1 },
          checks: ["/checkout"],
        },
      },
    ),
    says: [/slower than its baseline: GET \/download took \d+ ms \(median of 5\), at most 1 ms are allowed/],
    result: "reverted",
    reason: /slower than its baseline/,
  },
  "image whose data nobody keeps": {
    spec: declare({ files: { image: `${REDIS}:7`, accessory: false, command: ["sleep", "infinity"] } }),
    says: [
      /the image of files of broken keeps data in \/data, which would be empty after every deployment\. Name it: volumes: \["data:\/data"\]/,
    ],
    result: "reverted",
    reason: /keeps data in \/data/,
  },
  "port that is taken": {
    spec: declare({ admin: { publish: [`${WANTED_PORT}:8000`] } }),
    says: [/port 18099 is taken on this host by container squatter; broken publishes it\. Choose another port/],
    result: "reverted",
    reason: /port 18099 is taken/,
    meanwhile: takenPort(NAME),
  },
};

const deployment = new Deployment(target, declare());
let load: Load;

async function attempt({ version = "1.1.0", spec = declare(), given, says, result, reason }: Broken): Promise<void> {
  deployment.spec = spec;
  const release = await deployment.release(version, given);
  const before = await hostPicture(target, NAME);
  const lines = await ledger(target, NAME);
  const { code, stdout, stderr } = await deployment.deploy(release);
  const after = await hostPicture(target, NAME);
  const added = (await ledger(target, NAME)).slice(lines.length);

  expect(code, stdout + stderr).not.toBe(0);
  for (const words of says) expect(stdout + stderr).toMatch(words);
  expect(after).toEqual(before);
  expect(added).toEqual([
    expect.objectContaining({ action: "deploy", result, version, reason: expect.stringMatching(reason) }),
  ]);
}

beforeAll(async () => {
  const seeds = Object.entries(BAD).map(([behaviour, version]) => ({
    image: `shop:${version}`,
    behaviours: [behaviour],
  }));
  await Promise.all([ready(deployment), seed(`shop:${UNSEEN}`, ...seeds)]);
  for (const { meanwhile } of Object.values(HOSTS)) if (meanwhile) await target.ask(meanwhile.undo);
  await deployment.deployed(GOOD);
  load = startLoad({
    url: `http://${target.address}`,
    hostHeader: deployment.domain,
    rate: 20,
    durationSeconds: 1200,
    ...VERSIONS_ONLY,
  });
  await load.started;
});

afterAll(async () => {
  await load?.stop();
  await deployment.end();
});

describe.each(
  Object.entries({
    "a version is not deployed that": VERSIONS,
    "nothing is deployed to a host with a": HOSTS,
  }),
)("%s", (_, group) => {
  test.each(Object.entries(group))("%s", (_name, broken) => {
    const { meanwhile } = broken;
    return meanwhile ? during(target, meanwhile, () => attempt(broken)) : attempt(broken);
  });
});

test("a good version is deployed after all of them, no request failed, and only versions that were verified ever answered", async () => {
  deployment.spec = declare();
  await deployment.deployed("1.1.0");
  expect((await ledger(target, NAME)).at(-1)).toMatchObject({ result: "confirmed", version: "1.1.0" });

  const report = await load.stop();
  const { requests, failures, idleCloseRaces, byVersion, seconds } = report;
  console.log(JSON.stringify({ requests, failures, idleCloseRaces: idleCloseRaces.count, byVersion, seconds }));
  expect(report.failuresByKind).toEqual({});
  expect(report.failures).toBe(0);
  expect(report.keepAlive.requests).toBeGreaterThan(100);
  expect(report.newConnection.requests).toBeGreaterThan(100);
  // The one that dies was good when it was verified.
  const verified = [GOOD, "1.1.0", BAD["dies-after:10"]];
  expect(verified).toEqual(expect.arrayContaining(Object.keys(report.byVersion)));
  expect(report.versionTimeline.at(-1)![1]).toBe("1.1.0");
});
