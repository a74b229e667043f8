/**
 * Releases whose names are known. A name that changes deploys every such application again: only a change that is meant
 * to reach running applications may touch this file.
 */
import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { type Given, releaseOf, SIMPLEST } from "../fixtures/application.ts";

const SHOP: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  domain: ["shop.example.com", "http://shop.home"],
  database: "postgres:15",
  cache: "redis:7",
  environment: { A: "1", PRICE: "5$" },
  services: {
    web: { port: 8000, health: "/health", secretFiles: ["KEY"], volumes: ["up:/up", "./data:/data"] },
    worker: { command: ["work", "$x"], user: "image", cpus: 0.5, memory: "1g", stopGrace: "30s", drain: "1500ms" },
    edge: {
      image: "nginx:1",
      port: 80,
      path: "/edge",
      publish: ["127.0.0.1:9000:9000", "80:80"],
      strategy: "recreate",
    },
    search: { image: "meili:1.2", secrets: ["TOKEN"], volumes: ["index:/index"], compose: { init: false } },
  },
  migration: ["/app", "migrate"],
  backup: { command: ["dump"], timeout: "1m30s" },
  verification: { version: "/version", checks: ["/"], responseTime: { path: "/", milliseconds: 200 } },
  preflight: { freeMiB: 1024, variables: ["A"], window: { days: [1, 2], from: "08:00", until: "24:00" } },
  observe: "15s",
};

const COMPOSE = `
x-base: &base
  restart: unless-stopped
  environment: &env { LOG: info, N: 0o17, M: 1_000, T: true, E: , F: 1.50 }
  logging: { driver: local }
services:
  web:
    <<: *base
    image: ghcr.io/anna/shop:\${VERSION}
    build: { context: ., target: web, args: [A=1] }
    container_name: shop
    ports:
      - "127.0.0.1:\${P:-8080}:8000"
      - "9100:9100/udp"
      - { target: 7000, published: "7001", mode: host }
      - 6000
      - "[::1]:81:81"
    volumes:
      - "\${DATA:-./data}:/data"
      - "\${X-./conf:/conf}"
      - named:/n:ro
      - { type: bind, source: ./b, target: /b, bind: { create_host_path: true } }
      - { type: tmpfs, target: /t }
      - /anonymous
    networks: { front: { aliases: [x] }, back: }
    depends_on: { db: { condition: service_healthy } }
    healthcheck: { test: [CMD, x], interval: 5s }
    configs: [{ source: cf, target: /c, mode: 0440 }]
    deploy: { replicas: 1, resources: { limits: { memory: 1g } } }
    tmpfs: /run
    user: 1000:1000
    ulimits: { nofile: { soft: 1, hard: 2 } }
  db:
    <<: [*base, { init: true }]
    image: postgres:15
    environment: { <<: *env, POSTGRES_PASSWORD: "\${PW}", VERSION: }
    networks: [back]
    volumes: ["\${VOL:-named}:/var/lib", "db:/x"]
    configs: [cf]
    secrets: [{ source: sf }]
    env_file: [.env, { path: /etc/x.env, required: false }]
  tools: { image: "tools:1", profiles: [t] }
  job: { <<: *base, image: "job:1", deploy: , command: , entrypoint: [a, b], pull_policy: always }
networks: { front: { name: "\${NET:-front}" }, back: , ext: { external: { name: y } } }
volumes: { named: , db: { driver: local, driver_opts: { type: none, o: bind, device: ./dbdir } }, e: { external: true } }
configs: { cf: { file: /etc/cf } }
secrets: { sf: { file: /etc/sf } }
name: mine
version: "3.8"
`;
const EXISTING: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  domain: "shop.example.com",
  services: { web: { port: 8000, strategy: "recreate", secretFiles: ["KEY"] } },
};

const SECRETS = { DATABASE_PASSWORD: "p@ss/:w", KEY: "key\n", TOKEN: "token" };

describe("the name of a release stays", () => {
  it.each<[string, ApplicationSpec, Given, string]>([
    ["the simplest application", SIMPLEST, {}, "3958320cb99e"],
    ["a protected environment", SIMPLEST, { protected: true, settings: { environment: { B: "2" } } }, "614c879c9adf"],
    ["services, database, cache, secrets and volumes", SHOP, { secrets: SECRETS }, "644abac6bc92"],
    ["a Compose file", EXISTING, { compose: COMPOSE, secrets: { KEY: "key", PW: "planted" } }, "060c5096b929"],
  ])("of %s", (_, spec, given, id) => expect(releaseOf(spec, given).id).toBe(id));
});
