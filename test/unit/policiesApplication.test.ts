import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { ApplicationFacts, Exceptions, HostFacts } from "../../components/policies/facts.ts";
import { judge, placeOf } from "../../components/policies/judge.ts";
import { RULES } from "../../components/policies/rules.ts";
import type { Given } from "../fixtures/application.ts";
import { brought, factsOf, foundBy, NOW, SOUND, SOUND_SPEC, verdictsOf } from "../fixtures/facts.ts";

describe("the rule about health checks", () => {
  const WITHOUT = ["apps: shop.services.web: takes traffic without a health check"];
  const hint = { port: 8000 };
  const found = (keys: object, own: object = hint) => {
    const [spec, given] = brought(keys as Record<string, unknown>);
    return foundBy("health-check", factsOf({ ...spec, services: { web: own } }, given));
  };

  it.each<[string, object, object?]>([
    ["no check", {}],
    ["one that is off", { healthcheck: { disable: true } }],
    ["one that asks nothing", { healthcheck: { test: ["NONE"] } }],
  ])("finds a service that takes traffic with %s", (_, keys) => expect(found(keys)).toEqual(WITHOUT));

  it.each<[string, object, object]>([
    ["a path", {}, { port: 8000, health: "/health" }],
    ["a command", { healthcheck: { test: ["CMD", "x"] } }, hint],
    ["a command as a text", { healthcheck: { test: "x" } }, hint],
  ])("finds nothing in a service with %s", (_, keys, own) => expect(found(keys, own)).toEqual([]));

  it("finds nothing in a service that takes no traffic", () => {
    const services = { ...SOUND_SPEC.services, worker: { command: ["work"] } };
    expect(foundBy("health-check", factsOf({ ...SOUND_SPEC, services }))).toEqual([]);
  });
});

describe("the rule about verification", () => {
  const found = (verification: ApplicationSpec["verification"], more: object = {}) =>
    foundBy("verification", factsOf({ ...SOUND_SPEC, verification: verification!, ...more }));

  it("finds an application with a domain that asks nothing of a new version", () =>
    expect(found({})).toEqual(["apps: shop: verification: nothing is asked of a new version"]));

  it.each<[string, ApplicationSpec["verification"]]>([
    ["a version", { version: "/version" }],
    ["checks", { checks: ["/"] }],
    ["a response time", { responseTime: { path: "/", milliseconds: 100 } }],
    ["a command", { command: ["check"] }],
  ])("finds nothing where %s is asked", (_, verification) => expect(found(verification)).toEqual([]));

  it("finds nothing in an application without a domain", () => {
    const { domain: _, verification: __, ...spec } = SOUND_SPEC;
    expect(foundBy("verification", factsOf({ ...spec, services: { web: {} } }))).toEqual([]);
  });
});

