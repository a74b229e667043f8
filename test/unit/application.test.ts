import { describe, expect, it } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import { planApplication } from "../../components/application/plan.ts";
import { context, DIGEST, planOf, problemsOf, SIMPLEST, stackOf } from "../fixtures/application.ts";

const web = (service: ServiceSpec, more: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  ...SIMPLEST,
  services: { web: service },
  ...more,
});

describe("the simplest application", () => {
  it("becomes one plain plan", () => {
    expect(planOf(SIMPLEST)).toMatchObject({
      images: { "ghcr.io/anna/shop:1.4.0": { repository: "ghcr.io/anna/shop", version: "1.4.0", own: true } },
      imageOf: { web: "ghcr.io/anna/shop:1.4.0" },
      database: false,
      stack: {
        application: "shop",
        environment: "dev",
        directory: "/opt/shop",
        version: "1.4.0",
        accessories: [],
        secretFiles: [],
        services: [
          {
            name: "web",
            strategy: "rolling",
            replicas: 1,
            port: 8000,
            drain: 10_000,
            health: { path: "/health", port: 8000, interval: 300, successes: 3, timeout: 60_000 },
          },
        ],
        variables: { VERSION: "1.4.0" },
        domains: [{ host: "shop.example.com", scheme: "https" }],
        hold: 30_000,
        observe: 0,
        verification: { checks: [] },
        preflight: { freeMiB: 512, variables: [], ports: [] },
      },
    });
  });

  it("is watched longer in a protected environment", () =>
    expect(planOf(SIMPLEST, { protected: true }).stack.observe).toBe(15_000));

  it("takes times, domains, image and environment of the settings first", () => {
    const spec = web({ port: 8000, drain: "1s" }, { observe: "2s", environment: { A: "declared", B: "declared" } });
    const plan = planOf(spec, {
      settings: {
        drain: 5,
        observe: 6,
        domains: ["http://shop.home", "*.example.com"],
        image: "10.0.0.1:5000/shop",
        environment: { A: "set" },
      },
    });
    expect(plan.stack.services[0]!.drain).toBe(5);
    expect(plan.stack.observe).toBe(6);
    expect(plan.stack.domains).toEqual([
      { host: "shop.home", scheme: "http" },
      { host: "*.example.com", scheme: "https" },
    ]);
    expect(plan.imageOf).toEqual({ web: "10.0.0.1:5000/shop:1.4.0" });
    expect(plan.stack.variables).toEqual({ A: "set", B: "declared", VERSION: "1.4.0" });
  });
});

describe("the strategy", () => {
  it.each<[string, ServiceSpec, string]>([
    ["rolling with a port", { port: 8000 }, "rolling"],
    ["recreate without one", {}, "recreate"],
    ["recreate with a volume", { port: 8000, volumes: ["data:/data"] }, "recreate"],
    ["recreate with volumes from extra Compose keys", { port: 8000, compose: { volumes: ["data:/data"] } }, "recreate"],
    ["as declared", { port: 8000, volumes: ["data:/data"], strategy: "rolling" }, "rolling"],
    ["rolling when the published port is the proxied one", { port: 8000, publish: ["8000:8000"] }, "rolling"],
  ])("is %s", (_, service, strategy) =>
    expect(planOf(web(service, { domain: [] })).stack.services[0]!.strategy).toBe(strategy),
  );
});

it("as many containers run as the document says, variables replaced", () => {
  const replicas = (compose: Record<string, unknown>) =>
    planOf(web({ compose }, { domain: [] }), { settings: { environment: { N: "3" } } }).stack.services[0]!.replicas;
  expect(
    [{ deploy: { replicas: "${M:-2}" } }, { scale: "$N" }, { scale: 4 }, { deploy: {} }, {}].map(replicas),
  ).toEqual([2, 3, 4, 1, 1]);
});

