import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ServiceSpec } from "../../components/application/declaration.ts";
import { DIGEST, releaseOf, SIMPLEST } from "../fixtures/application.ts";

const service = (own: ServiceSpec, secrets: Record<string, string> = {}) =>
  parse(releaseOf({ ...SIMPLEST, services: { web: { port: 8000, ...own } } }, { secrets }).files["compose.yaml"]!)
    .services.web;

it("the simplest application is this Compose file", () => {
  expect(releaseOf(SIMPLEST).files["compose.yaml"]).toBe(`name: "shop"
services:
  web:
    cap_drop:
      - "ALL"
    environment: {}
    expose:
      - "8000"
    image: "ghcr.io/anna/shop@${DIGEST}"
    init: true
    logging:
      driver: "json-file"
      options:
        max-file: "3"
        max-size: "10m"
    mem_limit: "512m"
    pids_limit: 512
    restart: "always"
    security_opt:
      - "no-new-privileges:true"
    user: "10001:10001"
`);
});

describe("a declared service", () => {
  it("takes its own limits, commands, volumes and ports", () => {
    expect(
      service({
        command: ["run", "$x"],
        memory: "1g",
        cpus: 0.5,
        stopGrace: "30s",
        publish: ["9000:9000", "8000:8000"],
        volumes: ["data:/data", "./up:/up"],
        strategy: "recreate",
        health: { command: ["ok", "$y"] },
      }),
    ).toMatchObject({
      command: ["run", "$$x"],
      mem_limit: "1g",
      cpus: 0.5,
      stop_grace_period: "30s",
      ports: ["9000:9000"],
      volumes: ["data:/data", "/opt/shop/up:/up"],
      healthcheck: { test: ["CMD", "ok", "$$y"], interval: "30s", timeout: "5s", retries: 3 },
    });
  });

  it("declares the volumes that it names, not the folders", () =>
    expect(
      parse(
        releaseOf({ ...SIMPLEST, services: { web: { port: 1, volumes: ["data:/data", "./up:/up", "/srv:/srv"] } } })
          .files["compose.yaml"]!,
      ).volumes,
    ).toEqual({ data: {} }));

  it("keeps the image's user only when told so, and then its capabilities", () => {
    expect(service({ user: "1000" })).toMatchObject({ user: "1000", cap_drop: ["ALL"] });
    expect(service({ user: "image" })).not.toHaveProperty("user");
    expect(service({ user: "image" })).not.toHaveProperty("cap_drop");
    expect(service({ user: "image" }).security_opt).toEqual(["no-new-privileges:true"]);
  });

  it("names its secrets and never shows them; values of its own are literal", () => {
    const web = service({ environment: { B: "own $value" } }, { A: "hidden-a" });
    expect(web.environment).toEqual({ A: "${A}", B: "own $$value" });
    expect(service({ secrets: ["B"] }, { A: "hidden-a", B: "hidden-b" }).environment).toEqual({ B: "${B}" });
  });

  it("reaches the cache that a secret names", () =>
    expect(
      parse(
        releaseOf({ ...SIMPLEST, cache: "redis:7" }, { secrets: { REDIS_URL: "redis://elsewhere" } }).files[
          "compose.yaml"
        ]!,
      ).services.web.environment,
    ).toEqual({ REDIS_URL: "${REDIS_URL}" }));

  it("has the last word by `compose`, and the application by `transform`", () => {
    expect(service({ compose: { read_only: true, restart: "no" } })).toMatchObject({ read_only: true, restart: "no" });
    const files = releaseOf({
      ...SIMPLEST,
      transform: { compose: (document) => ({ ...document, "x-mine": 1 }), route: (route) => ({ ...route, hold: 1 }) },
    }).files;
    expect(parse(files["compose.yaml"]!)["x-mine"]).toBe(1);
    expect(JSON.parse(files["manifest.json"]).route.hold).toBe(1);
  });
});

it("database and cache come with health, limits, a volume, and the variables to reach them", () => {
  const files = releaseOf(
    { ...SIMPLEST, database: "postgres:15", cache: "redis:7" },
    { secrets: { DATABASE_PASSWORD: "p@ss/:w" } },
  ).files;
  const { services, volumes } = parse(files["compose.yaml"]!);
  expect(Object.keys(services)).toEqual(["cache", "db", "web"]);
  expect(volumes).toEqual({ cache: {}, db: {} });
  expect(services.db).toMatchObject({
    image: `docker.io/library/postgres@${DIGEST}`,
    environment: { POSTGRES_DB: "app", POSTGRES_PASSWORD: "${DATABASE_PASSWORD}", POSTGRES_USER: "app" },
    mem_limit: "1g",
    restart: "always",
    security_opt: ["no-new-privileges:true"],
  });
  expect(services.cache).toMatchObject({ volumes: ["cache:/data"], mem_limit: "256m" });
  expect(services.web).toMatchObject({
    depends_on: { db: { condition: "service_healthy" }, cache: { condition: "service_healthy" } },
    environment: { DATABASE_URL: "${DATABASE_URL}", REDIS_URL: "redis://cache:6379" },
  });
  expect(files[".env"]).toBe(
    'DATABASE_PASSWORD="p@ss/:w"\nDATABASE_URL="postgresql://app:p%40ss%2F%3Aw@db:5432/app?sslmode=disable"\nVERSION="1.4.0"\n',
  );
});

it.each([
  "1_000",
  "2001-01-01",
  "yes",
  "0b11",
  "0o17",
  "1:30",
  "<<",
  "=",
  "~",
  "- x",
  "a: b",
  "# c",
  "",
  " ",
  "é\n\t'\"",
])("the value %j stays text for every YAML parser", (value) => {
  const text = releaseOf({ ...SIMPLEST, services: { web: { port: 1, environment: { KEY: value } } } }).files[
    "compose.yaml"
  ]!;
  expect(text).toContain(`      KEY: ${JSON.stringify(value)}\n`);
});
