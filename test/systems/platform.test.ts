/** Platform (examples/platform): three images that go out and back as one, with users who write all the time. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import declared from "../../examples/platform/infra/apps/platform.ts";
import { imageTags } from "../../sandbox/images.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { slipway, target } from "../host/support/prepared.ts";
import { expectOk } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { askHost } from "../support/served.ts";
import { ensureSystemImages, type SystemImage } from "./support/images.ts";
import { alembic, ensurePythonImages } from "./support/python.ts";
import { heard } from "./support/stream.ts";
import { EVERY_WRITE_ONCE, lostOrDoubled, Writes } from "./support/writes.ts";

const NAME = "platform";
const [FIRST, NEWER, CANNOT_MIGRATE, HALF_BROKEN] = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"];
const [NOTES, AUTHORS, PINNED] = ["1f0a6c2e7b41", "52c7e09ad318", "8e14b6f3a590"];

const authors = alembic({
  revision: AUTHORS,
  after: NOTES,
  up: ['op.add_column("notes", sa.Column("author", sa.Text))'],
  down: ['op.drop_column("notes", "author")'],
});
const fails = alembic({
  revision: "d09b3c55e172",
  after: AUTHORS,
  up: ['op.execute("DELETE FROM notes")', 'op.execute("UPDATE nowhere SET x = 1")'],
  down: ["pass"],
});
const pinned = alembic({
  revision: PINNED,
  after: AUTHORS,
  up: ['op.add_column("notes", sa.Column("pinned", sa.Boolean))'],
  down: ['op.drop_column("notes", "pinned")'],
});

/** By version what is changed in the backend, and what in the frontend, of which one shows nothing. */
const VERSIONS: Record<string, [SystemImage["changes"], SystemImage["changes"]?]> = {
  [FIRST]: [{}],
  [NEWER]: [authors],
  [CANNOT_MIGRATE]: [{ ...authors, ...fails }],
  [HALF_BROKEN]: [{ ...authors, ...pinned }, { Caddyfile: ":8080 {\n\trespond /healthz 200\n\trespond 404\n}\n" }],
};
const images = (part: string): SystemImage[] =>
  Object.entries(VERSIONS).map(([version, [backend, frontend]]) => ({
    name: `platform-${part}:${version}`,
    folder: `${NAME}/${part}`,
    changes: { backend, frontend }[part] ?? {},
  }));

const here = (image: string): string => image.replace("ghcr.io/acme", REGISTRY);
const deployment = new Deployment(target, {
  ...declared,
  image: here(declared.image!),
  services: Object.fromEntries(
    Object.entries(declared.services!).map(([name, { image, ...service }]) => [
      name,
      image === undefined ? service : { ...service, image: here(image) },
    ]),
  ),
  database: `${REGISTRY}/${declared.database}`,
  cache: `${REGISTRY}/${declared.cache}`,
  domain: `http://${NAME}.example.test`,
});
const { domain } = deployment;
const given = { secrets: { DATABASE_PASSWORD: "planted-password-of-the-platform" } };

const ask = async (path: string) => JSON.parse((await askHost(target, domain, path)).body);
const texts = async (): Promise<string[]> => (await ask("/api/v1/notes")).map(({ text }: { text: string }) => text);

/** What each of the three images says that it is, and the schema: `1.0.0 1.0.0 1.0.0 on 1f0a6c2e7b41`. */
async function state(): Promise<string> {
  const [api, site, live, { schema }] = await Promise.all(
    ["/api/v1/version", "/version.json", "/live/health", "/api/health"].map(ask),
  );
  return `${api.version} ${site.version} ${live.version} on ${schema}`;
}
const all = (version: string, schema: string): string => `${version} ${version} ${version} on ${schema}`;

async function refused(version: string): Promise<string> {
  const { code, stdout, stderr } = await deployment.deploy(await deployment.release(version, given));
  expect(code, stdout + stderr).toBe(1);
  return stdout + stderr;
}

let writes: Writes;

beforeAll(async () => {
  await ready(deployment);
  const { caddy } = await imageTags();
  const site = images("frontend").map((one) => ({ ...one, args: { CADDY_IMAGE: caddy }, compiled: "build" }));
  await ensurePythonImages([...images("backend"), ...images("server")]);
  await ensureSystemImages(site);
  await deployment.deployed(FIRST, { given });
  writes = new Writes(target, domain, {
    path: "/api/v1/notes",
    body: (text) => JSON.stringify({ text }),
    prefix: "note",
  });
});
afterAll(async () => {
  await writes?.stop();
  await deployment.end();
});

describe("Platform", () => {
  test("serves its three images of one version on a fresh host, under one domain", async () => {
    expect(await state()).toBe(all(FIRST, NOTES));
    expect((await askHost(target, domain, "/")).body).toContain("<title>Platform</title>");
  });

  test("tells browsers that listen of a note that another one adds", async () =>
    expect(JSON.parse(await heard(target, domain, "/live/notes")).text).toMatch(/^note-\d+$/));

  test("passes its integration tests, run in the backend's container", async () => {
    const names = { BACKEND: "backend:8000", SERVER: "server:8001", FRONTEND: "frontend:8080" };
    const env = Object.entries(names).map(([name, at]) => `--env ${name}=http://${at}`);
    const label = (key: string, value: string): string => `--filter label=com.docker.compose.${key}=${value}`;
    const container = `$(docker ps --quiet ${label("project", NAME)} ${label("service", "backend")})`;
    const input = readFileSync("examples/platform/tests/integration/test_api.py", "utf8");
    const { stderr } = expectOk(await target.exec(`docker exec -i ${env.join(" ")} ${container} python3 -`, { input }));
    expect(stderr).toMatch(/Ran 4 tests[\s\S]*OK/);
  });

  test("is upgraded, its schema first, all three at once", async () => {
    await deployment.deployed(NEWER, { given });
    expect(await state()).toBe(all(NEWER, AUTHORS));
  });

  test("stays as it is when a migration fails that has deleted the notes", async () => {
    expect(await refused(CANNOT_MIGRATE)).toContain("the migration of platform (alembic upgrade head) failed");
    expect(await state()).toBe(all(NEWER, AUTHORS));
  });

  test("goes back as a whole when one of the three does not serve its page, and works with the newer schema", async () => {
    expect(await refused(HALF_BROKEN)).toContain("404");
    expect(await state()).toBe(all(NEWER, PINNED));
  });

  test("is rolled back by hand to the schema before, with all its data", async () => {
    const before = await texts();
    expectOk(await slipway(`rollback ${NAME}`));
    expect(await state()).toBe(all(FIRST, NOTES));
    expect((await texts()).slice(0, before.length)).toEqual(before);
  });

  test("has lost no note of all that time, and has none twice", async () => {
    const written = await writes.stop();
    expect(lostOrDoubled(written, await texts())).toEqual(EVERY_WRITE_ONCE);
    expect(written.acknowledged.length).toBeGreaterThan(50);
  });
});
