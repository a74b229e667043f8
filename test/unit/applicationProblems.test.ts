import { describe, expect, it } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import { problemsOf, SIMPLEST } from "../fixtures/application.ts";

const web = (service: ServiceSpec, more: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  ...SIMPLEST,
  services: { web: service },
  ...more,
});

describe("an error names the place, the value and the way out", () => {
  it.each<[string, ApplicationSpec]>([
    ['apps: shop.services.web.health: "health" is not a path; write "/health"', web({ port: 1, health: "health" })],
    [
      'apps: shop.services.web.health: "/health" needs a port; add services.web.port or health.port',
      web({ health: "/health" }, { domain: [] }),
    ],
    [
      'apps: shop.services.web.health.interval: "soon" is not a time; write "500ms", "15s" or "2m"',
      web({ port: 1, health: { interval: "soon" } }),
    ],
    [
      'apps: shop.services.web.health.timeout: "5" is not a time; write "500ms", "15s" or "2m"',
      web({ port: 1, health: { timeout: "5" } }),
    ],
    [
      'apps: shop.services.web.drain: "-1s" is not a time; write "500ms", "15s" or "2m"',
      web({ port: 1, drain: "-1s" }),
    ],
    ['apps: shop.hold: "x" is not a time; write "500ms", "15s" or "2m"', { ...SIMPLEST, hold: "x" }],
    ['apps: shop.observe: "x" is not a time; write "500ms", "15s" or "2m"', { ...SIMPLEST, observe: "x" }],
    [
      'apps: shop.services: ["web"] have 31 containers behind the proxy; it reaches 30 of an application. Take some of their replicas out',
      web({ port: 1, compose: { deploy: { replicas: 31 } } }),
    ],
    [
      "apps: shop.services.web: 2 containers cannot listen at the same port of the host (network_mode: host); remove deploy.replicas",
      web({ port: 1, strategy: "recreate", compose: { scale: 2, network_mode: "host" } }),
    ],
    [
      "apps: shop.services.web: 2 containers cannot publish the same port 9000; remove that port, or deploy.replicas",
      web({ port: 1, publish: ["9000:9000"], compose: { scale: 2 } }),
    ],
    [
      "apps: shop.services.web.scale: 0 is not a number of containers from 1 to 999; to run none, take the service out, or give it a profile that is not active",
      web({ port: 1, compose: { scale: 0 } }),
    ],
    [
      'apps: shop.services.web.deploy.replicas: "${LEVEL}" is not a number of containers from 1 to 999; to run none, take the service out, or give it a profile that is not active',
      web({ compose: { deploy: { replicas: "${LEVEL}" } } }, { domain: [], environment: { LEVEL: "two" } }),
    ],
    [
      'apps: shop.services.web.network_mode: "none" keeps the proxy from reaching it; remove network_mode, write "host", or remove the port',
      web({ port: 1, compose: { network_mode: "none" } }),
    ],
    ['apps: shop.services.web.path: "api" is not a path; write "/api"', web({ port: 1, path: "api" })],
    [
      'apps: shop.services.api.path: "/" is that of web already; give one of them another path, or no port',
      { ...SIMPLEST, services: { web: { port: 1 }, api: { port: 2, path: "/" } } },
    ],
    [
      'apps: shop.domain: "https://shop.example.com" is named twice; remove one',
      { ...SIMPLEST, domain: ["shop.example.com", "http://shop.example.com", "https://shop.example.com"] },
    ],
    ['apps: shop.domain: "shop.example.com" leads nowhere: no service has a port', web({})],
    [
      'apps: shop.migration.service: "job" is not one of its own services: web',
      { ...SIMPLEST, migration: { service: "job", command: ["x"] } },
    ],
    ['apps: shop.migration.command: ["a\\nb"] must be words without line breaks', { ...SIMPLEST, migration: ["a\nb"] }],
    ["apps: shop.backup.command: [] must be words without line breaks", { ...SIMPLEST, backup: { command: [] } }],
    [
      'apps: shop.migration.up: is missing; write the command that migrates, like ["alembic", "upgrade", "head"]',
      { ...SIMPLEST, migration: { down: ["x"] } as never },
    ],
    [
      "apps: shop.migration.down: [] must be words without line breaks",
      { ...SIMPLEST, migration: { up: ["x"], down: [] } },
    ],
    [
      'apps: shop.migration.down: ["to","{revision}"] asks for {revision}, which nothing tells; declare migration.revision, a command that prints it, like ["alembic", "heads"]',
      { ...SIMPLEST, migration: { up: ["x"], down: ["to", "{revision}"] } },
    ],
    [
      "apps: shop.migration.revision: [] must be words without line breaks",
      { ...SIMPLEST, migration: { up: ["x"], revision: [] } },
    ],
    ["apps: shop.migration.up: [] must be words without line breaks", { ...SIMPLEST, migration: { up: [] } }],
    [
      'apps: shop.migration.command: ["y"] is there beside up, which is the same; remove one of them',
      { ...SIMPLEST, migration: { up: ["x"], command: ["y"] } },
    ],
    [
      'apps: shop.migration.timeout: "5" is not a time; write "500ms", "15s" or "2m"',
      { ...SIMPLEST, migration: { up: ["x"], timeout: "5" } },
    ],
    [
      "apps: shop.backup.restore: [] must be words without line breaks",
      { ...SIMPLEST, backup: { command: ["x"], restore: [] } },
    ],
    [
      'apps: shop.verification: "{x}" is not a path; write "/api/v1/version"',
      { ...SIMPLEST, verification: { checks: ["{x}"] } },
    ],
    [
      "apps: shop.verification: a map would not run: it asks through the proxy, and there is no domain; give one (domain, or slipway:applications.shop.domain), or remove it",
      { ...SIMPLEST, domain: [], verification: { checks: ["/"] } },
    ],
    [
      'apps: shop.verification.headers.X-A.secret: "KEY" is not a secret of the application; set slipway:secrets.shop.KEY',
      { ...SIMPLEST, verification: { headers: { "X-A": { secret: "KEY" } } } },
    ],
    [
      'apps: shop.verification.login.password.secret: "KEY" is not a secret of the application; set slipway:secrets.shop.KEY',
      { ...SIMPLEST, verification: { login: { user: "anna", password: { secret: "KEY" } } } },
    ],
    [
      'apps: shop.verification.headers: "X A" is not a header that can be sent; write one like "X-Api-Key"',
      { ...SIMPLEST, verification: { headers: { "X A": "x" } } },
    ],
    [
      'apps: shop.verification.headers: "host" is not a header that can be sent; write one like "X-Api-Key"',
      { ...SIMPLEST, verification: { headers: { host: "bank.example.com" } } },
    ],
    [
      'apps: shop.verification.headers.X-A: "a\\nb" is not one line of text; write what the header should say',
      { ...SIMPLEST, verification: { headers: { "X-A": "a\nb" } } },
    ],
    [
      'apps: shop.verification.certificateWithin: "x" is not a time; write "500ms", "15s" or "2m"',
      { ...SIMPLEST, verification: { certificateWithin: "x" } },
    ],
    [
      'apps: shop.verification.command.service: "job" is not one of its own services: web',
      { ...SIMPLEST, verification: { command: { service: "job", command: ["x"] } } },
    ],
    [
      "apps: shop.verification: a map would not run: it asks through the proxy, and there is no domain; give one (domain, or slipway:applications.shop.domain), or remove it",
      { ...SIMPLEST, domain: [], verification: { command: ["x"], headers: { "X-A": "a" } } },
    ],
    [
      'apps: shop.services.web.secretFiles: "KEY" is not a secret of the application; set slipway:secrets.shop.KEY',
      web({ port: 1, secretFiles: ["KEY"] }),
    ],
    [
      "apps: shop.services: \"${KEY}\" has no value; set slipway:secrets.shop.KEY (pulumi config set --secret --path 'slipway:secrets.shop.KEY'), or slipway:applications.shop.environment.KEY",
      web({ port: 1, secrets: ["KEY"] }),
    ],
    [
      "apps: shop.services._web: \"_web\" is not a service name; use up to 63 letters, digits, '.', '-' and '_', a letter or digit first",
      { ...SIMPLEST, services: { _web: { port: 1 } } },
    ],
    [
      'apps: shop.services.search.image: "Meili" has capital letters in its repository; write it in lowercase: "meili"',
      { ...SIMPLEST, services: { web: { port: 1 }, search: { image: "Meili" } } },
    ],
  ])("%s", (message, spec) => expect(problemsOf(spec)).toEqual([message]));

  it("where nobody names an image", () => {
    const { image: _, ...nameless } = SIMPLEST;
    expect(problemsOf(nameless)).toEqual([
      'apps: shop.image: null is needed by the service web; write the repository, like "ghcr.io/anna/shop"',
    ]);
  });

  it("where an application has no service of its own", () => {
    expect(problemsOf({ name: "shop", services: { search: { image: "meili:1" } } })).toEqual([
      'apps: shop.services: ["search"] none of them is the application\'s own; give `image`, or a port to the one that takes the traffic',
    ]);
  });

  it("where only the first of several hosts would be stopped for a migration of data that they share", () => {
    const spec: ApplicationSpec = { ...SIMPLEST, migration: { up: ["x"], compatible: false } };
    const given = { settings: { hosts: ["host-1", "host-2"] }, secrets: { DATABASE_PASSWORD: "x" } };
    expect(problemsOf(spec, given)).toEqual([
      expect.stringMatching(
        /^apps: shop\.migration\.compatible: false would stop the version before on host-1 alone, and host-2 would serve it on the new schema\. Change the schema in steps .* name all hosts again$/,
      ),
    ]);
    expect(problemsOf({ ...spec, database: "postgres:15" }, given)).toEqual([]);
    expect(problemsOf({ ...spec, migration: ["x"] }, given)).toEqual([]);
    expect(problemsOf(spec)).toEqual([]);
  });

  it("together with all other errors", () => {
    expect(
      problemsOf({
        ...SIMPLEST,
        domain: "a b",
        hold: "x",
        services: { web: { health: "h", port: 1 } },
        migration: { service: "y", command: [] },
      }),
    ).toEqual([
      expect.stringContaining("health"),
      expect.stringContaining("domain"),
      expect.stringContaining("hold"),
      expect.stringContaining("migration.service"),
      expect.stringContaining("migration.command"),
    ]);
  });
});
