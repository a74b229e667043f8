import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { ComposeService } from "../../components/compose/serviceSchema.ts";
import { renderRelease } from "../../components/release/render.ts";
import { type Review, reviewOf } from "../../components/release/review.ts";
import { DIGEST, type Given, OTHER_DIGEST, SIMPLEST, stackOf } from "../fixtures/application.ts";
import { DECLARATIONS } from "../fixtures/declarations.ts";

function review(spec: ApplicationSpec, given: Given = {}): any {
  const stack = stackOf(spec, given);
  return reviewOf(stack, renderRelease(stack, spec.transform));
}
/** Leaves by their paths that are not the same in both. */
function changes(before: unknown, after: unknown, path = ""): string[] {
  if (typeof before !== "object" || typeof after !== "object")
    return before === after ? [] : [`${path.slice(1)}: ${before} => ${after}`];
  const names = [...new Set([...Object.keys(before!), ...Object.keys(after!)])].sort();
  return names.flatMap((name) => changes((before as Review)[name], (after as Review)[name], `${path}.${name}`));
}
/** What a change of a declaration shows, without the digests of whole files. */
const shown = (before: [ApplicationSpec, Given?], after: [ApplicationSpec, Given?]): string[] =>
  changes(review(...before), review(...after)).filter((text) => !text.startsWith("files."));
const web = (more: object): ApplicationSpec => ({
  ...SIMPLEST,
  services: { web: { port: 8000, health: "/health", ...more } },
});