describe("the rule about backups", () => {
  const { backup: _, ...spec } = SOUND_SPEC;
  const without = "and the application has no backup";
  const ofCompose = (services: object, rest: object = {}): [ApplicationSpec, Given] => [
    { ...spec, compose: "compose.yaml" },
    { compose: stringify({ services: { web: SOUND, ...services }, ...rest }) },
  ];

  it.each<[string, ApplicationSpec, Given | undefined, string[]]>([
    [
      "a database that is declared",
      { ...spec, database: "postgres:15" },
      { secrets: { DATABASE_PASSWORD: "x" } },
      [`apps: shop.services.db: volumes: keeps data at /var/lib/postgresql/data, ${without}`],
    ],
    [
      "a database without a volume",
      ...ofCompose({ db: { image: "ghcr.io/x/postgres-ha:15" } }),
      [`apps: shop.services.db: image: ghcr.io/x/postgres-ha:15 is a database, ${without}`],
    ],
    [
      "a volume that is written to",
      ...ofCompose({ files: { image: "x/y:1", volumes: ["data:/data"] } }, { volumes: { data: {} } }),
      [`apps: shop.services.files: volumes: keeps data at /data, ${without}`],
    ],
    [
      "a folder that is written to",
      ...ofCompose({ files: { image: "x/y:1", volumes: [{ type: "bind", source: "./d", target: "/d" }] } }),
      [`apps: shop.services.files: volumes: keeps data at /d, ${without}`],
    ],
  ])("finds %s", (_, declaration, given, expected) =>
    expect(foundBy("backup", factsOf(declaration, given))).toEqual(expected),
  );

  it.each<[string, ApplicationSpec, Given?]>([
    ["a cache", { ...spec, cache: "redis:7" }],
    [
      "a volume that is only read",
      ...ofCompose({ files: { image: "x/y:1", volumes: ["data:/d:ro"] } }, { volumes: { data: {} } }),
    ],
    [
      "what is gone with the container",
      ...ofCompose({
        files: { image: "x/y:1", tmpfs: ["/t"], volumes: ["/anonymous", { type: "tmpfs", target: "/u" }] },
      }),
    ],
    [
      "a secret's file",
      { ...spec, services: { web: { port: 8000, health: "/health", secretFiles: ["KEY"] } } },
      { secrets: { KEY: "k" } },
    ],
    [
      "an application with a backup",
      { ...SOUND_SPEC, database: "postgres:15" },
      { secrets: { DATABASE_PASSWORD: "x" } },
    ],
  ])("finds nothing in %s", (_, declaration, given) =>
    expect(foundBy("backup", factsOf(declaration, given))).toEqual([]),
  );

  describe("where backups are declared", () => {
    const services = { web: { port: 8000, health: "/health", volumes: ["uploads:/up/", "notes:/notes"] } };
    const given: Given = { secrets: { DATABASE_PASSWORD: "x" }, destinations: ["nas"] };
    const found = (backups: ApplicationSpec["backups"]) =>
      foundBy("backup", factsOf({ ...spec, services, database: "postgres:15", backups: backups! }, given));
    const orders = { what: "postgres", service: "db", check: "select 1" } as const;
    const notes = { what: "sqlite", file: "/notes/a.db", check: "select 1" } as const;

    it("finds what none of them has", () =>
      expect(found({ orders, notes })).toEqual([
        "apps: shop.services.web: volumes: keeps data at /up/, and no backup has it",
      ]));

    it("finds nothing where each has its own", () =>
      expect(found({ orders, notes, uploads: { what: "volume", volume: "uploads", check: ["true"] } })).toEqual([]));
  });
});

describe("the rule about trying a backup", () => {
  const found = (backup: ApplicationSpec["backup"]) =>
    foundBy("backup-drill", factsOf({ ...SOUND_SPEC, backup: backup! }));

  it("finds one that cannot be put back", () =>
    expect(found({ command: ["dump"] })).toEqual([
      "apps: shop: backup has no restore: nobody can try whether it can be put back",
    ]));

  it("finds nothing in one that can, and where there is none", () => {
    const { backup: _, ...spec } = SOUND_SPEC;
    expect(found({ command: ["dump"], restore: ["load"] })).toEqual([]);
    expect(foundBy("backup-drill", factsOf(spec))).toEqual([]);
  });

  it("finds nothing where drills do that by a schedule", () => {
    const backups = { what: "postgres", service: "db", check: "select 1" } as const;
    const given: Given = { secrets: { DATABASE_PASSWORD: "x" }, destinations: ["nas"] };
    const declared = { ...SOUND_SPEC, database: "postgres:15", backup: { command: ["dump"] }, backups };
    expect(foundBy("backup-drill", factsOf(declared, given))).toEqual([]);
  });
});

