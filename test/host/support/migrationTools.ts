/** The ways past a migration and back with real tools, as docs/migrations.md declares them, on a real database. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApplicationSpec, MigrationSpec } from "../../../components/application/declaration.ts";
import { recipeOf } from "../../support/recipes.ts";
import { expectOk } from "../../support/run.ts";
import { REGISTRY } from "../../support/sandbox.ts";
import { askHost } from "../../support/served.ts";
import { quote } from "../../support/ssh.ts";
import { Deployment, ready } from "./deployment.ts";
import { second, target } from "./prepared.ts";
import { ensureToolImages, type Tool } from "./toolImages.ts";

const [OLD, NEW] = ["1.0.0", "1.1.0"];
const ALEMBIC = ["3a1f0c5d7e21", "9b7d42c81f06"] as const;

interface Kind {
  /** Of its recipe. */
  heading: string;
  command: string[];
  /** Query for what was applied to the database. */
  applied: string;
  /** What that is after the older version's migrations, and after the newer one's. */
  old: string;
  new: string;
}

const KINDS: Record<Tool, Kind> = {
  alembic: {
    heading: "alembic",
    command: ["python3", "shop.py"],
    applied: "SELECT version_num FROM alembic_version",
    old: ALEMBIC[0],
    new: ALEMBIC[1],
  },
  django: {
    heading: "Django",
    command: ["python3", "manage.py", "runserver", "--noreload", "0.0.0.0:8000"],
    applied: "SELECT string_agg(app || '.' || name, ' ' ORDER BY app, name) FROM django_migrations",
    old: "visits.0001_initial",
    new: "notes.0001_initial visits.0001_initial visits.0002_visit_path",
  },
  goose: {
    heading: "A Go program with its migrations embedded",
    command: ["/shop", "serve"],
    applied: "SELECT max(version_id) FROM goose_db_version",
    old: "1",
    new: "2",
  },
  psql: {
    heading: "SQL files and psql",
    command: ["python3", "shop.py"],
    applied: "SELECT max(version) FROM migrations",
    old: "0001",
    new: "0002",
  },
};

const BACKUP = recipeOf("A backup that is restored");

const specOf = (tool: Tool): ApplicationSpec => ({
  name: `migrates-${tool}`,
  image: `${REGISTRY}/${tool}`,
  domain: `http://migrates-${tool}.example.test`,
  database: `${REGISTRY}/postgres:15`,
  services: {
    web: {
      command: KINDS[tool].command,
      port: 8000,
      health: { path: "/health", interval: "100ms", successes: 2 },
      volumes: ["./backups:/backups"],
      strategy: "rolling",
      drain: "0s",
      stopGrace: "1s",
    },
  },
  hold: "2m",
  verification: { version: "/version", checks: ["/visits"] },
  ...recipeOf(KINDS[tool].heading),
  ...(tool === "psql" && BACKUP),
});

/** An application on one tool, and where its deployments led, step by step. */
class Migrating extends Deployment {
  readonly tool: Tool;
  readonly after: Record<string, string> = {};
  readonly releases: Record<string, string> = {};
  readonly said: Record<string, string> = {};
  seenBetween: Record<string, unknown> = {};

  constructor(tool: Tool) {
    super(["alembic", "goose"].includes(tool) ? target : second, specOf(tool));
    this.tool = tool;
  }

  /** Deploys a version, with a setting of its own, and remembers what serves then, on which schema. */
  async step(name: string, version: string, code = 0, environment: Record<string, string> = { STEP: name }) {
    const settings = { version, environment };
    const release = await this.release(version, { settings, secrets: { DATABASE_PASSWORD: "pass/word" } });
    const { code: ended, stdout, stderr } = await this.deploy(release);
    this.said[name] = stdout + stderr;
    if (ended !== code) throw new Error(`${this.tool}: ${name} ended with ${ended}:\n${this.said[name]}`);
    this.releases[name] = release.id;
    this.after[name] = await this.state();
    return release;
  }

  /** Without Pulumi, to what ran after another step. */
  async rollBack(name: string, to: string): Promise<void> {
    const command = `/opt/slipway/bin/slipway rollback ${this.application} ${this.releases[to]}`;
    expectOk(await this.target.exec(command, { timeoutSeconds: 180 }));
    this.after[name] = await this.state();
  }

  /** Runs `down` of a release once more. */
  async takeBackAgain(release: string): Promise<void> {
    const { down, revision } = this.migration;
    const compose = `docker compose --project-name ${this.application} --file /opt/${this.application}/releases`;
    const run = (id: string, words: string[]): Promise<string> =>
      this.target.ask(`${compose}/${id}/compose.yaml run --rm --no-deps -T web ${words.map(quote).join(" ")}`);
    const told = (await run(this.releases.first!, revision!)).split(/\s/)[0]!;
    await run(
      release,
      down!.map((word) => word.replace("{revision}", told)),
    );
    this.after["taken back again"] = await this.state();
  }

