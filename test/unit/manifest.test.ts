import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { type Given, OTHER_DIGEST, releaseOf, SIMPLEST } from "../fixtures/application.ts";

const manifest = (spec: ApplicationSpec, given?: Given) => JSON.parse(releaseOf(spec, given).files["manifest.json"]!);

it("a manifest holds what the host's scripts need: times in seconds, the observation in milliseconds", () => {
  const spec: ApplicationSpec = {
    ...SIMPLEST,
    services: { web: { port: 8000, health: { path: "/up", interval: "250ms", timeout: "1m" }, drain: "1500ms" } },
    migration: ["m"],
    observe: "1s",
    verification: { checks: ["/"] },
  };
  expect(manifest(spec)).toEqual({
    application: "shop",
    environment: "dev",
    release: releaseOf(spec).id,
    version: "1.4.0",
    images: [`ghcr.io/anna/shop@sha256:${"ab".repeat(32)}`],
    accessories: [],
    mounted: [],
    pins: {},
    secrets: [],
    accessoriesHash: expect.stringMatching(/^[0-9a-f]{12}$/),
    services: [
      {
        name: "web",
        strategy: "rolling",
        replicas: 1,
        port: 8000,
        upstream: "shop.web",
        health: { path: "/up", port: 8000, interval: 0.25, successes: 3, timeout: 60 },
        drain: 2,
      },
    ],
    migration: { service: "web", command: ["m"], timeout: 300 },
    route: {
      hold: 30_000,
      sites: [{ scheme: "https", host: "shop.example.com" }],
      services: [{ name: "web", upstream: "shop.web" }],
    },
    verification: { host: "shop.example.com", scheme: "https", checks: [{ path: "/", status: 200 }] },
    observe: 1000,
    preflight: { freeMiB: 512, variables: [], ports: [] },
  });
});

it("a manifest has the ways back of a migration and of a backup, and nothing of what is as usual", () => {
  const spec: ApplicationSpec = {
    ...SIMPLEST,
    migration: { up: ["up"], down: ["to", "{revision}"], revision: ["heads"], compatible: false, timeout: "1m" },
    backup: { command: ["dump"], restore: ["load"] },
  };
  const { migration, backup } = manifest(spec);
  expect(migration).toEqual({
    service: "web",
    command: ["up"],
    timeout: 60,
    down: ["to", "{revision}"],
    revision: ["heads"],
    compatible: false,
  });
  expect(backup).toEqual({ service: "web", command: ["dump"], timeout: 300, restore: ["load"] });
});

it.each([
  ["words alone", ["m"]],
  ["a map of today's form", { command: ["m"] }],
  ["an `up` that is compatible", { up: ["m"], compatible: true }],
])("a manifest is the same for a migration of %s", (_, migration) =>
  expect(releaseOf({ ...SIMPLEST, migration })).toEqual(releaseOf({ ...SIMPLEST, migration: ["m"] })),
);

it("a manifest asks nothing from outside where there is no domain", () =>
  expect(manifest({ ...SIMPLEST, domain: [] })).not.toHaveProperty("verification"));

it("a manifest names the secrets that a verification sends, and tells none", () => {
  const verification = {
    version: "/version",
    headers: { Authorization: { secret: "TOKEN", prefix: "Bearer " } },
    login: { user: "anna", password: { secret: "TOKEN" } },
    command: { command: ["check"], timeout: "1m" },
    certificateWithin: "90s",
  };
  const asked = manifest({ ...SIMPLEST, domain: "*.example.com", verification }, { secrets: { TOKEN: "sesame" } });
  expect(asked.verification).toEqual({
    host: "slipway.example.com",
    scheme: "https",
    version: { path: "/version", equals: "1.4.0" },
    checks: [],
    headers: [{ name: "Authorization", value: "Bearer ", secret: "TOKEN" }],
    login: { user: "anna", secret: "TOKEN" },
    command: { service: "web", command: ["check"], timeout: 60 },
    certificateWithin: 90,
  });
  expect(JSON.stringify(asked)).not.toContain("sesame");
});

it("a manifest has a command also where there is no domain", () =>
  expect(manifest({ ...SIMPLEST, domain: [], verification: { command: ["check"] } }).verification).toEqual({
    checks: [],
    command: { service: "web", command: ["check"], timeout: 300 },
  }));

it("a manifest prepares the volumes of its own services, not their secret files", () => {
  const services = {
    web: { port: 8000, volumes: ["data:/data"], secretFiles: ["KEY"] },
    job: { secretFiles: ["KEY"] },
    search: { image: "meili:1", volumes: ["index:/index"] },
  };
  expect(manifest({ ...SIMPLEST, services }, { secrets: { KEY: "x" } }).mounted).toEqual(["web"]);
});

