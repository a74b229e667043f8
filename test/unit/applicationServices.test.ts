import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { DIGEST, planOf, problemsOf, SIMPLEST, stackOf } from "../fixtures/application.ts";

describe("services of an application", () => {
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

  it("are its own with its image, with a port, or when they say so; the rest are accessories", () => {
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

  it("run another image where the settings name one, and a digest as it is written", () => {
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

  it("must have the name that the settings call them by", () => {
    expect(
      problemsOf(spec, { secrets: { DATABASE_PASSWORD: "x" }, settings: { images: { bd: "postgres:16" } } }),
    ).toEqual([
      'slipway:applications.shop.images.bd: "postgres:16" is the image of no active service; there are web, worker, search, edge, sidecar, db, cache',
    ]);
  });

  it("need an image that does not move in a protected environment", () => {
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
