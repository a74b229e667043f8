import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHosts, own } from "../support/hosts.ts";
import { Project } from "../support/project.ts";
import { REGISTRY, SHOP, settings } from "../support/sandbox.ts";
import { askHost, served } from "../support/served.ts";
import { containers } from "../support/state.ts";
import { clean, expectNoChange, fingerprintOf, programOf, said, upOk } from "./support/drift.ts";

const [target] = own;
const HOST = target.number;

const PROJECT_MANAGER = `# As it would stand beside a Dockerfile: nothing in it knows of Slipway.
version: "3.8"
name: project-manager
x-logging: &logging
  driver: "json-file"
  options:
    max-size: "10m"
    max-file: "3"
x-service: &service
  restart: always
  logging: *logging
services:
  app:
    <<: *service
    image: ${SHOP}:latest
    container_name: project-manager-app
    env_file: .env
    environment:
      - APP_ENV=production
      - DATABASE_URL=\${DATABASE_URL}
      - REDIS_URL=\${REDIS_URL:-redis://redis:6379/0}
      - API_KEY=\${ANTHROPIC_API_KEY}
      - SECRET_KEY=\${SECRET_KEY}
      - PRICE=5$$
    ports:
      - "8000:8000"
    depends_on:
      postgres:
        condition: service_healthy
      redis:
        condition: service_healthy
    healthcheck:
      test: ["CMD", "/app", "healthcheck"]
      interval: 10s
      timeout: 5s
      retries: 3
      start_period: 40s
  postgres:
    <<: *service
    image: ${REGISTRY}/postgres:15
    container_name: project-manager-postgres
    environment:
      POSTGRES_USER: \${POSTGRES_USER:-orchestrator}
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD}
      POSTGRES_DB: project_orchestrator
    volumes:
      - postgres_data:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U \${POSTGRES_USER:-orchestrator}"]
      interval: 10s
      timeout: 5s
      retries: 30
  redis:
    <<: *service
    image: ${REGISTRY}/redis:7
    volumes:
      - redis_data:/data
    healthcheck:
      test: ["CMD", "redis-cli", "ping"]
      interval: 10s
      timeout: 3s
      retries: 30
  pgadmin:
    <<: *service
    image: dpage/pgadmin4:never-pulled
    profiles: [debug]
    environment:
      PASSWORD: \${PGADMIN_PASSWORD}
volumes:
  postgres_data:
  redis_data:
`;

const BUDGET = `services:
  Budget.App:
    image: ${SHOP}
    restart: unless-stopped
    ports: ["5000:8000", "9000:9000"]
    volumes:
      - ./data:/data
    environment:
      - DATABASE_PATH=/data/myfoodbudget.db
`;

/** On top of it. */
const BUDGET_OVERLAY = `services:
  Budget.App:
    ports: !override ["5000:8000"]
    environment: { LEVEL: production }
`;

const specs = [
  {
    name: "manager",
    image: SHOP,
    compose: "docker-compose.prod.yml",
    domain: "http://manager.test",
    services: { app: { port: 8000, health: "/health" } },
    verification: { version: "/api/v1/version" },
  },
  {
    name: "budget",
    image: SHOP,
    compose: ["docker-compose.yml", "docker-compose.override.yml"],
    domain: "http://budget.test",
    services: { "Budget.App": { port: 8000, health: "/health" } },
    verification: { version: "/api/v1/version" },
  },
];

const SECRETS: Record<string, string> = {
  DATABASE_URL: "postgres://orchestrator:pass-word@postgres:5432/project_orchestrator?sslmode=disable",
  POSTGRES_PASSWORD: "pass-word",
  ANTHROPIC_API_KEY: "sk-ant-0815",
  SECRET_KEY: "s3cr3t $ key",
};

const applications = (version: string): Record<string, unknown> =>
  Object.fromEntries(specs.map(({ name }) => [name, { version, hosts: [`host-${HOST}`], removeData: true }]));

let project: Project;
/** Visits in the database and counts in the cache, of which a run that was broken off may have left some. */
let seen: [number, number];

beforeAll(async () => {
  await ensureHosts();
  project = await Project.create({
    name: "compose",
    program: programOf(specs),
    config: settings([HOST], applications("1.0.0"), { "slipway:secrets": { manager: SECRETS } }),
  });
  project.write("docker-compose.prod.yml", PROJECT_MANAGER);
  project.write("docker-compose.yml", BUDGET);
  project.write("docker-compose.override.yml", BUDGET_OVERLAY);
  await upOk(project);
});

afterAll(() => clean(project));

