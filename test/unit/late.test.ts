/** Accessories that need the application's own services, and databases among these. */
import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { migratesOnce } from "../../components/deployment/migrations.ts";
import { planOf, problemsOf } from "../fixtures/application.ts";

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
  const told = (services: object): string[] => plan({ web: {}, ...services }).warnings;

  it.each([
    ["by depends_on", { nginx: { image: OTHER, depends_on: ["web"] } }, "nginx"],
    ["by its network", { agent: { image: OTHER, network_mode: "service:web" } }, "agent"],
    ["by several keys", { agent: { image: OTHER, depends_on: ["web"], links: ["web"] } }, "agent"],
  ])("is told to start before it, and how it would not: %s", (_, services, name) =>
    expect(told(services)).toEqual([
      expect.stringMatching(
        `^apps: shop\\.services\\.${name}\\.depends_on: "web" starts after ${name}, .*declare services\\.${name}\\.accessory: false`,
      ),
    ]),
  );

  it("is told of nothing where it needs none, or is one of them", () => {
    expect(told({ db: { image: OTHER }, ui: { image: OTHER, depends_on: ["db"] } })).toEqual([]);
    const services = { web: { port: 8000 }, nginx: { accessory: false } };
    expect(plan({ web: {}, nginx: { image: OTHER, depends_on: ["web"] } }, { services }).warnings).toEqual([]);
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
