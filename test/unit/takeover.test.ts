import { beforeAll, describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { deployKeysOf } from "../../components/host/deployKeys.ts";
import { renderCaddyfile, renderProxyCompose } from "../../components/host/proxy.ts";
import { DIGEST, type Given, releaseOf, SIMPLEST } from "../fixtures/application.ts";
import { askBefore, unpackBefore } from "../support/before.ts";
import { temporaryFolder } from "../support/folder.ts";

const COMPOSE = `x-logging: &logging
  driver: json-file
  options: { max-size: 5m }
services:
  app:
    image: ghcr.io/anna/shop:latest
    restart: always
    logging: *logging
    env_file: .env
    environment:
      - DATABASE_URL=\${DATABASE_URL}
      - LEVEL=\${LEVEL:-info}
      - PRICE=5$$
    ports: ["8000:8000"]
    volumes: ["./data:/data", "files:/files:ro"]
    depends_on: { postgres: { condition: service_healthy } }
    healthcheck: { test: ["CMD", "/app", "healthcheck"], interval: 1s, start_period: 40s }
  jobs:
    image: ghcr.io/anna/shop:latest
    command: ["jobs"]
    restart: on-failure
    deploy: { replicas: 2 }
  postgres:
    image: postgres:15
    environment: { POSTGRES_PASSWORD: "\${POSTGRES_PASSWORD}" }
    volumes: ["postgres_data:/var/lib/postgresql/data"]
volumes: { postgres_data: {}, files: {} }
`;

/** Together they use every part of a declaration. */
const CASES: Record<string, [ApplicationSpec, Given]> = {
  "the simplest one": [SIMPLEST, {}],
  "a database, a cache, a migration and a backup": [
    {
      ...SIMPLEST,
      services: { web: { port: 8000, health: "/health" }, worker: { command: ["work"], secrets: ["TOKEN"] } },
      database: "postgres:15",
      cache: "redis:7",
      migration: ["/app", "migrate"],
      backup: { service: "worker", command: ["/app", "backup"], timeout: "10m" },
      environment: { LEVEL: "info", PRICE: "5$ 'each'" },
    },
    {
      secrets: { DATABASE_PASSWORD: "p4ss $ word", TOKEN: "first\nsecond" },
      settings: { environment: { LEVEL: "debug" } },
    },
  ],
  "services with paths, files, limits and ports": [
    {
      name: "shop",
      image: "ghcr.io/anna/shop",
      domain: ["shop.example.com", "http://shop.internal"],
      services: {
        web: { port: 8000, health: { path: "/health", interval: "2s", successes: 5, timeout: "90s" }, drain: "30s" },
        api: {
          port: 9000,
          path: "/api",
          strategy: "recreate",
          stopGrace: "20s",
          secretFiles: ["KEY"],
          user: "5000:5000",
        },
        search: {
          image: "ghcr.io/other/search:2.1",
          accessory: false,
          health: { command: ["search", "ready"] },
          volumes: ["index:/index", "./data:/data"],
          memory: "1g",
          cpus: 1.5,
          publish: ["9200:9200"],
          compose: { cap_drop: ["ALL"] },
        },
        store: { image: "minio/minio:1", user: "image", environment: { MODE: "single" }, volumes: ["store:/data"] },
      },
      verification: {
        version: { path: "/version", field: "build", equals: "v1.4.0" },
        checks: ["/", { path: "/admin", status: 401 }],
        responseTime: { path: "/", milliseconds: 300 },
      },
      preflight: {
        freeMiB: 2048,
        variables: ["TOKEN"],
        window: { days: [1, 2, 3], from: "08:00", until: "17:00" },
      },
      observe: "45s",
      confirmWithin: "3m",
      hold: "10s",
    },
    { secrets: { TOKEN: "t", KEY: "a key" }, protected: true },
  ],
  "an existing Compose file": [
    {
      name: "shop",
      image: "ghcr.io/anna/shop",
      compose: "compose.yaml",
      domain: "shop.example.com",
      services: { app: { port: 8000, health: "/health", secretFiles: ["KEY"] } },
    },
    { compose: COMPOSE, secrets: { DATABASE_URL: "postgres://u:p@postgres/shop", POSTGRES_PASSWORD: "p", KEY: "k" } },
  ],
};

const PROXIES = [
  { image: "caddy:2.11.9", httpPort: 80, httpsPort: 443, localCertificates: false, email: "anna@example.com" },
  { image: "registry:5000/caddy:2", httpPort: 8080, httpsPort: 8443, localCertificates: true },
];
const KEYS = ["/opt", "slipway/dev", ["shop", "budget"], ["ssh-ed25519 AAAA anna"]] as const;

/** The same as `releaseOf`, in the words of the version before. */
const PROGRAM = `
import { normalise } from "./components/application/normalise.ts";
import { deployKeysOf } from "./components/host/deployKeys.ts";
import { renderCaddyfile, renderProxyCompose } from "./components/host/proxy.ts";
import { renderRelease } from "./components/stack/release.ts";
import { resolve } from "./components/stack/resolve.ts";
const missing = (path) => { throw new Error("ENOENT: " + path); };
const releaseOf = ([spec, { settings = {}, secrets = {}, compose = "", protected: isProtected = false }]) => {
  const plan = normalise(spec, {
    settings: { version: "1.4.0", hosts: ["host-1"], images: {}, environment: {}, allowDowngrade: false, removeData: false, ...settings },
    environment: "dev", root: "/opt", protected: isProtected, secretNames: Object.keys(secrets).sort(),
    readFile: (path) => path === "compose.yaml" ? compose : missing(path), listFolder: missing,
  });
  const images = Object.fromEntries(Object.values(plan.images).map(({ repository, version }) =>
    [repository + ":" + version, repository + "@" + input.digest]));
  return renderRelease(resolve(plan, images, secrets));
};
answer({
  releases: Object.fromEntries(Object.entries(input.cases).map(([name, one]) => [name, releaseOf(one)])),
  proxies: input.proxies.map((proxy) => [renderProxyCompose(proxy), renderCaddyfile(proxy)]),
  keys: deployKeysOf(...input.keys),
});
`;

describe("what the version before rendered", () => {
  const folder = temporaryFolder("before");
  let before: { releases: Record<string, unknown>; proxies: string[][]; keys: unknown };

  beforeAll(async () => {
    await unpackBefore(folder);
    const input = { cases: CASES, digest: DIGEST, proxies: PROXIES, keys: KEYS };
    before = (await askBefore(folder, PROGRAM, input)) as typeof before;
  });

  // Another text is another release: the first `up` would restart the application.
  it.each(Object.keys(CASES))("is the same release today, of %s", (name) => {
    const [spec, given] = CASES[name]!;
    expect(JSON.parse(JSON.stringify(releaseOf(spec, given)))).toEqual(before.releases[name]);
  });

  // Another text is another container: no application of the host could be reached meanwhile.
  it.each(PROXIES)("is the same proxy today, of $image", (proxy) => {
    expect([renderProxyCompose(proxy), renderCaddyfile(proxy)]).toEqual(before.proxies[PROXIES.indexOf(proxy)]);
  });

  it("is the same line of authorized_keys today", () => {
    const [root, stack, applications, keys] = KEYS;
    expect(deployKeysOf(root, stack, [...applications], [...keys])).toEqual(before.keys);
  });
});
