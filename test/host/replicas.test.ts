/** Several containers of a service behind the proxy: all of one version, all of them asked before users are, and each used. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { type LoadOptions, type LoadReport, startLoad } from "../../sandbox/load/index.ts";
import { NEW, OLD } from "../support/faults/project.ts";
import { failuresBesideReload } from "../support/load.ts";
import { askHost, served } from "../support/served.ts";
import { containers, PROXY_ROOT } from "../support/state.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

const NAME = "several";
const declare = (replicas: number, strategy: "rolling" | "recreate" = "rolling"): ApplicationSpec =>
  sample(NAME, {
    services: {
      web: {
        port: 8000,
        strategy,
        health: { path: "/health", interval: "100ms", successes: 2 },
        drain: "2s",
        compose: { deploy: { replicas } },
      },
    },
    verification: { version: "/api/v1/version", checks: ["/"] },
  });
const deployment = new Deployment(target, declare(3));
const { domain } = deployment;

/** How many different containers answer, each known by its own host name. */
async function answering(): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => askHost(target, domain, "/env?name=HOSTNAME").then(({ body }) => body)),
  );
  return new Set(answers).size;
}

const upstreams = async (): Promise<string[]> =>
  (await target.ask(`cd ${PROXY_ROOT}/upstreams && ls -d ${NAME}.*`)).trim().split("\n");

async function underLoad(act: () => Promise<unknown>, options: Partial<LoadOptions> = {}): Promise<LoadReport> {
  const url = `http://${target.address}`;
  const load = startLoad({ url, hostHeader: domain, rate: 40, durationSeconds: 120, ...options });
  await load.started;
  try {
    await act();
  } finally {
    await load.stop();
  }
  return load.done();
}

/**
 * With another number of containers, which is another route: the proxy closes idle connections, of which a client opens
 * another (docs/operations.md, Limits).
 */
async function acrossReload(act: () => Promise<unknown>): Promise<LoadReport> {
  const report = await underLoad(act, { retryIdleClose: true });
  return { ...report, failuresByKind: failuresBesideReload(report) };
}

beforeAll(async () => {
  await ready(deployment);
  await deployment.deployed(OLD);
});
afterAll(() => deployment.end());

test("each of them gets requests", async () => {
  expect(await containers(target, NAME)).toHaveLength(3);
  expect(await answering()).toBe(3);
  expect(await deployment.seen()).toMatchObject({ version: OLD, differences: [] });
});

test("a new version takes the place of all of them, and no request fails", async () => {
  const report = await underLoad(() => deployment.deployed(NEW));
  expect(report.failures).toBe(0);
  expect(report.versionTimeline.map(([, version]) => version)).toEqual([OLD, NEW]);
  expect(await containers(target, NAME)).toHaveLength(3);
  expect(await answering()).toBe(3);
});

test("one that is gone is drift, the others answer, and a deployment brings it back", async () => {
  const [one] = await containers(target, NAME);
  await target.ask(`docker rm --force ${one!.id}`);
  // Whoever is led to the one that is gone does not wait long for another.
  const asked = Array.from({ length: 100 }, () => served(target, domain, { timeoutSeconds: 5 }));
  expect(await Promise.all(asked)).toEqual(asked.map(() => NEW));
  expect((await deployment.seen()).differences).toEqual([`${one!.name} does not run`]);
  await deployment.deployed(NEW);
  expect(await answering()).toBe(3);
  expect(await deployment.seen()).toMatchObject({ differences: [] });
});

test("fewer of them, and no request fails", async () => {
  deployment.spec = declare(1);
  const report = await acrossReload(() => deployment.deployed(OLD));
  expect(report.failuresByKind).toEqual({});
  expect(report.versionTimeline.map(([, version]) => version)).toEqual([NEW, OLD]);
  expect(await upstreams()).toEqual([`${NAME}.web`]);
  expect(await answering()).toBe(1);
});

test("more of them that may not run beside the old one: requests wait, and none fails", async () => {
  deployment.spec = declare(2, "recreate");
  const report = await acrossReload(() => deployment.deployed(NEW));
  expect(report.failuresByKind).toEqual({});
  expect(report.versionTimeline.map(([, version]) => version)).toEqual([OLD, NEW]);
  expect(await answering()).toBe(2);
  expect(await upstreams()).toEqual([`${NAME}.web`, `${NAME}.web~2`]);
});

test("a version that fails leaves all of those that served", async () => {
  deployment.spec = { ...declare(3), verification: { version: "/api/v1/version", checks: ["/nowhere"] } };
  const report = await underLoad(async () => {
    expect((await deployment.deploy(await deployment.release(OLD))).code).toBe(1);
  });
  expect(report.failures).toBe(0);
  expect(report.versionTimeline.map(([, version]) => version)).toEqual([NEW]);
  expect(await answering()).toBe(2);
  expect(await deployment.seen()).toMatchObject({ version: NEW, differences: [] });
});
