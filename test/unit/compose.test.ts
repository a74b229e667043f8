import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { loadCompose } from "../../components/compose/load.ts";
import { activeServices } from "../../components/compose/profiles.ts";
import type { ComposeDocument } from "../../components/compose/schema.ts";
import { readYaml } from "../../components/compose/yaml.ts";
import { planOf, problemsOf, releaseOf, stackOf } from "../fixtures/application.ts";

describe("a Compose file", () => {
  const parsed = (text: string): ComposeDocument => readYaml(text)[0]!.value as ComposeDocument;
  const one = (yaml: string) => parsed(`services:\n  web:\n    ${yaml}\n`).services.web;

  it("keeps anchors, merge keys and extension fields", () => {
    const { services } = parsed(
      "x-base: &base {restart: always, environment: {A: 1}}\nservices:\n  a: {<<: *base, image: x}\n  b: {<<: [*base, {user: '1'}], restart: 'no'}\n",
    );
    expect(services).toEqual({
      a: { restart: "always", environment: { A: 1 }, image: "x" },
      b: { restart: "no", environment: { A: 1 }, user: "1" },
    });
  });

  it.each<[string, unknown]>([
    ["mode: 0440", 0o440],
    ["a: .", "."],
    ["a: -.", "-."],
    ["a: .5", 0.5],
    ["a: 5.", 5],
    ["a: .inf", Number.POSITIVE_INFINITY],
    ["a: 8e12345", "8e12345"],
    ["a: -1e999", "-1e999"],
    ["a: 1_0e2", 1000],
    ["a: 0o17", 15],
    ["a: 1_000", 1000],
    ["a: 0x1F", 31],
    ["a: yes", "yes"],
    ["a: on", "on"],
    ["a: 1:30", "1:30"],
    ["a: 22:22", "22:22"],
    ["a: 1.10", 1.1],
    ["a: true", true],
    ["a: ~", null],
    ["a: 'no'", "no"],
    ["a: 845273645123456789", "845273645123456789"],
    ["a: -9_007_199_254_740_993", "-9007199254740993"],
    ["a: 0xFFFFFFFFFFFFFFFF", "18446744073709551615"],
    ["a: 9007199254740991", 9007199254740991],
    ["a: [0, -1, 1.5e3]", [0, -1, 1500]],
    ["845273645123456789: 1", 1],
  ])("reads %s as Compose does", (yaml, value) => expect(Object.values(one(yaml)!)).toEqual([value]));

  it.each([
    ["services:\n  web: [", /^is not valid YAML: /],
    ["", /^declares no services; a Compose file needs a "services:" with at least one entry$/],
    ["services: {}", /^declares no services/],
    ["services:", /^declares no services/],
    ["- a", /^declares no services/],
    ["services:\n  a: {}\n  a: {}", /^is not valid YAML/],
  ])("%j is refused as a whole", (text, message) =>
    expect(() => loadCompose(["a.yaml"], { readFile: () => text, variables: {} })).toThrow(message),
  );

  it("runs the services of its active profiles", () => {
    const document = { services: { a: {}, b: { profiles: ["x"] }, c: { profiles: [] }, d: { profiles: ["x", "y"] } } };
    expect([activeServices(document, []), activeServices(document, ["y"])]).toEqual([
      ["a", "c"],
      ["a", "c", "d"],
    ]);
  });
});