const ids = async (application: string): Promise<Record<string, string>> =>
  Object.fromEntries((await containers(target, application)).map(({ service, id }) => [service, id]));
const visits = async (): Promise<number> =>
  (JSON.parse((await askHost(target, "manager.test", "/visits")).body) as { visits: number }).visits;
const count = async (): Promise<number> =>
  (JSON.parse((await askHost(target, "manager.test", "/redis")).body) as { count: number }).count;

describe("an existing Compose file, as it is", () => {
  it("runs: database and cache connected, values given, other profiles left out", async () => {
    expect(await served(target, "manager.test")).toBe("1.0.0");
    seen = [await visits(), await count()];
    expect([await visits(), await count()]).toEqual(seen.map((number) => number + 1));
    for (const [name, value] of [
      ["APP_ENV", "production"],
      ["API_KEY", "sk-ant-0815"],
      ["SECRET_KEY", "s3cr3t $ key"],
      ["PRICE", "5$"],
      ["POSTGRES_PASSWORD", "pass-word"],
    ] as const) {
      expect(await fingerprintOf(target, "manager.test", `/env?name=${name}`), name).toMatchObject({
        set: true,
        length: value.length,
      });
    }
    expect(Object.keys(await ids("manager")).sort()).toEqual(["app", "postgres", "redis"]);
    const rendered = await target.read("/opt/manager/current/compose.yaml");
    expect(rendered).toMatch(new RegExp(`image: "?${SHOP}@sha256:[0-9a-f]{64}`));
    expect(rendered).not.toMatch(/sk-ant|pass-word/);
    await expectNoChange(project);
  });

  it("keeps its logging, restart policy and volumes", async () => {
    const inspected = JSON.parse(await target.ask("docker inspect project-manager-postgres")) as {
      HostConfig: { RestartPolicy: { Name: string }; LogConfig: { Config: Record<string, string> } };
      Mounts: { Name?: string; Destination: string }[];
    }[];
    expect(inspected[0]!.HostConfig).toMatchObject({
      RestartPolicy: { Name: "always" },
      LogConfig: { Config: { "max-size": "10m", "max-file": "3" } },
    });
    expect(inspected[0]!.Mounts).toContainEqual(
      expect.objectContaining({ Name: "manager_postgres_data", Destination: "/var/lib/postgresql/data" }),
    );
  });

  it("keeps the data folder of a service that may not run twice", async () => {
    expect(await served(target, "budget.test")).toBe("1.0.0");
    const { "Budget.App": budget } = await ids("budget");
    expect(await fingerprintOf(target, "budget.test", "/env?name=LEVEL")).toMatchObject({ set: true, length: 10 });
    expect(
      await target.ask("docker ps --format '{{.Ports}}' --filter label=com.docker.compose.project=budget"),
    ).not.toContain("9000");
    expect(
      (
        await target.ask(`docker inspect --format '{{range .Mounts}}{{.Source}} {{.Destination}}{{end}}' ${budget}`)
      ).trim(),
    ).toBe("/opt/budget/data /data");
    await target.ask("echo 'a database' > /opt/budget/data/myfoodbudget.db");
  });

  it("updates what is its own, and leaves database, cache and data alone", async () => {
    const before = await ids("manager");
    project.setConfig({ "slipway:applications": applications("1.1.0") });
    await upOk(project);
    const after = await ids("manager");
    expect({ postgres: after.postgres, redis: after.redis }).toEqual({
      postgres: before.postgres,
      redis: before.redis,
    });
    expect(after.app).not.toBe(before.app);
    expect([await served(target, "manager.test"), await served(target, "budget.test")]).toEqual(["1.1.0", "1.1.0"]);
    expect([await visits(), await count()]).toEqual(seen.map((number) => number + 2));
    expect(await target.ask("cat /opt/budget/data/myfoodbudget.db")).toBe("a database\n");
    expect(Object.keys(await ids("budget"))).toEqual(["Budget.App"]);
  });

  it("names a variable that has no value, before anything is touched", async () => {
    const { SECRET_KEY: _, ...others } = SECRETS;
    project.setConfig({ "slipway:secrets": { manager: others } });
    const preview = await project.preview();
    project.setConfig({ "slipway:secrets": { manager: SECRETS } });
    expect(preview.code).not.toBe(0);
    expect(said(preview)).toMatch(/\$\{SECRET_KEY\}.*has no value; set slipway:secrets\.manager\.SECRET_KEY/);
    expect(said(preview)).not.toContain("PGADMIN_PASSWORD");
  });
});