describe("other services", () => {
  const spec: ApplicationSpec = {
    ...SIMPLEST,
    database: "postgres:15",
    cache: "redis:7",
    services: {
      web: { port: 8000 },
      worker: { command: ["work"] },
      search: { image: "meili:1.2" },
      edge: { image: "nginx:1", port: 80, path: "/edge" },
      sidecar: { image: "bot:1", accessory: false },
    },
  };
  const plan = planOf(spec, { secrets: { DATABASE_PASSWORD: "x", KEY: "y" } });

  it("are its own with its image, a port, or by word; the rest are accessories", () => {
    expect(plan.stack.services.map(({ name }) => name)).toEqual(["web", "worker", "edge", "sidecar"]);
    expect(plan.stack.accessories).toEqual(["cache", "db", "search"]);
  });

  it("have images of their own, resolved once each", () => {
    expect(plan.imageOf).toEqual({
      web: "ghcr.io/anna/shop:1.4.0",
      worker: "ghcr.io/anna/shop:1.4.0",
      search: "docker.io/library/meili:1.2",
      edge: "docker.io/library/nginx:1",
      sidecar: "docker.io/library/bot:1",
      db: "docker.io/library/postgres:15",
      cache: "docker.io/library/redis:7",
    });
    expect(Object.values(plan.images).filter(({ own }) => own)).toHaveLength(1);
  });

  it("get nothing of the application when they are accessories", () => {
    expect(plan.stack.document.services.search!.environment).toEqual({});
    expect(plan.stack.document.services.search).not.toHaveProperty("depends_on");
    expect(plan.stack.document.services.worker).toHaveProperty("depends_on");
  });

  it("that are accessories get the secrets they name, and values as they stand", () => {
    const { document } = planOf(
      {
        ...SIMPLEST,
        services: { web: { port: 8000 }, search: { image: "meili:1", secrets: ["KEY"], environment: { A: "$x" } } },
      },
      { secrets: { KEY: "y", OTHER: "z" } },
    ).stack;
    expect(document.services.search!.environment).toEqual({ A: "$$x", KEY: "${KEY}" });
  });

  it("may be replaced by the settings, a digest is taken as it is", () => {
    const replaced = planOf(spec, {
      secrets: { DATABASE_PASSWORD: "x" },
      settings: { images: { db: `10.0.0.1:5000/pg@sha256:${"1".repeat(64)}`, cache: "valkey" } },
    });
    expect(replaced.imageOf).not.toHaveProperty("db");
    expect(replaced.imageOf.cache).toBe("docker.io/library/valkey:latest");
  });

  it("run exactly the digest that is written, in the settings or the declaration", () => {
    const digest = `@sha256:${"1".repeat(64)}`;
    const declared: ApplicationSpec = {
      ...SIMPLEST,
      database: "postgres:15",
      services: {
        web: { port: 8000 },
        store: { image: `redis${digest}` },
        edge: { image: `nginx:1${digest}`, port: 80, path: "/edge" },
      },
    };
    const { document } = stackOf(declared, {
      secrets: { DATABASE_PASSWORD: "x" },
      settings: { images: { db: `mirror/pg${digest}` } },
    });
    expect(Object.fromEntries(Object.entries(document.services).map(([name, { image }]) => [name, image]))).toEqual({
      web: `ghcr.io/anna/shop@${DIGEST}`,
      store: `redis${digest}`,
      edge: `nginx:1${digest}`,
      db: `mirror/pg${digest}`,
    });
    const own = `ghcr.io/anna/shop${digest}`;
    expect(stackOf(SIMPLEST, { settings: { images: { web: own } } }).document.services.web!.image).toBe(own);
  });

  it("keep their part whatever image the settings give them", () => {
    const { stack } = planOf(
      { ...SIMPLEST, services: { web: { port: 1 }, worker: {} } },
      { settings: { images: { worker: "mirror/shop:1" } } },
    );
    expect([stack.services.map(({ name }) => name), stack.accessories]).toEqual([["web", "worker"], []]);
  });

  it("are known by name to the settings", () => {
    expect(
      problemsOf(spec, { secrets: { DATABASE_PASSWORD: "x" }, settings: { images: { bd: "postgres:16" } } }),
    ).toEqual([
      'slipway:applications.shop.images.bd: "postgres:16" is the image of no active service; there are web, worker, search, edge, sidecar, db, cache',
    ]);
  });

  it("do not move in a protected environment", () => {
    const moving: ApplicationSpec = {
      ...SIMPLEST,
      cache: "redis",
      services: {
        web: { port: 1 },
        search: { image: "meili:latest" },
        store: { image: `kv@${DIGEST}` },
        bot: { image: "bot:2" },
      },
    };
    expect(problemsOf(moving)).toEqual([]);
    expect(problemsOf(moving, { protected: true })).toEqual([
      'apps: shop.services.search.image: "meili:latest" is an image that moves, and this environment is protected; write its version or its digest, like "redis:7"',
      'apps: shop.services.cache.image: "redis" is an image that moves, and this environment is protected; write its version or its digest, like "redis:7"',
    ]);
  });
});

describe("secret files", () => {
  const owner = (user?: string): number =>
    planOf(web({ port: 1, secretFiles: ["KEY"], ...(user ? { user } : {}) }), { secrets: { KEY: "x" } }).stack
      .secretFiles[0]!.owner;
  it("belong to the user that reads them", () =>
    expect([owner(), owner("1000:1000"), owner("33"), owner("image"), owner("www-data")]).toEqual([
      10001, 1000, 33, 0, 0,
    ]));
  it("are not environment variables as well", () =>
    expect(
      planOf(web({ port: 1, secretFiles: ["KEY"] }), { secrets: { KEY: "x", B: "y" } }).stack.document.services.web!
        .environment,
    ).toEqual({ B: "${B}" }));
});