describe("a rule about the deployment", () => {
  const facts = (exceptions: Exceptions): ApplicationFacts => factsOf(SOUND_SPEC, {}, { exceptions });

  it.each<[string, Exceptions, string]>([
    [
      "downgrade",
      { downgrade: { "web-1": "1.4.0 => 1.3.0" } },
      "apps: shop: version: 1.4.0 => 1.3.0 goes back on web-1",
    ],
    [
      "volume-gone",
      { volumesGone: { "web /data": "shop_data" } },
      "apps: shop: volumes: shop_data is mounted no more (web /data)",
    ],
    [
      "database-version",
      { databases: { db: "postgres:15 => postgres:16" } },
      "apps: shop.services.db: image: another major version on the same data: postgres:15 => postgres:16",
    ],
    [
      "unproven-image",
      { unproven: { web: "staging has not confirmed it" } },
      "apps: shop.services.web: image: staging has not confirmed it",
    ],
  ])("%s finds %j, and says what it needs to know", (id, exceptions, expected) => {
    expect(foundBy(id, facts(exceptions))).toEqual([expected]);
    expect(foundBy(id, facts({}))).toEqual([]);
    expect(RULES.find((rule) => rule.id === id)).toHaveProperty("needs");
  });

  it.each<[string, Exceptions, string]>([
    [
      "unsigned-image",
      { unsigned: { web: "cosign ended with 1" } },
      "apps: shop.services.web: its image is not signed as declared: cosign ended with 1",
    ],
    [
      "takeover",
      { takeOver: true },
      "apps: shop: takeOver: the settings let it be taken over from another project or stack",
    ],
  ])("%s finds %j", (id, exceptions, expected) => {
    expect(foundBy(id, facts(exceptions))).toEqual([expected]);
    expect(foundBy(id, facts({}))).toEqual([]);
  });

  it.each([
    [2, 0, ["apps: shop: confirmWithin: 2 hosts do not wait for each other"]],
    [2, 60_000, []],
    [1, 0, []],
  ])("about confirmation, with %i hosts and %i ms", (hosts, confirmWithin, expected) =>
    expect(foundBy("unconfirmed-hosts", { ...facts({}), hosts, confirmWithin })).toEqual(expected),
  );

  // 2026-06-10 is a Wednesday.
  it.each<[string, number[], string, string, string | undefined]>([
    ["2026-06-10T08:00:00Z", [3], "08:00", "17:00", undefined],
    ["2026-06-10T16:59:59Z", [1, 2, 3], "08:00", "17:00", undefined],
    ["2026-06-14T23:59:00Z", [7], "00:00", "24:00", undefined],
    ["2026-06-10T17:00:00Z", [3], "08:00", "17:00", "days 3 from 08:00 to 17:00 UTC, and now is day 3, 17:00"],
    ["2026-06-10T07:59:59Z", [3], "08:00", "17:00", "days 3 from 08:00 to 17:00 UTC, and now is day 3, 07:59"],
    ["2026-06-14T12:00:00Z", [1, 6], "08:00", "17:00", "days 1, 6 from 08:00 to 17:00 UTC, and now is day 7, 12:00"],
  ])("about the window, at %s with days %j from %s to %s", (now, days, from, until, expected) => {
    const spec = { ...SOUND_SPEC, preflight: { window: { days, from, until } } };
    const found = foundBy("deployment-window", factsOf(spec), {}, new Date(now));
    expect(found).toEqual(expected === undefined ? [] : [`apps: shop: preflight.window: ${expected}`]);
  });

  it("about the window in another time zone, over midnight, and with the reason to go outside of it", () => {
    const window = { days: [5], from: "22:00", until: "04:00", timeZone: "Europe/Berlin" };
    const found = (now: string, exceptions: object = {}) =>
      foundBy(
        "deployment-window",
        factsOf({ ...SOUND_SPEC, preflight: { window } }, {}, { exceptions }),
        {},
        new Date(now),
      );
    expect(found("2026-06-12T20:00:00Z")).toEqual([]);
    expect(found("2026-06-13T01:59:00Z", { outsideWindow: "no orders" })).toEqual([]);
    const closed = "apps: shop: preflight.window: days 5 from 22:00 to 04:00 Europe/Berlin, and now is day 6, 04:00";
    expect(found("2026-06-13T02:00:00Z")).toEqual([closed]);
    expect(found("2026-06-13T02:00:00Z", { outsideWindow: "no orders" })).toEqual([
      `${closed}; it is deployed all the same: no orders`,
    ]);
  });

  it("finds nothing in an application without a window", () =>
    expect(foundBy("deployment-window", facts({}))).toEqual([]));
});

describe("the rule about host keys", () => {
  const host = (unchecked: HostFacts["unchecked"]): HostFacts => ({
    subject: "host",
    name: "web-1",
    protected: true,
    exemptions: {},
    unchecked,
  });

  it("finds each connection of which the machine is not checked", () =>
    expect(foundBy("host-key", host({ itself: true, bastion: true }))).toEqual([
      "slipway:hosts.web-1: insecureIgnoreHostKey: the machine may be any other",
      "slipway:hosts.web-1: bastion.insecureIgnoreHostKey: the machine between may be any other",
    ]));

  it("finds nothing where all are", () => expect(foundBy("host-key", host({}))).toEqual([]));

  it("is the only one about a host", () => {
    const found = Object.entries(verdictsOf(host({ itself: true }))).filter(([, { findings }]) => findings.length > 0);
    expect(found.map(([id]) => id)).toEqual(["host-key"]);
    expect(placeOf(host({}))).toBe("slipway:hosts.web-1");
  });
});

describe("an application whose release cannot be rendered", () => {
  it("has findings of its circumstances alone", () => {
    const { review: _, ...facts } = factsOf(SOUND_SPEC, {}, { exceptions: { takeOver: true } });
    const found = RULES.flatMap((rule) => judge(rule, facts, {}, NOW).findings);
    expect(found.map(({ rule }) => rule)).toEqual(["takeover"]);
  });
});
