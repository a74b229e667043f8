/** A service that comes to listen at another port: its route changes with its container, forth and back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { type LoadReport, startLoad } from "../../sandbox/load/index.ts";
import { NEW, OLD } from "../support/faults/project.ts";
import { failuresBesideReload, VERSIONS_ONLY } from "../support/load.ts";
import { served } from "../support/served.ts";
import { Deployment, ready } from "./support/deployment.ts";
import { second, target } from "./support/prepared.ts";
import { sample } from "./support/release.ts";

/** Says another version than it has, so that its verification fails. */
const WRONG = "3.0.0";
const STRATEGIES = ["rolling", "recreate"] as const;
type Strategy = (typeof STRATEGIES)[number];

const declare = (strategy: Strategy, port: number): ApplicationSpec =>
  sample(`port-${strategy}`, {
    services: { web: { port, strategy, health: "/health", environment: { PORT: String(port) }, drain: "6s" } },
  });
const deployments = {
  rolling: new Deployment(target, declare("rolling", 8000)),
  recreate: new Deployment(second, declare("recreate", 8000)),
};

/** The load during some work. A changed route closes idle connections, of which a client then opens another. */
async function during({ target, domain }: Deployment, work: () => Promise<unknown>): Promise<LoadReport> {
  const load = startLoad({
    url: `http://${target.address}`,
    hostHeader: domain,
    rate: 40,
    ...VERSIONS_ONLY,
    slowRate: 1,
    retryIdleClose: true,
  });
  await load.started;
  try {
    await work();
  } finally {
    await load.stop();
  }
  const report = await load.done();
  return { ...report, failuresByKind: failuresBesideReload(report) };
}

beforeAll(() => ready(...Object.values(deployments)));
afterAll(() => Promise.all(Object.values(deployments).map((one) => one.end())));

test.concurrent.each(STRATEGIES)("another port drops no request (%s), neither forth nor back", async (strategy) => {
  const deployment = deployments[strategy];
  await deployment.deployed(OLD);

  const forth = await during(deployment, () => {
    deployment.spec = declare(strategy, 9000);
    return deployment.deployed(NEW);
  });
  expect(forth.failuresByKind).toEqual({});
  expect(forth.byVersion).toMatchObject({ [OLD]: expect.any(Number), [NEW]: expect.any(Number) });

  const back = await during(deployment, async () => {
    deployment.spec = declare(strategy, 8000);
    const { code, stdout, stderr } = await deployment.deploy(await deployment.release(WRONG));
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining("the wrong version serves")]);
  });
  expect(back.failuresByKind).toEqual({});
  expect(await served(deployment.target, deployment.domain)).toBe(NEW);
  const names = await deployment.target.ask(`cd /opt/slipway/proxy/upstreams && ls ${deployment.application}.*`);
  expect(names.trim()).toBe(`${deployment.application}.web`);
});