  /** Such as "1.0.0 on 0001"; it needs that schema to count a visit. */
  async state(): Promise<string> {
    const filter = ["project", "service"].map(
      (key, index) => `--filter label=com.docker.compose.${key}=${[this.application, "db"][index]}`,
    );
    const query = `psql --username app --no-align --tuples-only --command ${quote(KINDS[this.tool].applied)}`;
    const [version, visits, applied] = await Promise.all([
      askHost(this.target, this.domain, "/version"),
      askHost(this.target, this.domain, "/visits"),
      this.target.ask(`docker exec $(docker ps --quiet ${filter.join(" ")}) ${query}`),
    ]);
    return visits.status === 200 ? `${version.body} on ${applied.trim()}` : `${version.body} fails: ${visits.body}`;
  }

  get migration(): MigrationSpec {
    return this.spec.migration as MigrationSpec;
  }
}

const WRONG = { PRETENDS: "9.9.9" };

/** What serves after each step is in `after`; only the steps between the first and the newer one are not the same for all. */
async function life(one: Migrating): Promise<void> {
  await one.step("first", OLD);
  await (BETWEEN[one.tool] ?? failedAndTakenBack)(one);
  const { id } = await one.step("newer", NEW);
  await one.rollBack("rollback", "first");
  await one.takeBackAgain(id);
}

async function failedAndTakenBack(one: Migrating): Promise<void> {
  await one.step("newer, which fails its verification", NEW, 1, WRONG);
  await one.step("older with other settings", OLD);
}

const BETWEEN: Partial<Record<Tool, (one: Migrating) => Promise<void>>> = {
  alembic: async (one) => {
    const { spec } = one;
    one.spec = { ...spec, migration: one.migration.up };
    await failedAndTakenBack(one);
    one.seenBetween = await one.seen();
    one.spec = spec;
  },
  psql: async (one) => {
    one.spec = { ...one.spec, migration: { ...one.migration, compatible: false } };
    await one.step("incompatible, which fails its verification", NEW, 1, WRONG);
  },
};

/** What holds of an application on each of these tools, all at the same time. */
export function migrationTools(tools: readonly Tool[]): void {
  const all = tools.map((tool) => new Migrating(tool));
  const lifeOf = (tool: Tool): Migrating => all.find((one) => one.tool === tool)!;

  beforeAll(async () => {
    await Promise.all([ready(...all), ensureToolImages(tools)]);
    const lives = await Promise.allSettled(all.map(life));
    const errors = lives.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : []));
    if (errors.length > 0) throw new Error(errors.join("\n\n"));
  });
  afterAll(() => Promise.all(all.map((one) => one.end())));

  describe.each(tools)("a migration by %s", (tool) => {
    const { after } = lifeOf(tool);
    const { old, new: newer } = KINDS[tool];

    test("comes before the version that needs it", () =>
      expect([after.first, after.newer]).toEqual([`${OLD} on ${old}`, `${NEW} on ${newer}`]));

    test("is taken back by a rollback by hand", () => expect(after.rollback).toBe(`${OLD} on ${old}`));

    test("is taken back a second time without harm, as after one that failed before it changed anything", () =>
      expect(after["taken back again"]).toBe(`${OLD} on ${old}`));
  });

  describe.each(tools.filter((tool) => !BETWEEN[tool]))(
    "a migration by %s of a version that fails its verification",
    (tool) => {
      const { after } = lifeOf(tool);
      const { old, new: newer } = KINDS[tool];

      test("stays, and the older version works with it", () =>
        expect(after["newer, which fails its verification"]).toBe(`${OLD} on ${newer}`));

      test("is taken back when the older version is deployed with other settings", () =>
        expect(after["older with other settings"]).toBe(`${OLD} on ${old}`));
    },
  );

  if (tools.includes("alembic"))
    test("a migration by alembic that nothing takes back stays, as the older version's deployment and inspect say", () => {
      const { after, releases, said, seenBetween } = lifeOf("alembic");
      const newer = releases["newer, which fails its verification"];
      expect(after["older with other settings"]).toBe(`${OLD} on ${ALEMBIC[1]}`);
      expect(said["older with other settings"]).toContain(
        `what newer migrations changed stays, as nothing takes it back (migration.down): release ${newer} (${NEW})`,
      );
      expect(seenBetween.migrations).toEqual({
        applied: [expect.objectContaining({ version: OLD }), { release: newer, version: NEW }],
      });
    });

  if (tools.includes("psql"))
    test("a migration by psql that the older version does not work with is undone from its backup, and can be made again", () => {
      const { after } = lifeOf("psql");
      expect([after["incompatible, which fails its verification"], after.newer]).toEqual([
        `${OLD} on 0001`,
        `${NEW} on 0002`,
      ]);
    });
}