describe("a secret and a variable of one name", () => {
  const secrets = { KEY: "planted", B: "y" };
  it.each<[string, ApplicationSpec, string]>([
    ["of the application", { ...SIMPLEST, environment: { KEY: "dev" } }, "environment"],
    ["of a service", web({ port: 1, environment: { KEY: "dev" } }), "services.web.environment"],
    [
      "of an accessory",
      {
        ...SIMPLEST,
        services: { web: { port: 1 }, store: { image: "kv:1", secrets: ["KEY"], environment: { KEY: "dev" } } },
      },
      "services.store.environment",
    ],
    [
      "of a Compose file's application",
      { name: "shop", image: "ghcr.io/anna/shop", compose: "compose.yaml", environment: { KEY: "dev" } },
      "environment",
    ],
  ])("are refused: %s", (_, spec, place) =>
    expect(problemsOf(spec, { secrets, compose: "services: {web: {}}" })).toEqual([
      `apps: shop.${place}: "KEY" is also slipway:secrets.shop.KEY; keep one of them`,
    ]),
  );

  it.each<[string, ServiceSpec]>([
    ["it names others", { port: 1, secrets: ["B"], environment: { KEY: "dev" } }],
    ["it gets it as a file", { port: 1, secretFiles: ["KEY"], environment: { KEY: "/run/secrets/KEY" } }],
  ])("are two things where the service does not get the secret: %s", (_, service) =>
    expect(problemsOf(web(service), { secrets })).toEqual([]),
  );
});

describe("verification, migration and backup", () => {
  it("have their shorthands resolved", () => {
    const { stack } = planOf({
      ...SIMPLEST,
      migration: ["/app", "migrate"],
      backup: { command: ["dump"], timeout: "1m30s" },
      verification: {
        version: "/version",
        checks: ["/", { path: "/x", status: 302 }, { path: "/y" }],
        responseTime: { path: "/", milliseconds: 200 },
      },
    });
    expect(stack.migration).toEqual({ service: "web", command: ["/app", "migrate"], timeout: 300_000 });
    expect(stack.backup).toEqual({ service: "web", command: ["dump"], timeout: 90_000 });
    expect(stack.verification).toEqual({
      version: { equals: "1.4.0", path: "/version", field: "version" },
      checks: [
        { path: "/", status: 200 },
        { path: "/x", status: 302 },
        { path: "/y", status: 200 },
      ],
      responseTime: { path: "/", milliseconds: 200 },
    });
  });

  it("compares with another word, or not at all, when asked to", () => {
    expect(
      planOf({ ...SIMPLEST, verification: { version: { path: "/v", equals: "build 7" } } }).stack.verification.version,
    ).toEqual({ path: "/v", equals: "build 7" });
    expect(planOf({ ...SIMPLEST, verification: { version: false } }).stack.verification).toEqual({ checks: [] });
    expect(problemsOf({ ...SIMPLEST, domain: [], verification: { version: false } })).toEqual([]);
  });
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
      'apps: shop.services.web.strategy: "blue" is not a strategy; write "rolling" or "recreate"',
      web({ port: 1, strategy: "blue" as never }),
    ],
    [
      'apps: shop.services.web.strategy: "rolling" cannot run two containers that publish port 9000; remove that port, or use "recreate"',
      web({ port: 1, publish: ["127.0.0.1:9000-9005:9000-9005"] }),
    ],
    [
      "apps: shop.services.web: 3 replicas behind the proxy are not supported; remove deploy.replicas",
      web({ port: 1, compose: { deploy: { replicas: 3 } } }),
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
      'apps: shop.services.web.network_mode: "host" keeps the proxy from reaching it; remove network_mode, or the port',
      web({ port: 1, compose: { network_mode: "host" } }),
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
      'apps: shop.verification: "{x}" is not a path; write "/api/v1/version"',
      { ...SIMPLEST, verification: { checks: ["{x}"] } },
    ],
    [
      "apps: shop.verification: a map would not run: it asks through the proxy, and there is no domain; give one (domain, or slipway:applications.shop.domain), or remove it",
      { ...SIMPLEST, domain: [], verification: { checks: ["/"] } },
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
      'apps: shop.services.Web: "Web" is not a service name; use small letters, digits, - and _',
      { ...SIMPLEST, services: { Web: { port: 1 } } },
    ],
    [
      'apps: shop.services.search.image: "Meili" has capital letters in its repository; write it in lowercase: "meili"',
      { ...SIMPLEST, services: { web: { port: 1 }, search: { image: "Meili" } } },
    ],
  ])("%s", (message, spec) => expect(problemsOf(spec)).toEqual([message]));

  it("for an image that nobody names", () => {
    const { image: _, ...nameless } = SIMPLEST;
    expect(problemsOf(nameless)).toEqual([
      'apps: shop.image: null is needed by the service web; write the repository, like "ghcr.io/anna/shop"',
    ]);
  });

  it("for an application without a service of its own", () => {
    expect(problemsOf({ name: "shop", services: { search: { image: "meili:1" } } })).toEqual([
      'apps: shop.services: ["search"] none of them is the application\'s own; give `image`, or a port to the one that takes the traffic',
    ]);
  });

  it("all at once", () => {
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

it("changes neither the declaration nor the settings", () => {
  const spec = structuredClone({ ...SIMPLEST, database: "postgres:15" });
  const given = context({ secrets: { DATABASE_PASSWORD: "x" } });
  const before = JSON.stringify([spec, given]);
  planApplication(spec, given);
  expect(JSON.stringify([spec, given])).toBe(before);
});
