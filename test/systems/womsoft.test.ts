/** WomSoft Server (examples/womsoft), from a fresh host through an upgrade and failures, with machines that are activated all the time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import declared from "../../examples/womsoft/infra/apps/womsoft.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { slipway, target } from "../host/support/prepared.ts";
import { expectOk } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { askHost } from "../support/served.ts";
import type { SystemImage } from "./support/images.ts";
import { alembic, ensurePythonImages, revisionIn } from "./support/python.ts";
import { EVERY_WRITE_ONCE, lostOrDoubled, Writes } from "./support/writes.ts";

const NAME = "womsoft";
const [FIRST, NEWER, CANNOT_MIGRATE, CALLED_WRONGLY] = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"];
const [FIRST_SCHEMA, NEWER_SCHEMA, NEWEST_SCHEMA] = ["1f6c27a9d0b4", "5d20e8b7c961", "8a4410fe3b72"];
const LICENCE = "WS-LOAD";

const VERSION_OF_CLIENT = alembic({
  revision: NEWER_SCHEMA,
  after: FIRST_SCHEMA,
  up: ['op.add_column("activations", sa.Column("client", sa.String(20), nullable=False, server_default="1"))'],
  down: ['op.drop_column("activations", "client")'],
});
const FAILS = alembic({
  revision: "e71b90d5a3f8",
  after: NEWER_SCHEMA,
  up: ['op.execute("DELETE FROM activations")', 'op.execute("UPDATE nowhere SET x = 1")'],
  down: ["pass"],
});
const OWNERS = alembic({
  revision: NEWEST_SCHEMA,
  after: NEWER_SCHEMA,
  up: ['op.add_column("activations", sa.Column("owner", sa.String(80)))'],
  down: ['op.drop_column("activations", "owner")'],
});

const image = (version: string, more: Partial<SystemImage> = {}): SystemImage => ({
  name: `${NAME}:${version}`,
  folder: NAME,
  ...more,
});

const given = {
  secrets: { DATABASE_PASSWORD: "planted/database-password" },
  settings: { environment: { SEATS: "100000" } },
};
const deployment = new Deployment(target, {
  ...declared,
  image: `${REGISTRY}/${NAME}`,
  database: `${REGISTRY}/postgres:15`,
  domain: `http://${NAME}.example.test`,
  // What else this machine does while it tests is not the application's matter.
  verification: { ...declared.verification, responseTime: { path: "/version", milliseconds: 5000 } },
});
const { domain } = deployment;

const ask = async (path: string) => JSON.parse((await askHost(target, domain, path)).body);
const machines = async (): Promise<string[]> => (await ask(`/api/v1/licences/${LICENCE}`)).machines;
const state = async (): Promise<string> =>
  `${(await ask("/version")).version} on ${await revisionIn(target, NAME, "db")}`;

/** Deploys a version that must not stay, and gives what its deployment said. */
async function refused(version: string): Promise<string> {
  const { code, stdout, stderr } = await deployment.deploy(await deployment.release(version, given));
  expect(code, stdout + stderr).toBe(1);
  return stdout + stderr;
}

let writes: Writes;

beforeAll(async () => {
  await ready(deployment);
  await ensurePythonImages([
    image(FIRST),
    image(NEWER, { changes: VERSION_OF_CLIENT }),
    image(CANNOT_MIGRATE, { changes: { ...VERSION_OF_CLIENT, ...FAILS } }),
    image(CALLED_WRONGLY, { changes: { ...VERSION_OF_CLIENT, ...OWNERS }, args: { VERSION: "1.2.9" } }),
  ]);
  await deployment.deployed(FIRST, { given });
  writes = new Writes(target, domain, {
    path: "/api/v1/activations",
    body: (machine) => JSON.stringify({ licence: LICENCE, machine }),
    prefix: "machine",
  });
});
afterAll(async () => {
  await writes?.stop();
  await deployment.end();
});

describe("WomSoft Server", () => {
  test("serves on a fresh host, with its schema and the documentation of its API", async () => {
    expect(await state()).toBe(`${FIRST} on ${FIRST_SCHEMA}`);
    expect((await ask("/openapi.json")).paths).toHaveProperty("/api/v1/activations");
  });

  test("is upgraded, its schema first", async () => {
    await deployment.deployed(NEWER, { given });
    expect(await state()).toBe(`${NEWER} on ${NEWER_SCHEMA}`);
  });

  test("stays as it is when a migration fails half-way, the database too", async () => {
    const before = await machines();
    expect(await refused(CANNOT_MIGRATE)).toContain("the migration of womsoft (alembic upgrade head) failed");
    expect(await state()).toBe(`${NEWER} on ${NEWER_SCHEMA}`);
    expect((await machines()).slice(0, before.length)).toEqual(before);
  });

  test("goes back from a version that calls itself wrongly, and works on with the schema that this one brought", async () => {
    expect(await refused(CALLED_WRONGLY)).toContain('answers "1.2.9"');
    expect(await state()).toBe(`${NEWER} on ${NEWEST_SCHEMA}`);
  });

  test("is rolled back to the last stable version and its schema, with all its data", async () => {
    const before = await machines();
    expectOk(await slipway(`rollback ${NAME}`));
    expect(await state()).toBe(`${FIRST} on ${FIRST_SCHEMA}`);
    expect((await machines()).slice(0, before.length)).toEqual(before);
  });

  test("has lost no activation of all that time, refused none, and has none twice", async () => {
    const written = await writes.stop();
    expect(lostOrDoubled(written, await machines())).toEqual(EVERY_WRITE_ONCE);
    expect(written.acknowledged.length).toBeGreaterThan(50);
  });
});