describe("the accessories' hash", () => {
  const SPEC: ApplicationSpec = {
    ...SIMPLEST,
    database: "postgres:15",
    environment: { A: "1" },
    services: {
      web: { port: 8000, volumes: ["own:/own"] },
      search: { image: "meili:1", environment: { SIZE: "1" }, secrets: ["KEY"], volumes: ["index:/index"] },
    },
  };
  const SECRETS = { DATABASE_PASSWORD: "a", KEY: "b", OTHER: "c" };
  const hash = (spec: Partial<ApplicationSpec> = {}, given: Given = {}) =>
    manifest({ ...SPEC, ...spec }, { secrets: SECRETS, ...given }).accessoriesHash;
  const search = (change: object): Partial<ApplicationSpec> => ({
    services: { ...SPEC.services, search: { ...SPEC.services!.search, ...change } },
  });
  const web = (change: object): Partial<ApplicationSpec> => ({
    services: { ...SPEC.services, web: { ...SPEC.services!.web, ...change } },
  });

  it.each<[string, Partial<ApplicationSpec>, Given?]>([
    ["the application's version", {}, { settings: { version: "2.0.0" } }],
    ["a variable of the application", { environment: { A: "2" } }],
    ["a secret that no accessory gets", {}, { secrets: { ...SECRETS, OTHER: "x" } }],
    ["a further secret", {}, { secrets: { ...SECRETS, MORE: "x" } }],
    ["an own service", web({ memory: "1g", environment: { B: "1" } })],
    ["a volume of an own service", web({ volumes: ["other:/own"] })],
    ["the domain", { domain: "www.example.com" }],
    ["the order of the declaration", { services: { search: SPEC.services!.search!, web: SPEC.services!.web! } }],
  ])("stays after a change of %s", (_, spec, given) => expect(hash(spec, given)).toBe(hash()));

  it.each<[string, Partial<ApplicationSpec>, Given?]>([
    ["its image", {}, { digest: OTHER_DIGEST }],
    ["its environment", search({ environment: { SIZE: "2" } })],
    ["its limits", search({ memory: "1g" })],
    ["its volumes", search({ volumes: ["new:/index"] })],
    ["a secret that it gets", {}, { secrets: { ...SECRETS, KEY: "x" } }],
    ["the database's password", {}, { secrets: { ...SECRETS, DATABASE_PASSWORD: "x" } }],
    ["the number of accessories", { cache: "redis:7" }],
  ])("changes with %s", (_, spec, given) => expect(hash(spec, given)).not.toBe(hash()));

  const COMPOSE =
    "services: {web: {image: 'ghcr.io/anna/shop:1'}, db: {image: 'postgres:15', environment: {S: '${SIZE:-1}', D: '$$KEY'}, networks: [back]}}\nnetworks: {back: {}, front: {}}\n";
  const inFile = (text: string, environment: Record<string, string> = {}) =>
    manifest(
      { name: "shop", image: "ghcr.io/anna/shop", compose: "compose.yaml" },
      { compose: text, settings: { environment } },
    ).accessoriesHash;
  it("follows the variables and networks that an accessory of a Compose file uses", () => {
    const before = inFile(COMPOSE);
    expect(inFile(COMPOSE, { SIZE: "2" })).not.toBe(before);
    expect(inFile(COMPOSE, { KEY: "2" })).toBe(before);
    expect(inFile(COMPOSE.replace("front: {}", "front: {internal: true}"))).toBe(before);
    expect(inFile(COMPOSE.replace("back: {}", "back: {internal: true}"))).not.toBe(before);
  });
  const given = (db: object, more: object = {}, settings: Given["settings"] = {}, secrets = SECRETS) =>
    manifest(
      { name: "shop", image: "ghcr.io/anna/shop", compose: "compose.yaml" },
      {
        settings,
        secrets,
        compose: JSON.stringify({
          services: { web: { image: "ghcr.io/anna/shop:1" }, db: { image: "postgres:15", ...db } },
          ...more,
        }),
      },
    ).accessoriesHash;
  const changed = { ...SECRETS, DATABASE_PASSWORD: "x" };
  it.each<[string, object, object?]>([
    ["a list of its environment", { environment: ["DATABASE_PASSWORD"] }],
    ["a map of its environment", { environment: { DATABASE_PASSWORD: null } }],
    ["the release's variables as a file", { env_file: ".env" }],
    ["a list of such files", { env_file: ["/etc/x.env", { path: "./.env" }] }],
    ["a secret of the Compose file", { secrets: ["s"] }, { secrets: { s: { environment: "DATABASE_PASSWORD" } } }],
    [
      "a config of the Compose file",
      { configs: [{ source: "c", target: "/c" }] },
      { configs: { c: { content: "p=${DATABASE_PASSWORD}" } } },
    ],
  ])("follows the values that come by %s, and not the version", (_, db, more) => {
    const before = given(db, more);
    expect(given(db, more, {}, changed)).not.toBe(before);
    expect(given(db, more, { version: "2.0.0" })).toBe(before);
  });
  it("follows the configs and secrets of a Compose file that an accessory names, and no others", () => {
    const files = (content: string) => ({
      configs: { c: { content }, d: { content: "1" } },
      secrets: { s: { file: `/etc/${content}` } },
    });
    for (const db of [{ configs: ["c"] }, { configs: [{ source: "c" }] }, { secrets: ["s"] }])
      expect(given(db, files("1"))).not.toBe(given(db, files("2")));
    expect(given({ configs: ["d"] }, files("1"))).toBe(given({ configs: ["d"] }, files("2")));
    expect(given({ environment: ["A=1"] }, {}, {}, changed)).toBe(given({ environment: ["A=1"] }));
  });
  it("follows the version where an accessory is given it", () =>
    expect(given({ env_file: ".env", environment: ["VERSION"] }, {}, { version: "2.0.0" })).not.toBe(
      given({ env_file: ".env", environment: ["VERSION"] }),
    ));
  it("follows a volume that is named by a variable", () => {
    const db = { volumes: ["${VOL:-data}:/data"] };
    expect(given(db, { volumes: { data: { labels: ["x"] } } })).not.toBe(given(db, { volumes: { data: {} } }));
  });
});
