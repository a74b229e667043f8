/** Pelico (examples/pelico), from a fresh host through the ways in which a version goes wrong, with users who write all the time. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import declared from "../../examples/pelico/infra/apps/pelico.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { slipway, target } from "../host/support/prepared.ts";
import { CHECKOUT, expectOk, run } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { askHost, served } from "../support/served.ts";
import { ensureSystemImages, type SystemImage } from "./support/images.ts";
import { EVERY_WRITE_ONCE, lostOrDoubled, Writes } from "./support/writes.ts";

const FIRST = "1.0.0";
const NEWER = "1.1.0";
const CANNOT_MIGRATE = "1.2.0";
const CALLED_WRONGLY = "1.3.0";

const migration = (number: number, name: string, up: string, down: string) => ({
  [`internal/store/migrations/0000${number}_${name}.sql`]: `-- +goose Up\n${up};\n\n-- +goose Down\n${down};\n`,
});
const RATING = migration(
  3,
  "rating",
  "ALTER TABLE games ADD COLUMN rating INTEGER",
  "ALTER TABLE games DROP COLUMN rating",
);
const FAILS = migration(
  4,
  "broken",
  "ALTER TABLE games ADD COLUMN notes TEXT;\nINSERT INTO nowhere VALUES (1)",
  "SELECT 1",
);
const NOTES = migration(4, "notes", "ALTER TABLE games ADD COLUMN notes TEXT", "ALTER TABLE games DROP COLUMN notes");

const image = (version: string, more: Partial<SystemImage> = {}): SystemImage => ({
  name: `pelico:${version}`,
  folder: "pelico",
  compiled: "compile",
  ...more,
  args: { RUNTIME_IMAGE: "scratch", ...more.args },
});

const { build: _, ...application } = declared;
const deployment = new Deployment(target, {
  ...application,
  image: `${REGISTRY}/pelico`,
  domain: "http://pelico.example.test",
});
const { domain } = deployment;

const json = async (path: string) => JSON.parse((await askHost(target, domain, path)).body);
const titles = async (): Promise<string[]> =>
  (await json("/api/v1/games")).map(({ title }: { title: string }) => title);
const state = async (): Promise<string> => `${await served(target, domain)} on ${(await json("/health")).schema}`;

/** Deploys a version that must not stay, and gives what its deployment said. */
async function refused(version: string): Promise<string> {
  const { code, stdout, stderr } = await deployment.deploy(await deployment.release(version));
  expect(code, stdout + stderr).toBe(1);
  return stdout + stderr;
}

let writes: Writes;

beforeAll(async () => {
  await Promise.all([
    ready(deployment),
    ensureSystemImages([
      image(FIRST),
      image(NEWER, { changes: RATING }),
      image(CANNOT_MIGRATE, { changes: { ...RATING, ...FAILS } }),
      image(CALLED_WRONGLY, { changes: { ...RATING, ...NOTES }, args: { VERSION: "1.2.9" } }),
    ]),
  ]);
  await deployment.deployed(FIRST);
  writes = new Writes(target, domain, {
    path: "/api/v1/games",
    body: (title) => JSON.stringify({ title }),
    prefix: "game",
  });
});
afterAll(async () => {
  await writes?.stop();
  await deployment.end();
});

describe("Pelico", () => {
  test("passes its own tests", async () => {
    const own = await run("go", ["test", "-trimpath", "./..."], {
      cwd: join(CHECKOUT, "examples/pelico"),
      env: { CGO_ENABLED: "0" },
    });
    expectOk(own);
  });

  test("serves on a fresh host, with its schema and the version that was built into it", async () =>
    expect(await state()).toBe(`${FIRST} on 2`));

  test("is upgraded, its schema first", async () => {
    await deployment.deployed(NEWER);
    expect(await state()).toBe(`${NEWER} on 3`);
  });

  test("stays as it is when a migration fails, the database too", async () => {
    expect(await refused(CANNOT_MIGRATE)).toContain("the migration of pelico (/pelico migrate up) failed");
    expect(await state()).toBe(`${NEWER} on 3`);
  });

  test("goes back from a version that calls itself wrongly, and works on with the schema that this one brought", async () => {
    expect(await refused(CALLED_WRONGLY)).toContain('answers "1.2.9"');
    expect(await state()).toBe(`${NEWER} on 4`);
  });

  test("is rolled back by hand to the schema before, with all its data", async () => {
    const before = await titles();
    expectOk(await slipway("rollback pelico"));
    expect(await state()).toBe(`${FIRST} on 2`);
    expect((await titles()).slice(0, before.length)).toEqual(before);
  });

  test("has lost no write of all that time, and none is there twice", async () => {
    const written = await writes.stop();
    expect(lostOrDoubled(written, await titles())).toEqual(EVERY_WRITE_ONCE);
    expect(written.acknowledged.length).toBeGreaterThan(50);
  });

  test("runs its job on the data of the release that serves", async () =>
    expectOk(await slipway("job pelico --job vacuum")));
});
