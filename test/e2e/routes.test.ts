/** Routes that change while requests come in: another port, and the routes of many applications at once. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type LoadReport, startLoad } from "../../sandbox/load/index.ts";
import { ensureHosts, own } from "../support/hosts.ts";
import { failuresBesideReload, VERSIONS_ONLY } from "../support/load.ts";
import { Project } from "../support/project.ts";
import { SHOP, settings } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { clean, programOf, said, upOk } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;
const MANY = Array.from({ length: 8 }, (_, index) => `route-${index + 1}`);
const [OLD, NEW, WRONG] = ["1.0.0", "1.1.0", "3.0.0"];

const projects: Project[] = [];

const specOf = (name: string, port = 8000, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name,
  image: SHOP,
  domain: `http://${name}.test`,
  services: { web: { port, health: "/health", environment: { PORT: String(port) }, drain: "6s", ...more } },
  verification: { version: "/api/v1/version" },
});
const applications = (names: string[], version: string): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, { version, hosts: [`host-${HOST}`], removeData: true }]));

async function create(name: string, specs: Record<string, unknown>[]): Promise<Project> {
  const project = await Project.create({
    name,
    program: programOf(specs),
    config: settings(
      [HOST],
      applications(
        specs.map(({ name: own }) => own as string),
        OLD,
      ),
    ),
  });
  projects.push(project);
  return project;
}

/** The load that a name gets during some work. A changed route closes idle connections, of which a client then opens another. */
async function during(name: string, work: () => Promise<unknown>): Promise<LoadReport> {
  const load = startLoad({
    url: `http://${target.address}`,
    hostHeader: `${name}.test`,
    rate: 40,
    ...VERSIONS_ONLY,
    slowRate: 1,
    retryIdleClose: true,
  });
  await load.started;
  await work().catch(async (error: unknown) => {
    await load.stop();
    throw error;
  });
  const report = await load.stop();
  return { ...report, failuresByKind: failuresBesideReload(report) };
}

beforeAll(ensureHosts);
afterAll(async () => {
  for (const project of projects) await clean(project);
});

test.each([
  ["rolling", {}],
  ["recreate", { strategy: "recreate" }],
])("another port drops no request (%s), neither forth nor back", async (strategy, more) => {
  const name = `port-${strategy}`;
  const project = await create(name, [specOf(name, 8000, more)]);
  await upOk(project);

  const forth = await during(name, async () => {
    project.write("index.ts", programOf([specOf(name, 9000, more)]));
    project.setConfig(settings([HOST], applications([name], NEW)));
    await upOk(project);
  });
  expect(forth.failuresByKind).toEqual({});
  expect(forth.byVersion).toMatchObject({ [OLD]: expect.any(Number), [NEW]: expect.any(Number) });

  const back = await during(name, async () => {
    project.write("index.ts", programOf([specOf(name, 8000, more)]));
    project.setConfig(settings([HOST], applications([name], WRONG)));
    const refused = await project.up();
    expect(refused.code, said(refused)).not.toBe(0);
    expect(said(refused)).toContain("the wrong version serves");
  });
  expect(back.failuresByKind).toEqual({});
  expect(await served(target, `${name}.test`)).toBe(NEW);
  expect((await target.ask(`cd /opt/slipway/proxy/upstreams && ls ${name}.*`)).trim()).toBe(`${name}.web`);
});

test(`${MANY.length} applications get their first route at the same time`, async () => {
  const project = await create(
    "route-many",
    MANY.map((name) => specOf(name)),
  );
  await upOk(project);
  for (const name of MANY) expect(await served(target, `${name}.test`)).toBe(OLD);
});