describe("the review of a release", () => {
  it("says of a service what it runs, with which rights, what it is given and how it is exchanged", () => {
    const spec = { ...web({ volumes: ["./data:/data", "files:/files:ro"] }), environment: { LEVEL: "info" } };
    const { services, routes } = review(spec, { secrets: { TOKEN: "planted" } });
    expect(services).toEqual({
      web: {
        image: `ghcr.io/anna/shop@${DIGEST}`,
        user: "10001:10001",
        capabilities: { ALL: "dropped" },
        environment: { LEVEL: "info", TOKEN: "secret" },
        mounts: { "/data": "/opt/shop/data", "/files": "files ro" },
        limits: { memory: "512m", pids: 512 },
        networks: { default: true },
        init: true,
        restart: "always",
        security_opt: "no-new-privileges:true",
        rollout: {
          strategy: "recreate",
          replicas: 1,
          port: 8000,
          drain: 10,
          health: { path: "/health", port: 8000, interval: 0.3, successes: 3, timeout: 60 },
        },
      },
    });
    expect(routes).toEqual({ "https://shop.example.com": { "/": "web:8000", holdMilliseconds: 30000 } });
  });

  it.each<[string, [ApplicationSpec, Given?], [ApplicationSpec, Given?], string[]]>([
    ["memory", [web({})], [web({ memory: "1g" })], ["services.web.limits.memory: 512m => 1g"]],
    [
      "image",
      [web({})],
      [web({}), { digest: OTHER_DIGEST }],
      [`services.web.image: ghcr.io/anna/shop@${DIGEST} => ghcr.io/anna/shop@${OTHER_DIGEST}`],
    ],
    ["user", [web({})], [web({ user: "0:0" })], ["services.web.user: 10001:10001 => 0:0"]],
    ["command", [web({})], [web({ command: ["serve", "a b"] })], ['services.web.command: undefined => serve "a b"']],
    ["right", [web({})], [web({ compose: { privileged: true } })], ["services.web.privileged: undefined => true"]],
    [
      "capability",
      [web({})],
      [web({ compose: { cap_add: ["NET_ADMIN"] } })],
      ["services.web.capabilities.NET_ADMIN: undefined => added"],
    ],
    [
      "mount",
      [web({ strategy: "recreate" })],
      [web({ strategy: "recreate", volumes: ["/etc:/etc:ro"] })],
      ["services.web.mounts: undefined => [object Object]"],
    ],
    [
      "port",
      [web({ strategy: "recreate", publish: ["81:81"] })],
      [web({ strategy: "recreate", publish: ["82:81"] })],
      ["preflight.ports: 81 => 82", "services.web.ports.81: 81 => 82"],
    ],
    ["strategy", [web({})], [web({ strategy: "recreate" })], ["services.web.rollout.strategy: rolling => recreate"]],
    [
      "literal",
      [web({ environment: { A: "$1" } })],
      [web({ environment: { A: "$2" } })],
      ["services.web.environment.A: $1 => $2"],
    ],
    [
      "domain",
      [web({})],
      [{ ...web({}), domain: ["shop.example.com", "http://b.example.com"] }],
      ["routes.http://b.example.com: undefined => [object Object]"],
    ],
    [
      "migration",
      [{ ...web({}), migration: ["up", "1"] }],
      [{ ...web({}), migration: ["up", "2"] }],
      ["migration.command: up 1 => up 2"],
    ],
    [
      "way back of a migration",
      [{ ...web({}), migration: ["up"] }],
      [{ ...web({}), migration: { up: ["up"], down: ["to", "{revision}"], revision: ["heads"], compatible: false } }],
      [
        "migration.compatible: undefined => false",
        'migration.down: undefined => to "{revision}"',
        "migration.revision: undefined => heads",
      ],
    ],
    [
      "check",
      [{ ...web({}), verification: { checks: ["/a"] } }],
      [{ ...web({}), verification: { checks: [{ path: "/a", status: 204 }] } }],
      ["verification.checks./a.status: 200 => 204"],
    ],
  ])("names a changed %s, and nothing else", (_, before, after, expected) =>
    expect(shown(before, after)).toEqual(expected),
  );

  it("shows everything that is mounted or published, though two have the same path or port", () => {
    const { services } = review(
      web({
        strategy: "recreate",
        compose: {
          volumes: ["/run/docker.sock:/run/docker.sock", "/cache"],
          ports: ["81:81", "127.0.0.1:82:81", { target: 81, published: "83" }],
          devices: [
            { source: "/dev/a", target: "/x" },
            { source: "/dev/b", target: "/x" },
          ],
        },
      }),
    );
    expect(services.web.mounts).toEqual({ "/run/docker.sock": "/run/docker.sock", "/cache": "anonymous volume" });
    expect(services.web.ports).toEqual({ "81": "81", "81 (2)": "127.0.0.1:82", "81 (3)": { published: "83" } });
    expect(services.web.devices).toEqual({
      "/x": { source: "/dev/a", target: "/x" },
      "/x (2)": { source: "/dev/b", target: "/x" },
    });
  });

  it("says whose logging it is where that is not Slipway's", () => {
    const of = (logging: { driver: string } | undefined) =>
      review({
        ...web({}),
        transform: {
          compose: (document) => ({
            ...document,
            services: { web: { ...document.services.web, logging } as ComposeService },
          }),
        },
      }).services.web.logging;
    expect([of(undefined), of({ driver: "local" })]).toEqual(["of the host", { driver: "local" }]);
    expect(review(web({})).services.web).not.toHaveProperty("logging");
  });

  it("is the same for the same declaration, whatever the order of its keys", () => {
    for (const [spec, given] of Object.values(DECLARATIONS)) {
      const once = review(spec, given);
      expect(review(structuredClone({ ...spec, transform: undefined }) as ApplicationSpec, given).services).toEqual(
        spec.transform ? expect.anything() : once.services,
      );
      expect(JSON.parse(JSON.stringify(once))).toEqual(once);
    }
  });

  it.each(Object.keys(DECLARATIONS))("holds maps and values, no lists, and is small: %s", (name) => {
    const found = review(...DECLARATIONS[name]!);
    const hasList = (value: unknown): boolean =>
      Array.isArray(value) ||
      value === null ||
      (typeof value === "object" && Object.values(value as object).some(hasList));
    expect(hasList(found)).toBe(false);
    expect(JSON.stringify(found).length).toBeLessThan(8000);
  });
});