describe("an application with a Compose file", () => {
  const FILE = `
services:
  web:
    image: ghcr.io/anna/shop:\${VERSION}
    container_name: shop
    build: .
    environment: { GREETING: "\${GREETING:-hi}", PRICE: "5$$" }
    ports: ["127.0.0.1:\${PORT:-8080}:8000", "9100:9100"]
    volumes: ["./data:/data", "/srv/x:/x:ro", "cache:/cache", {type: bind, source: ./conf, target: /c}]
    depends_on: [db]
  db:
    image: postgres:15
    container_name: shop-db
    profiles: [data]
    restart: unless-stopped
    environment: { POSTGRES_PASSWORD: "\${DATABASE_PASSWORD:?}" }
  admin: { image: "adminer:4", profiles: [tools] }
volumes: { cache: {} }
x-note: kept
`;
  const spec: ApplicationSpec = {
    name: "shop",
    image: "ghcr.io/anna/shop",
    compose: "compose.yaml",
    profiles: ["data"],
    services: { web: { port: 8000, strategy: "recreate" } },
  };
  const given = { compose: FILE, secrets: { DATABASE_PASSWORD: "x" } };

  it("runs its image in the settings' version, the others as accessories", () => {
    const { stack, imageOf } = planOf(spec, given);
    expect([stack.services.map(({ name }) => name), stack.accessories, imageOf]).toEqual([
      ["web"],
      ["db"],
      { web: "ghcr.io/anna/shop:1.4.0", db: "docker.io/library/postgres:15" },
    ]);
    expect(stack.preflight.ports).toEqual([9100]);
  });

  it("keeps the file but for what a rollout needs", () => {
    expect(parse(releaseOf(spec, given).files["compose.yaml"]!)).toEqual({
      name: "shop",
      services: {
        web: {
          image: `ghcr.io/anna/shop@sha256:${"ab".repeat(32)}`,
          restart: "always",
          logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
          environment: { GREETING: "${GREETING:-hi}", PRICE: "5$$" },
          ports: ["9100:9100"],
          depends_on: ["db"],
          volumes: [
            "/opt/shop/data:/data",
            "/srv/x:/x:ro",
            "cache:/cache",
            { type: "bind", source: "/opt/shop/conf", target: "/c" },
          ],
        },
        db: {
          image: `docker.io/library/postgres@sha256:${"ab".repeat(32)}`,
          container_name: "shop-db",
          restart: "unless-stopped",
          logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
          environment: { POSTGRES_PASSWORD: "${DATABASE_PASSWORD:?}" },
        },
      },
      volumes: { cache: {} },
      "x-note": "kept",
    });
  });

  it("finds its traffic's service by the port alone", () => {
    const foreign = { name: "blog", compose: "compose.yaml", services: { web: { port: 80 } } };
    const { stack, images } = planOf(foreign, {
      compose: "services: {web: {image: 'ghost:5'}, db: {image: 'mysql:8'}}",
    });
    expect([
      stack.services.map(({ name }) => name),
      stack.accessories,
      Object.values(images).map(({ own }) => own),
    ]).toEqual([["web"], ["db"], [false, false]]);
  });

  it("says what is missing", () => {
    expect(
      problemsOf(
        { ...spec, services: { web: { port: 8000, strategy: "rolling" }, job: {} } },
        { compose: `${FILE}\nnetworks: {default: {name: "$NET"}}\nsecrets: {s: {file: s.txt}}` },
      ),
    ).toEqual([
      'apps: shop.services.job: "job" is not an active service of compose.yaml; it has web, db',
      expect.stringMatching(
        /^apps: shop\.compose: "\$\{DATABASE_PASSWORD\}" has no value; set slipway:secrets\.shop\.DATABASE_PASSWORD /,
      ),
      expect.stringMatching(/^apps: shop\.compose: "\$\{NET\}" has no value/),
      expect.stringMatching(
        /^apps: shop\.services\.web\.strategy: "rolling" cannot run two containers that publish port 9100/,
      ),
    ]);
    expect(problemsOf(spec, { compose: "services: [" })).toEqual([
      expect.stringMatching(/^apps: shop\.compose: "compose\.yaml" is not valid YAML/),
    ]);
  });

  it("keeps numbers that JavaScript has no room for", () => {
    const files = releaseOf(spec, {
      ...given,
      compose: FILE.replace("PRICE:", "ID: 845273645123456789, PRICE:"),
    }).files;
    expect(files["compose.yaml"]).toContain('ID: "845273645123456789"\n');
  });

  it("keeps its own word on restarts and logs, and pulls nothing by itself", () => {
    const compose =
      "services: {web: {image: 'ghcr.io/anna/shop:1', restart: no, pull_policy: always, logging: {driver: journald}}, db: {image: 'postgres:15', restart: 'no'}}";
    const { web, db } = parse(releaseOf(spec, { compose }).files["compose.yaml"]!).services;
    expect([web.restart, db.restart, web.logging]).toEqual(["no", "no", { driver: "journald" }]);
    expect(web).not.toHaveProperty("pull_policy");
  });

  it("gets its secret files mounted, read only", () => {
    const stack = stackOf(
      { ...spec, services: { web: { port: 8000, strategy: "recreate", secretFiles: ["DATABASE_PASSWORD"] } } },
      given,
    );
    expect(stack.secretFiles).toEqual([{ service: "web", name: "DATABASE_PASSWORD", owner: 0 }]);
  });
});
