import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { exceptionsOf, imagesOf, unprovenIn } from "../../components/deployment/exceptions.ts";
import { LATER } from "../../components/policies/facts.ts";
import type { InspectedApplication } from "../../components/protocol/inspect.ts";
import { DIGEST, type Given, OTHER_DIGEST, planOf, SIMPLEST } from "../fixtures/application.ts";

const NOTHING = { unproven: {}, unsigned: {} };
const WITH_DATABASE: ApplicationSpec = { ...SIMPLEST, database: "postgres:16" };
const GIVEN: Given = { secrets: { DATABASE_PASSWORD: "planted" } };
const DATA = { service: "db", target: "/var/lib/postgresql/data", name: "shop_db" };

const running = (more: Partial<InspectedApplication> = {}): InspectedApplication => ({
  release: "0123456789ab",
  version: "1.4.0",
  token: "t",
  owner: "o",
  migrations: undefined,
  differences: [],
  underway: null,
  ...more,
});
const exceptions = (spec: ApplicationSpec, host: Partial<InspectedApplication>, given: Given = GIVEN) =>
  exceptionsOf(planOf(spec, given), { "host-1": running(host), "host-2": undefined }, NOTHING);

describe("a deployment", () => {
  it("that only goes on is no exception", () =>
    expect(
      exceptions(WITH_DATABASE, { pins: { "docker.io/library/postgres:16": DIGEST }, data: [DATA], version: "1.3.9" }),
    ).toEqual({}));

  it.each([
    ["1.4.1", { "host-1": "1.4.1 => 1.4.0" }],
    ["2.0.0-rc.1", { "host-1": "2.0.0-rc.1 => 1.4.0" }],
    ["1.4.0", undefined],
    ["sha-3f2c1ab", undefined],
    ["", undefined],
  ])("after %s is a downgrade: %j", (version, downgrade) =>
    expect(exceptions(SIMPLEST, { version }, {}).downgrade).toEqual(downgrade),
  );

  it("that takes over is one, as the settings say", () =>
    expect(exceptions(SIMPLEST, {}, { settings: { takeOver: true } })).toEqual({ takeOver: true }));

  it("that may go outside of its window is one, where it has a window", () => {
    const settings = { outsideWindow: "no orders" };
    const window = { days: [1], from: "08:00", until: "17:00" };
    expect(exceptions({ ...SIMPLEST, preflight: { window } }, {}, { settings })).toEqual(settings);
    expect(exceptions(SIMPLEST, {}, { settings })).toEqual({});
  });

  it.each<[string, Partial<typeof DATA>, Record<string, string> | undefined]>([
    ["the same", {}, undefined],
    ["another name", { name: "shop_old" }, { "db /var/lib/postgresql/data": "shop_old" }],
    ["another service that has it now", { service: "database" }, undefined],
    [
      "one of a service that is gone",
      { service: "queue", name: "shop_queue" },
      { "queue /var/lib/postgresql/data": "shop_queue" },
    ],
  ])("after a release that wrote to %s says which volumes go: %j", (_, data, volumesGone) =>
    expect(exceptions(WITH_DATABASE, { data: [{ ...DATA, ...data }] }).volumesGone).toEqual(volumesGone),
  );

  const keyOf = (tag: string): string => `postgres:${tag}`;
  it.each<[string, string[], boolean]>([
    ["an older major version", [keyOf("15")], true],
    ["a newer one, with more in its tag", [keyOf("17.2-alpine")], true],
    ["the same major version", [keyOf("16.1")], false],
    ["a tag that names no version", [keyOf("15alpine")], true],
    ["another image", ["redis:7"], false],
    ["both", [keyOf("15"), keyOf("16")], true],
    ["what is no reference", ["%%"], false],
  ])("on the data of %s: %j", (_, pins, isOther) => {
    const { databases } = exceptions(WITH_DATABASE, {
      pins: Object.fromEntries(pins.map((reference) => [reference, DIGEST])),
      data: [DATA],
    });
    expect(Object.keys(databases ?? {})).toEqual(isOther ? ["db"] : []);
  });

  it("says of the one that changes alone, where two databases of a kind run", () => {
    const spec: ApplicationSpec = {
      ...SIMPLEST,
      compose: "compose.yaml",
      services: { web: { port: 8000 } },
    };
    const database = (image: string, volume: string) => ({ image, volumes: [`${volume}:/var/lib/postgresql/data`] });
    const services = {
      web: { image: SIMPLEST.image },
      a: database("postgres:15", "a"),
      b: database("postgres:17", "b"),
    };
    const data = ["a", "b"].map((service) => ({ ...DATA, service, name: `shop_${service}` }));
    const { databases } = exceptions(
      spec,
      { pins: { "docker.io/library/postgres:15": DIGEST, "docker.io/library/postgres:16": DIGEST }, data },
      { compose: stringify({ services, volumes: { a: {}, b: {} } }) },
    );
    expect(databases).toEqual({ b: "docker.io/library/postgres:16 => docker.io/library/postgres:17" });
  });

  it.each<[string, string, boolean]>([
    ["pgvector/pgvector:pg15", "pgvector/pgvector:pg16", true],
    ["pgvector/pgvector:0.7.0-pg16", "pgvector/pgvector:0.8.0-pg16", false],
    ["tensorchord/pgvecto-rs:pg14-v0.2.0", "tensorchord/pgvecto-rs:pg16-v0.2.0", true],
    ["timescale/timescaledb:2.14.0-pg15", "timescale/timescaledb:2.14.0-pg16", true],
    ["grafana/grafana:10.4.0", "grafana/grafana:11.0.0", false],
    ["redis:7", "redis:8", false],
  ])("from %s to %s on the same data: %j", (before, after, isOther) => {
    const { databases } = exceptions(
      { ...SIMPLEST, services: { ...SIMPLEST.services, db: { image: after, volumes: ["db:/data"] } } },
      { pins: { [before]: DIGEST }, data: [{ ...DATA, target: "/data" }] },
      {},
    );
    expect(Object.keys(databases ?? {})).toEqual(isOther ? ["db"] : []);
  });

  it("of another major version on a volume of its own is none", () =>
    expect(
      exceptions(WITH_DATABASE, { pins: { "postgres:15": DIGEST }, data: [{ ...DATA, name: "shop_db15" }] }).databases,
    ).toBeUndefined());
});

describe("an image that the earlier environment has to confirm", () => {
  const plan = planOf(WITH_DATABASE, GIVEN);
  const pinned = (own: string) =>
    imagesOf(plan, { "ghcr.io/anna/shop:1.4.0": own, "postgres:16": `postgres@${DIGEST}` });
  const IMAGE = `ghcr.io/anna/shop@${DIGEST}`;

  it.each<[string, string, string[] | undefined, Record<string, string>]>([
    ["was confirmed", IMAGE, [IMAGE], {}],
    ["is another one", IMAGE, [`ghcr.io/anna/shop@${OTHER_DIGEST}`], { web: "staging has not confirmed this image" }],
    ["is not known yet", LATER, [IMAGE], { web: LATER }],
    ["cannot be compared", IMAGE, undefined, { web: "what staging has confirmed is not known" }],
  ])("%s", (_, image, confirmed, expected) =>
    expect(unprovenIn(plan, pinned(image), { name: "staging", confirmed })).toEqual(expected),
  );
});