describe("a secret in a review", () => {
  const SECRET = 'marker/5ecr3t "of" ümlaut$x';
  const URL = `postgres://app:${encodeURIComponent(SECRET)}@db/app`;
  const COMPOSE = `
services:
  app:
    image: ghcr.io/anna/shop
    command: ["run", "--token", "\${TOKEN}", "--plain", '${SECRET.replaceAll("$", "$$$$")}']
    environment:
      - TOKEN
      - URL=https://user:\${TOKEN}@example.com
      - COPY=\${TOKEN:-none}
      - LITERAL=${SECRET.replaceAll("$", "$$$$")}
      - PLAIN=\${PLAIN}
    labels: { auth: "\${TOKEN}", copy: "x \${TOKEN} y", free: "yes" }
    healthcheck: { test: ["CMD", "ask", "\${TOKEN}"] }
    configs: [c]
    extra_hosts: ["\${TOKEN}:127.0.0.1"]
  all:
    image: other:1
    env_file: .env
configs: { c: { file: /etc/c } }
`;
  const spec: ApplicationSpec = {
    name: "shop",
    image: "ghcr.io/anna/shop",
    compose: "compose.yaml",
    services: { app: { secretFiles: ["TOKEN"] } },
    environment: { PLAIN: "plain", COPIED: `see ${URL}` },
    migration: ["migrate", SECRET],
  };
  const found = (): any => review(spec, { compose: COMPOSE, secrets: { TOKEN: SECRET } });

  it("is nowhere in it: variables, interpolated and literal text, files, labels, commands, escaped forms", () => {
    const text = JSON.stringify(found());
    for (const form of [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET), "5ecr3t"])
      expect(text).not.toContain(form);
    expect(text).not.toContain(Buffer.from(SECRET).toString("base64").slice(0, 20));
  });

  it("is told by names, beside what is no secret", () => {
    const { services, secrets } = found();
    expect(services.app.environment).toEqual({
      TOKEN: "secret",
      URL: expect.stringMatching(/^secret:[0-9a-f]{4}$/),
      COPY: "secret",
      LITERAL: "secret",
      PLAIN: "plain",
    });
    expect(services.all.environment).toEqual({
      COPIED: expect.stringMatching(/^secret:/),
      PLAIN: "plain",
      TOKEN: "secret",
      VERSION: "1.4.0",
    });
    expect(services.app.labels.free).toBe("yes");
    expect(services.app.mounts["/run/secrets/TOKEN"]).toBe(secrets.TOKEN);
    expect(secrets).toEqual({ TOKEN: expect.stringMatching(/^secret:[0-9a-f]{4}$/) });
  });

  it("cannot be taken for the word itself, or for a mark", () => {
    const environment = { A: "secret", B: "secret:0a1f", C: "secret:other", D: "a secret" };
    const { web: found } = review({ ...web({ command: ["run", "secret"] }), environment }).services;
    expect(found.environment).toEqual({ ...environment, A: '"secret"', B: '"secret:0a1f"' });
    expect(found.command).toBe('run "\\"secret\\""');
    const known = review({ ...web({ secrets: ["E"] }), environment }, { secrets: { E: "secret" } }).services.web;
    expect(known.environment).toMatchObject({ A: "secret", E: "secret" });
  });

  it("of which somebody wrote the private key itself into the file is called one", () => {
    const key = `-----BEGIN ${"RSA"} PRIVATE KEY-----\n${"MIIE".repeat(100)}`;
    expect(review({ ...web({}), environment: { TLS: key } }).services.web.environment.TLS).toMatch(
      /^a private key, \d+ characters, sha256 [0-9a-f]{12}$/,
    );
  });

  it("that changed shows its name, and no value", () => {
    const spec = web({ secrets: ["TOKEN"] });
    const [before, after] = ["planted-one", "planted-two"].map((TOKEN): [ApplicationSpec, Given] => [
      spec,
      { secrets: { TOKEN, OTHER: "same" } },
    ]);
    expect(shown(before!, after!)).toEqual([
      expect.stringMatching(/^secrets\.TOKEN: secret:[0-9a-f]{4} => secret:[0-9a-f]{4}$/),
    ]);
  });

  it("of another name or application has another mark, though its value is the same", () => {
    const { secrets } = review(SIMPLEST, { secrets: { ONE: "the same", TWO: "the same" } });
    expect(secrets.ONE).not.toBe(secrets.TWO);
    expect(review({ ...SIMPLEST, name: "blog" }, { secrets: { ONE: "the same" } }).secrets.ONE).not.toBe(secrets.ONE);
  });

  it("that is a usual word hides no name of a service, an image or a network", () => {
    const { services } = review(
      { ...SIMPLEST, database: "postgres:15" },
      { secrets: { DATABASE_PASSWORD: "x".repeat(20), USER: "postgres", ROLE: "web" } },
    );
    expect(Object.keys(services)).toEqual(["db", "web"]);
    expect(services.db.image).toBe(`docker.io/library/postgres@${DIGEST}`);
    expect(services.db.networks).toEqual({ default: true });
  });
});

describe("what is known later", () => {
  const LATER = "00000000-later";
  it("leaves all else as it is, and is no mark or digest of its own", () => {
    const spec = { ...web({ secretFiles: ["KEY"] }), database: "postgres:15" };
    const secrets = { DATABASE_PASSWORD: "known-password", KEY: LATER };
    const stack = stackOf(spec, { secrets });
    stack.document.services.web!.image = LATER;
    const found = reviewOf(stack, renderRelease(stack), LATER) as any;
    expect(found.services.web.image).toBe(LATER);
    expect([found.secrets.KEY, found.services.web.mounts["/run/secrets/KEY"]]).toEqual([LATER, LATER]);
    expect(found.files["compose.yaml"]).toBe(LATER);
    expect(found.secrets.DATABASE_PASSWORD).toMatch(/^secret:/);
    expect(found.services.web.limits.memory).toBe("512m");
  });
});
