/** Backups as they are declared: what is refused, what a release and its review say of them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { BackupsSpec } from "../../components/application/backupsSpec.ts";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { manifestSchema } from "../../components/protocol/manifest.ts";
import { receivedManifest } from "../../components/protocol/received.ts";
import { reviewOf } from "../../components/release/review.ts";
import { type Given, planOf, problemsOf, releaseOf, SIMPLEST, stackOf } from "../fixtures/application.ts";

const ORDERS: BackupsSpec = { what: "postgres", service: "db", check: "select count(*) from orders" };
const NOTES: BackupsSpec = { what: "sqlite", file: "/data/sub/app.db", check: { query: "select 1", atLeast: 5 } };
const UPLOADS: BackupsSpec = { what: "volume", volume: "uploads", check: ["test", "-s", "/up/index"] };
const BASE: ApplicationSpec = {
  ...SIMPLEST,
  database: "postgres:15",
  services: { web: { port: 8000, health: "/health", volumes: ["./data:/data", "uploads:/up", "seed:/seed:ro"] } },
};
const GIVEN: Given = { secrets: { DATABASE_PASSWORD: "x" }, destinations: ["nas"] };

const manifestOf = (spec: ApplicationSpec, given: Given = GIVEN) =>
  JSON.parse(releaseOf(spec, given).files["manifest.json"]);
const of = (backups: ApplicationSpec["backups"], more: Partial<ApplicationSpec> = {}) =>
  ({ ...BASE, ...more, ...(backups && { backups }) }) as ApplicationSpec;
const wrong = (more: object, given: Given = GIVEN): string[] =>
  problemsOf(of({ orders: { ...ORDERS, ...more } as BackupsSpec }), given);

describe("backups", () => {
  it("of each kind are in the manifest with what they are checked by, where they go and how many stay", () =>
    expect(manifestOf(of({ orders: ORDERS, notes: NOTES, uploads: UPLOADS })).backups).toEqual({
      orders: {
        what: "postgres",
        service: "db",
        check: { query: "select count(*) from orders" },
        to: "nas",
        keep: { daily: 7, weekly: 4, monthly: 6 },
        timeout: 3600,
      },
      notes: {
        what: "sqlite",
        service: "web",
        mount: "/data",
        file: "sub/app.db",
        check: { query: "select 1", atLeast: 5 },
        to: "nas",
        keep: { daily: 7, weekly: 4, monthly: 6 },
        timeout: 3600,
      },
      uploads: {
        what: "volume",
        service: "web",
        mount: "/up",
        check: { command: ["test", "-s", "/up/index"] },
        to: "nas",
        keep: { daily: 7, weekly: 4, monthly: 6 },
        timeout: 3600,
      },
    }));

  it("that stand alone are called data, and say what differs from the usual", () => {
    const own = { database: "shop", user: "anna", keep: { last: 3 }, timeout: "90s", to: "s3" } as const;
    const { backups } = manifestOf(of({ ...ORDERS, ...own }), { ...GIVEN, destinations: ["nas", "s3"] });
    expect(backups).toMatchObject({
      data: { database: "shop", user: "anna", keep: { last: 3 }, timeout: 90, to: "s3" },
    });
    expect(manifestOf(of({ ...UPLOADS, volume: "/up", live: true })).backups.data).toMatchObject({
      mount: "/up",
      live: true,
    });
  });

  it("are jobs: taken in the night and tried on Sundays, at a minute of their own", () => {
    const { jobs } = manifestOf(of(ORDERS, { jobs: { cleanup: { schedule: "@daily", command: ["clean"] } } }));
    expect(Object.keys(jobs)).toEqual(["cleanup", "backup.data", "drill.data"]);
    expect(jobs["backup.data"]).toMatchObject({ act: "backup", of: "data", timeout: 3600, hours: [3], fixed: true });
    expect(jobs["drill.data"]).toMatchObject({ act: "drill", of: "data", hours: [5], weekdays: [0] });
    expect(jobs["backup.data"]).not.toHaveProperty("service");
    const minutes = ["one", "two", "three", "four"].map(
      (name) => manifestOf(of({ [name]: ORDERS })).jobs[`backup.${name}`].minutes[0],
    );
    expect(new Set(minutes).size).toBeGreaterThan(1);
  });

  it("run by the schedules and the clock that are declared, on each of several hosts", () => {
    const own = { schedule: "0 */6 * * *", drill: "30 4 1 * *", timeZone: "Europe/Berlin" };
    const { jobs } = manifestOf(of({ ...ORDERS, ...own }), { ...GIVEN, settings: { hosts: ["web-1", "web-2"] } });
    expect(jobs["backup.data"]).toMatchObject({
      schedule: "0 */6 * * *",
      hours: [0, 6, 12, 18],
      zone: "Europe/Berlin",
    });
    expect(jobs["drill.data"]).toMatchObject({ days: [1], zone: "Europe/Berlin" });
    expect(jobs["backup.data"]).not.toHaveProperty("host");
  });

  it("are something that hosts take", () => {
    const manifest = manifestOf(of({ orders: ORDERS, notes: NOTES, uploads: UPLOADS }, { migration: ["migrate"] }), {
      ...GIVEN,
      protected: true,
    });
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    expect(receivedManifest.parse(manifest)).toEqual(manifest);
  });

  it("of a database in a mounted folder belong to the mount that is nearest", () => {
    const services = { web: { port: 8000, volumes: ["all:/data", "deep:/data/sub/"] } };
    expect(manifestOf(of(NOTES, { services })).backups.data).toMatchObject({ mount: "/data/sub", file: "app.db" });
  });

  it("change nothing in the release of an application without any", () => {
    expect(manifestOf(of({}))).toEqual(manifestOf(BASE));
    expect(manifestOf(BASE, { ...GIVEN, protected: true })).not.toHaveProperty("proof");
  });

  it("are shown in the plan, with their schedules and without the numbers of those", () => {
    const spec = of(ORDERS);
    const review = reviewOf(stackOf(spec, GIVEN), releaseOf(spec, GIVEN));
    expect(review.backups).toMatchObject({ data: { what: "postgres", to: "nas" } });
    expect(review.jobs).toMatchObject({ "backup.data": { act: "backup" } });
    expect(JSON.stringify(review.jobs)).not.toMatch(/minutes|fixed/);
  });

  it.each<[string, object, string]>([
    ["of nothing that is known", { what: "mysql" }, 'what: "mysql" is nothing that can be backed up; write "postgres"'],
    ["of nothing at all", { what: undefined }, 'what: is missing; write "postgres", "sqlite" or "volume"'],
    ["without a check", { check: undefined }, "check: is missing, and nobody could tell whether a restore"],
    ["with an empty check", { check: " " }, 'check: " " is no query; write a query'],
    ["with a check of nothing", { check: { query: "" } }, 'check.query: "" is no query; write'],
    [
      "that must answer less than nothing",
      { check: { query: "q", atLeast: -1 } },
      "check.atLeast: -1 is no number from 0",
    ],
    ["of no service", { service: undefined }, "service: is missing; name the service that runs the server"],
    ["of another service", { service: "pg" }, 'service: "pg" is not one of its services: web, db'],
    ["of an odd database", { database: "a b" }, 'database: "a b" is no name that Postgres takes'],
    ["by an odd user", { user: "-x" }, 'user: "-x" is no name that Postgres takes'],
    ["at no time", { schedule: "0 2 * *" }, 'schedule: "0 2 * *" is no schedule; write minute, hour'],
    ["tried at no time", { drill: "never" }, 'drill: "never" is no schedule; write'],
    ["in no time zone", { timeZone: "Mars/Base" }, 'timeZone: "Mars/Base" is no time zone; write'],
    ["within no time", { timeout: "soon" }, 'timeout: "soon" is not a time; write'],
    ["within nothing", { timeout: "0s" }, 'timeout: "0s" is not between a second and a year'],
    ["of which none stays", { keep: {} }, "keep: is empty, so that no backup would be kept; write one like"],
    [
      "of which half a one stays",
      { keep: { daily: 0.5 } },
      "keep.daily: 0.5 is no number of backups; write one from 1",
    ],
    ["to another place", { to: "nsa" }, 'to: "nsa" is no destination; slipway:backups has "nas"'],
    [
      "with a key that means nothing",
      { scedule: "1" },
      'scedule: is nothing that can be declared here; did you mean "schedule"?',
    ],
    ["with a key of another kind", { file: "/a" }, "file: is nothing that can be declared here; known: schedule"],
    [
      "with a keep that means nothing",
      { keep: { dayly: 1 } },
      'keep.dayly: is nothing that can be declared here; did you mean "daily"?',
    ],
    ["with a number for a text", { service: 5 }, "service: 5 is a number; write it in quotes"],
  ])("%s are refused", (_, more, problem) => {
    const [only, ...others] = wrong(more);
    expect(only).toContain(`apps: shop.backups.orders.${problem}`);
    expect(others).toEqual([]);
  });

  it.each<[string, BackupsSpec, string]>([
    [
      "SQLite without a file",
      { ...NOTES, file: undefined! },
      "backups.file: is missing; write its path in the container",
    ],
    [
      "a file of no path",
      { ...NOTES, file: "data/app.db" },
      'file: "data/app.db" is no whole path of a file; write one',
    ],
    ["a file that leads up", { ...NOTES, file: "/data/../etc/x" }, "is no whole path of a file"],
    [
      "a file in nothing that stays",
      { ...NOTES, file: "/srv/app.db" },
      'file: "/srv/app.db" does not lie in anything that stays when the container goes; web writes to /data (./data), /up (uploads); mount a volume at its folder, like "data:/srv"',
    ],
    ["a file in what is only read", { ...NOTES, file: "/seed/app.db" }, "does not lie in anything that stays"],
    ["no volume", { ...UPLOADS, volume: undefined! }, "backups.volume: is missing; name the volume"],
    ["another volume", { ...UPLOADS, volume: "up" }, 'volume: "up" is nothing that web writes to; web writes to /data'],
    ["a volume of nothing", { ...UPLOADS, service: "none" }, 'service: "none" is not one of its services'],
    [
      "a volume without a check",
      { ...UPLOADS, check: undefined! },
      "write a command that ends with 0 where it is, like",
    ],
    ["a volume with a query", { ...UPLOADS, check: "select 1" as never }, "backups.check: "],
    ["a check without words", { ...UPLOADS, check: [] }, "backups.check: [] must be words without line breaks"],
  ])("of %s are refused", (_, backups, problem) => {
    const problems = problemsOf(of(backups), GIVEN);
    expect(problems[0]).toContain(problem);
  });

  it("without a destination are refused by the commands that make one, and of several one must be named", () => {
    expect(wrong({}, { ...GIVEN, destinations: [] })).toEqual([
      expect.stringMatching(
        /backups\.orders\.to: is missing, and there is no destination; add one to slipway:backups, like nas: /,
      ),
    ]);
    expect(wrong({}, { ...GIVEN, destinations: ["nas", "s3"] })).toEqual([
      expect.stringContaining('to: is missing, and slipway:backups has several; write "nas" or "s3"'),
    ]);
  });

  it("of no map, or of a name that is none, are refused", () => {
    expect(problemsOf(of("postgres" as never), GIVEN)).toEqual([
      expect.stringContaining('apps: shop.backups: "postgres" is no map; write one like { what: "postgres"'),
    ]);
    expect(problemsOf(of({ orders: [] as never }), GIVEN)).toEqual([
      expect.stringContaining("backups.orders: a list is no map"),
    ]);
    expect(problemsOf(of({ "The orders": ORDERS }), GIVEN)).toEqual([
      expect.stringMatching(/^apps: shop\.backups: "The orders" is not a valid name/),
    ]);
  });
});

