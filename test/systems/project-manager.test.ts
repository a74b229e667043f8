/** Project Manager (examples/project-manager) by its document's Compose files, with people who write to API and bot all the time. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import declared from "../../examples/project-manager/infra/apps/project-manager.ts";
import { network } from "../../sandbox/places.ts";
import { Deployment, ready } from "../host/support/deployment.ts";
import { slipway, target } from "../host/support/prepared.ts";
import { expectOk } from "../support/run.ts";
import { REGISTRY } from "../support/sandbox.ts";
import { askHost } from "../support/served.ts";
import type { SystemImage } from "./support/images.ts";
import { alembic, ensurePythonImages, revisionIn } from "./support/python.ts";
import { Telegram } from "./support/telegram.ts";
import { EVERY_WRITE_ONCE, lostOrDoubled, Writes } from "./support/writes.ts";

const NAME = "project-manager";
const [FIRST, NEWER, CANNOT_MIGRATE, CALLED_WRONGLY] = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"];
const [FIRST_SCHEMA, NEWER_SCHEMA, NEWEST_SCHEMA] = ["20c4f7be6a15", "3be9052fd1c8", "94d17a60ce2b"];
/** What docker-compose.prod.yml keeps outside of the application's folder. */
const OUTSIDE = "/var/lib/project-manager";
const MESSAGE_MS = 400;

const OWNER = alembic({
  revision: NEWER_SCHEMA,
  after: FIRST_SCHEMA,
  up: ['op.add_column("projects", sa.Column("owner", sa.String(80), nullable=False, server_default="nobody"))'],
  down: ['op.drop_column("projects", "owner")'],
});
const FAILS = alembic({
  revision: "b6c80f13d97e",
  after: NEWER_SCHEMA,
  up: ['op.execute("DELETE FROM projects")', 'op.execute("UPDATE nowhere SET x = 1")'],
  down: ["pass"],
});
const DUE = alembic({
  revision: NEWEST_SCHEMA,
  after: NEWER_SCHEMA,
  up: ['op.add_column("projects", sa.Column("due", sa.Date))'],
  down: ['op.drop_column("projects", "due")'],
});

const image = (version: string, more: Partial<SystemImage> = {}): SystemImage => ({
  name: `${NAME}:${version}`,
  folder: NAME,
  compiled: "frontend",
  ...more,
});

const deployment = new Deployment(target, {
  ...declared,
  domain: `http://${NAME}.example.test`,
});
const { domain } = deployment;
const telegram = new Telegram();
const WEBHOOK_SECRET = "planted-webhook-secret";

let TELEGRAM_API: string;
const given = () => ({
  secrets: {
    DATABASE_URL: "postgresql+asyncpg://app:planted-database-password@postgres:5432/app",
    POSTGRES_PASSWORD: "planted-database-password",
    ANTHROPIC_API_KEY: "planted-anthropic-key",
    GITHUB_ACCESS_TOKEN: "planted-github-token",
    GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SECRET_KEY: "planted-secret-key",
    TELEGRAM_BOT_TOKEN: "1:planted-telegram-token",
  },
  settings: {
    image: `${REGISTRY}/${NAME}`,
    environment: { APP_ENV: "production", REDIS_URL: "redis://redis:6379/0", TELEGRAM_API },
    images: { postgres: `${REGISTRY}/postgres:15`, redis: `${REGISTRY}/redis:7` },
  },
  texts: Object.fromEntries(
    (declared.compose as string[]).map((path) => [path, readFileSync(path.replace("..", `examples/${NAME}`), "utf8")]),
  ),
});

const ask = async (path: string) => JSON.parse((await askHost(target, domain, path)).body);
const projects = (): Promise<string[]> => ask("/api/projects");

/** Such as "1.0.0, bot 1.0.0 on 20c4f7be6a15". */
async function state(): Promise<string> {
  const [{ version }, bot, schema] = await Promise.all([
    ask("/version"),
    ask("/health/bot"),
    revisionIn(target, NAME, "postgres"),
  ]);
  return `${version}, bot ${bot.version} on ${schema}`;
}

/** Deploys a version that must not stay, and gives what its deployment said. */
async function refused(version: string): Promise<string> {
  const { code, stdout, stderr } = await deployment.deploy(await deployment.release(version, given()));
  expect(code, stdout + stderr).toBe(1);
  return stdout + stderr;
}

