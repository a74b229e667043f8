/** MyFoodBudget (examples/myfoodbudget), from a fresh host through an upgrade and failures, with a household that buys all the time. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import declared from "../../examples/myfoodbudget/infra/apps/myfoodbudget.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { slipway, target } from "../host/support/prepared.ts";
import { expectOk, type Result } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { askHost, type Reply } from "../support/served.ts";
import type { SystemImage } from "./support/images.ts";
import { alembic, ensurePythonImages } from "./support/python.ts";
import { EVERY_WRITE_ONCE, lostOrDoubled, Writes } from "./support/writes.ts";

const NAME = "myfoodbudget";
const [FIRST, NEWER, CANNOT_MIGRATE, CALLED_WRONGLY] = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"];
const [OLD_SCHEMA, NEW_SCHEMA] = ["4c1d8e20a7b3", "7f90b3c51d2e"];
/** The document's own target. */
const ROLLBACK_SECONDS = 300;

const CATEGORY = alembic({
  revision: NEW_SCHEMA,
  after: OLD_SCHEMA,
  up: ['op.add_column("purchases", sa.Column("category", sa.String(40), nullable=False, server_default="other"))'],
  down: ['op.drop_column("purchases", "category")'],
});
const FAILS = alembic({
  revision: "a05e6d9b8c44",
  after: NEW_SCHEMA,
  up: ['op.execute("DELETE FROM purchases")', 'op.execute("UPDATE nowhere SET x = 1")'],
  down: ["pass"],
});
const SHOPS = alembic({
  revision: "c3e81f7420ad",
  after: NEW_SCHEMA,
  up: [
    'op.execute("DELETE FROM purchases")',
    'op.create_table("shops", sa.Column("id", sa.Integer, primary_key=True))',
  ],
  down: ['op.drop_table("shops")'],
});

const image = (version: string, more: Partial<SystemImage> = {}): SystemImage => ({
  name: `${NAME}:${version}`,
  folder: NAME,
  ...more,
});

const compose = declared.compose as string;
const given = {
  settings: { image: `${REGISTRY}/${NAME}` },
  secrets: { SECRET_KEY: "planted-secret-key-of-the-systems-test" },
  texts: { [compose]: readFileSync("examples/myfoodbudget/docker-compose.prod.yml", "utf8") },
};
const deployment = new Deployment(target, {
  ...declared,
  domain: `http://${NAME}.example.test`,
  // What else this machine does while it tests is not the application's matter.
  verification: { ...declared.verification, responseTime: { path: "/version", milliseconds: 5000 } },
});
const { domain } = deployment;

let cookie: string;
let entered: Reply;
const ask = async (path: string) => JSON.parse((await askHost(target, domain, path, { headers: { cookie } })).body);
const items = async (): Promise<string[]> =>
  (await ask("/api/purchases")).purchases.map(({ item }: { item: string }) => item);

/** Such as "1.0.0 on 4c1d8e20a7b3". */
async function state(): Promise<string> {
  const container = `$(docker ps --quiet --filter label=com.docker.compose.project=${NAME})`;
  const query = `import sqlite3; print(*sqlite3.connect("data/${NAME}.db").execute("SELECT version_num FROM alembic_version").fetchone())`;
  const [{ version }, schema] = await Promise.all([
    ask("/version"),
    target.ask(`docker exec ${container} python3 -c '${query}'`),
  ]);
  return `${version} on ${schema.trim()}`;
}

/** Deploys a version that must not stay. */
async function refused(version: string): Promise<Result> {
  const result = await deployment.deploy(await deployment.release(version, given));
  expect(result.code, result.stdout + result.stderr).toBe(1);
  return result;
}

let writes: Writes;

beforeAll(async () => {
  await ready(deployment);
  await ensurePythonImages([
    image(FIRST),
    image(NEWER, { changes: CATEGORY }),
    image(CANNOT_MIGRATE, { changes: { ...CATEGORY, ...FAILS } }),
    image(CALLED_WRONGLY, { changes: { ...CATEGORY, ...SHOPS }, args: { VERSION: "1.2.9" } }),
  ]);
  await deployment.deployed(FIRST, { given });
  entered = await askHost(target, domain, "/api/session", { method: "PUT", json: { household: "anna" } });
  // The one session of all purchases here: a deployment that forgets it fails every one after it.
  cookie = entered.headers["set-cookie"]![0]!.split(";")[0]!;
  writes = new Writes(target, domain, {
    path: "/api/purchases",
    body: (item) => JSON.stringify({ item, cents: 249 }),
    headers: { cookie },
    prefix: "bread",
  });
});
afterAll(async () => {
  await writes?.stop();
  await deployment.end();
});

describe("MyFoodBudget", () => {
  test("serves on a fresh host, with its schema and security headers", async () => {
    expect(await state()).toBe(`${FIRST} on ${OLD_SCHEMA}`);
    expect(entered.headers).toMatchObject({
      "strict-transport-security": "max-age=31536000",
      "content-security-policy": expect.stringContaining("default-src 'self'"),
      "x-frame-options": "DENY",
    });
  });

  test("is upgraded, its schema first", async () => {
    await deployment.deployed(NEWER, { given });
    expect(await state()).toBe(`${NEWER} on ${NEW_SCHEMA}`);
  });

  test("gets its data back from the backup when a migration fails that has deleted them", async () => {
    const before = await items();
    const { stdout, stderr } = await refused(CANNOT_MIGRATE);
    expect(stdout + stderr).toContain("the migration of myfoodbudget (alembic upgrade head) failed");
    expect(await state()).toBe(`${NEWER} on ${NEW_SCHEMA}`);
    expect((await items()).slice(0, before.length)).toEqual(before);
  });

  test("gets data and schema back after a migration that went well, of a version that calls itself wrongly", async () => {
    const before = await items();
    const { stdout, stderr, seconds } = await refused(CALLED_WRONGLY);
    expect(stdout + stderr).toContain('answers "1.2.9"');
    expect(seconds).toBeLessThan(ROLLBACK_SECONDS);
    expect(await state()).toBe(`${NEWER} on ${NEW_SCHEMA}`);
    expect((await items()).slice(0, before.length)).toEqual(before);
  });

  test("is rolled back by hand to the schema before, with all its data", async () => {
    const before = await items();
    const { seconds } = expectOk(await slipway(`rollback ${NAME}`));
    expect(seconds).toBeLessThan(ROLLBACK_SECONDS);
    expect(await state()).toBe(`${FIRST} on ${OLD_SCHEMA}`);
    expect((await items()).slice(0, before.length)).toEqual(before);
  });

  test("has lost no purchase and no session of all that time, and has no purchase twice", async () => {
    const written = await writes.stop();
    expect(lostOrDoubled(written, await items())).toEqual(EVERY_WRITE_ONCE);
    expect(written.acknowledged.length).toBeGreaterThan(50);
  });

  test("compacts its file by a job, in the folders that the document wants", async () => {
    const { stdout } = expectOk(await slipway(`job ${NAME} --job vacuum`));
    expect(stdout).toMatch(/data\/myfoodbudget\.db: \d+ bytes before, \d+ after/);
    const folder = `/opt/${NAME}`;
    await target.ask(`sudo ls ${folder}/data/${NAME}.db ${folder}/data/flask_session ${folder}/logs ${folder}/backups`);
  });
});