it("docs/backups.md shows a declaration that can be used as it stands", () => {
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(readFileSync("docs/backups.md", "utf8"))!;
  const spec = new Function("defineApplication", `return ${shown!.replace("export default ", "")}`)(
    (one: unknown) => one,
  );
  const services = { web: { port: 8000, health: "/health", volumes: ["uploads:/uploads"] } };
  expect(problemsOf({ ...BASE, services, ...spec }, GIVEN)).toEqual([]);
});

it("a job of a name that Slipway itself needs beside backups is refused", () => {
  const jobs = { drill: { schedule: "@daily", command: ["drill"] } };
  expect(problemsOf(of(ORDERS, { jobs }), GIVEN)).toEqual([
    'apps: shop.jobs: "drill" is what Slipway itself does with backups; choose another name, like "drill-files"',
  ]);
  expect(problemsOf(of(undefined, { jobs }), GIVEN)).toEqual([]);
});

describe("the proof that data can be restored", () => {
  const DAY = 86_400_000;
  const proofOf = (proof: unknown, isProtected = false, migration: string[] | undefined = ["migrate"]) => {
    const preflight = proof === undefined ? {} : { preflight: { proof: proof as "7d" } };
    return manifestOf(of(ORDERS, { ...(migration && { migration }), ...preflight }), {
      ...GIVEN,
      protected: isProtected,
    }).proof;
  };

  it("may be a week old in a protected environment, and is not asked for elsewhere", () => {
    expect(proofOf(undefined, true)).toBe((7 * DAY) / 1000);
    expect(proofOf(undefined)).toBeUndefined();
    expect(planOf(BASE, { ...GIVEN, protected: true }).stack.preflight).not.toHaveProperty("proof");
  });

  it("may be as old as is declared, or is not asked for", () => {
    expect(proofOf("2d")).toBe((2 * DAY) / 1000);
    expect(proofOf("36h")).toBe(36 * 3600);
    expect(proofOf(false, true)).toBeUndefined();
  });

  it("is not asked for where nothing migrates, as a backup of now is better than one of last week", () =>
    expect(manifestOf(of(ORDERS), { ...GIVEN, protected: true })).not.toHaveProperty("proof"));

  it.each([["a week"], ["0d"], ["999d"], ["1w"]])("of %s is refused", (proof) =>
    expect(problemsOf(of(ORDERS, { preflight: { proof: proof as "7d" } }), GIVEN)).toEqual([
      expect.stringContaining(`apps: shop.preflight.proof: "${proof}" is no age of a proof; write one like "7d"`),
    ]),
  );

  it("of backups that nobody declares is refused", () =>
    expect(problemsOf(of(undefined, { preflight: { proof: "7d" } }), GIVEN)).toEqual([
      expect.stringContaining('preflight.proof: "7d" asks for a proof that nobody can give'),
    ]));
});
