/** Accessories that need the application's own services, and databases among these. */
import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { migratesOnce } from "../../components/deployment/migrations.ts";
import { planOf, problemsOf, releaseOf } from "../fixtures/application.ts";

const OTHER = `kv@sha256:${"12".repeat(32)}`;
const spec: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  services: { web: { port: 8000 } },
};
const given = (services: object) => {
  const all = Object.entries(services).map(([name, service]) => [name, { image: "ghcr.io/anna/shop", ...service }]);
  return { compose: JSON.stringify({ services: Object.fromEntries(all), volumes: { data: {} } }) };
};
const plan = (services: object, more: Partial<ApplicationSpec> = {}) => planOf({ ...spec, ...more }, given(services));

describe("an accessory that needs one of the application's own services", () => {
  const late = (services: object): string[] => plan({ web: {}, ...services }).stack.late;

  it.each([
    ["by depends_on", { nginx: { image: OTHER, depends_on: ["web"] } }, ["nginx"]],
    ["by links", { agent: { image: OTHER, links: ["web:shop"] } }, ["agent"]],
    [
      "through another accessory",
      { nginx: { image: OTHER, depends_on: ["web"] }, a: { image: OTHER, links: ["nginx"] } },
      ["a", "nginx"],
    ],
    [
      "by its volumes, and through another",
      { a: { image: OTHER, links: ["b"] }, b: { image: OTHER, volumes_from: ["web"] } },
      ["a", "b"],
    ],
    ["not at all", { db: { image: OTHER }, ui: { image: OTHER, depends_on: ["db"] } }, []],
  ])("starts after them: %s", (_, services, names) => expect(late(services)).toEqual(names));

  it("is told of nowhere in the plan, as nothing is lost", () =>
    expect(plan({ web: {}, nginx: { image: OTHER, depends_on: ["web"] } }).warnings).toEqual([]));

  it("is none where it is declared to be one of them", () => {
    const services = { web: { port: 8000 }, nginx: { accessory: false } };
    const { stack, warnings } = plan({ web: {}, nginx: { image: OTHER, depends_on: ["web"] } }, { services });
    expect([stack.late, stack.accessories, warnings]).toEqual([[], [], []]);
    expect(stack.services.map(({ name }) => name)).toEqual(["web", "nginx"]);
  });

  it("is no part of what starts before them", () =>
    expect(
      plan({ web: {}, ui: { image: OTHER, depends_on: ["web"] }, db: { image: OTHER }, seed: { restart: "no" } }).stack
        .start,
    ).toEqual([["db"], ["seed"]]));

  it("is named in the manifest, which says nothing of it where there is none", () => {
    const manifest = (services: object) => JSON.parse(releaseOf(spec, given(services)).files["manifest.json"]);
    const ui = { image: OTHER, depends_on: ["web"] };
    expect(manifest({ web: {}, db: { image: OTHER } })).not.toHaveProperty("late");
    expect(manifest({ web: {}, ui, db: { image: OTHER } })).toMatchObject({ accessories: ["db", "ui"], late: ["ui"] });
  });

  it("starts before them where one of them needs it, and the plan says what it does not wait for", () => {
    const { stack, warnings } = plan({
      web: { depends_on: ["gateway"] },
      gateway: { image: OTHER, depends_on: ["auth"], links: ["auth"] },
      auth: {},
    });
    expect(stack.late).toEqual([]);
    expect(warnings).toEqual([
      `apps: shop.services.gateway.depends_on: "auth" starts after gateway, as web needs gateway; if gateway cannot wait for it by itself, ` +
        "declare services.gateway.accessory: false: then it is one of the application's own services, and starts in their order",
    ]);
  });

  it("starts before them where what runs once needs it", () => {
    const ui = { image: OTHER, depends_on: ["web"] };
    const { stack, warnings } = plan({ web: {}, ui, seed: { restart: "no", depends_on: ["ui"] } });
    expect([stack.late, stack.start]).toEqual([[], [["ui"], ["seed"]]]);
    expect(warnings).toEqual([
      expect.stringMatching(/"web" starts after ui, as seed needs ui; .* let seed do without ui$/),
    ]);
  });

  it("is told to be left behind where it has the network of one of them, which new versions replace", () => {
    const { stack, warnings } = plan({ web: {}, agent: { image: OTHER, network_mode: "service:web" } });
    expect(stack.late).toEqual(["agent"]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^apps: shop\.services\.agent\.network_mode: is that of web, which .* services\.web\.accessory: true/,
      ),
    ]);
  });
});

describe("a database that is one of the application's own services", () => {
  const services = {
    web: { depends_on: ["db"] },
    db: { image: OTHER, volumes: ["data:/data"] },
    worker: { volumes: ["data:/data"] },
  };
  const hints: Partial<ApplicationSpec> = {
    services: { web: { port: 8000 }, db: { accessory: false } },
    migration: { up: ["migrate"], service: "web" },
  };

  it("is migrated on each host, as each has its own", () => {
    expect(migratesOnce(plan(services, hints).stack)).toBe(false);
    expect(migratesOnce(plan({ ...services, web: {} }, hints).stack)).toBe(true);
  });

  it("is told to be none yet when the first migration runs", () => {
    expect(plan(services, hints).warnings).toEqual([
      expect.stringMatching(/^apps: shop\.migration: runs before .* declare services\.db\.accessory: true/),
    ]);
    expect(plan(services, { ...hints, services: { web: { port: 8000 } } }).warnings).toEqual([]);
  });

  it("lets each of several hosts stop for a migration that the version before does not get along with", () => {
    const settings = { hosts: ["a", "b"] };
    const more = { ...spec, ...hints, migration: { up: ["m"], service: "web", compatible: false as const } };
    expect(problemsOf(more, { ...given(services), settings })).toEqual([]);
    expect(problemsOf(more, { ...given({ ...services, web: {} }), settings })).toHaveLength(1);
  });
});