/** GitHub tells of something. */
async function deliver(delivery: string, secret = WEBHOOK_SECRET): Promise<string> {
  const json = { repository: { full_name: "anna/shop" } };
  const signature = createHmac("sha256", secret).update(JSON.stringify(json)).digest("hex");
  const headers = {
    "x-github-event": "push",
    "x-github-delivery": delivery,
    "x-hub-signature-256": `sha256=${signature}`,
  };
  const { status, body } = await askHost(target, domain, "/webhook/github", { method: "POST", json, headers });
  return `${status} ${JSON.parse(body).result ?? ""}`.trim();
}

const clean = (): Promise<string> => target.ask(`sudo rm -rf ${OUTSIDE}`);

let writes: Writes;
let messages = 0;
let person: NodeJS.Timeout;

beforeAll(async () => {
  await ready(deployment);
  await clean();
  await ensurePythonImages([
    image(FIRST),
    image(NEWER, { changes: OWNER }),
    image(CANNOT_MIGRATE, { changes: { ...OWNER, ...FAILS } }),
    image(CALLED_WRONGLY, { changes: { ...OWNER, ...DUE }, args: { VERSION: "1.2.9" } }),
  ]);
  TELEGRAM_API = await telegram.listen(network.gateway);
  await deployment.deployed(FIRST, { given: given() });
  writes = new Writes(target, domain, {
    path: "/api/projects",
    body: (name) => JSON.stringify({ name }),
    prefix: "api",
  });
  person = setInterval(() => telegram.say(`/new chat-${(messages += 1)}`), MESSAGE_MS);
});
afterAll(async () => {
  clearInterval(person);
  await writes?.stop();
  telegram.close();
  await deployment.end();
  await clean();
});

describe("Project Manager", () => {
  test("serves on a fresh host: its page, its API and its bot, and takes what GitHub signs, once", async () => {
    expect(await state()).toBe(`${FIRST}, bot ${FIRST} on ${FIRST_SCHEMA}`);
    expect((await askHost(target, domain, "/")).body).toMatch(/src="app\.[0-9a-f]{8}\.js"/);
    expect([await deliver("1"), await deliver("1"), await deliver("2", "wrong")]).toEqual([
      "202 taken",
      "202 known",
      "401",
    ]);
  });

  test("is upgraded, its schema first", async () => {
    await deployment.deployed(NEWER, { given: given() });
    expect(await state()).toBe(`${NEWER}, bot ${NEWER} on ${NEWER_SCHEMA}`);
  });

  test("stays as it is when a migration fails half-way, the database too", async () => {
    const before = await projects();
    expect(await refused(CANNOT_MIGRATE)).toContain("the migration of project-manager (alembic upgrade head) failed");
    expect(await state()).toBe(`${NEWER}, bot ${NEWER} on ${NEWER_SCHEMA}`);
    expect((await projects()).slice(0, before.length)).toEqual(before);
  });

  test("goes back from a version that calls itself wrongly, bot and all, and works on with the schema that this one brought", async () => {
    expect(await refused(CALLED_WRONGLY)).toContain('answers "1.2.9"');
    expect(await state()).toBe(`${NEWER}, bot ${NEWER} on ${NEWEST_SCHEMA}`);
  });

  test("is rolled back by hand to the schema before, with all its data", async () => {
    const before = await projects();
    expectOk(await slipway(`rollback ${NAME}`));
    expect(await state()).toBe(`${FIRST}, bot ${FIRST} on ${FIRST_SCHEMA}`);
    expect((await projects()).slice(0, before.length)).toEqual(before);
  });

  test("has lost no write to the API of all that time, and has none twice", async () => {
    const written = await writes.stop();
    const ofApi = (await projects()).filter((name) => name.startsWith("api-"));
    expect(lostOrDoubled(written, ofApi)).toEqual(EVERY_WRITE_ONCE);
    expect(written.acknowledged.length).toBeGreaterThan(50);
  });

  test("never had two bots that listened, and one answer for each message", async () => {
    clearInterval(person);
    const wanted = Array.from({ length: messages }, (_, index) => `chat-${index + 1}`);
    await expect.poll(() => telegram.sent.length, { timeout: 20_000 }).toBe(messages);
    expect(telegram.conflicts).toBe(0);
    expect(telegram.sent).toEqual(wanted.map((name) => `${name}: made`));
    expect((await projects()).filter((name) => name.startsWith("chat-"))).toEqual(wanted);
  });
});
