/** The routes of many applications at once; test/host/ports.test.ts and test/host/routes.test.ts have what a host does with one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import { SHOP, settings } from "../support/sandbox.ts";
import { served } from "../support/served.ts";
import { clean, programOf, upOk } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;
const MANY = Array.from({ length: 6 }, (_, index) => `route-${index + 1}`);
const VERSION = "1.0.0";
let project: Project | undefined;

beforeAll(ensureHosts);
afterAll(() => clean(project));

test(`${MANY.length} applications get their first route at the same time`, async () => {
  const specs = MANY.map((name) => ({
    name,
    image: SHOP,
    domain: `http://${name}.test`,
    services: { web: { port: 8000, health: "/health" } },
    verification: { version: "/api/v1/version" },
  }));
  const wanted = MANY.map((name) => [name, { version: VERSION, hosts: [`host-${HOST}`], removeData: true }]);
  project = await Project.create({
    name: "route-many",
    program: programOf(specs),
    config: settings([HOST], Object.fromEntries(wanted)),
  });
  await upOk(project);
  for (const name of MANY) expect(await served(target, `${name}.test`)).toBe(VERSION);
});
