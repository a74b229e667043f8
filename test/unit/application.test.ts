import { describe, expect, it } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import { planApplication } from "../../components/application/plan.ts";
import { context, planOf, problemsOf, SIMPLEST } from "../fixtures/application.ts";

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
            ports: [8000],
            routes: [{ domains: [{ host: "shop.example.com", scheme: "https" }], port: 8000, path: "", strip: false }],
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

it("as many containers run as the document says, variables replaced", () => {
  const replicas = (compose: Record<string, unknown>) =>
    planOf(web({ compose }, { domain: [] }), { settings: { environment: { N: "3" } } }).stack.services[0]!.replicas;
  expect(
    [{ deploy: { replicas: "${M:-2}" } }, { scale: "$N" }, { scale: 4 }, { deploy: {} }, {}].map(replicas),
  ).toEqual([2, 3, 4, 1, 1]);
});

describe("verification, migration and backup of an application", () => {
  it("have their shorthands replaced by what they stand for", () => {
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
      version: { equals: "1.4.0", path: "/version" },
      checks: [
        { path: "/", status: 200 },
        { path: "/x", status: 302 },
        { path: "/y", status: 200 },
      ],
      responseTime: { path: "/", milliseconds: 200 },
    });
  });

  it("may send headers and a login, run a command, and wait for a certificate", () => {
    const { stack } = planOf(
      {
        ...SIMPLEST,
        verification: {
          headers: { "X-A": "text", "X-B": { secret: "TOKEN" }, Authorization: { secret: "TOKEN", prefix: "Bearer " } },
          login: { user: "anna", password: { secret: "TOKEN" } },
          command: ["check"],
          certificateWithin: "90s",
        },
      },
      { secrets: { TOKEN: "x" } },
    );
    expect(stack.verification).toEqual({
      checks: [],
      headers: [
        { name: "X-A", value: "text" },
        { name: "X-B", secret: "TOKEN" },
        { name: "Authorization", value: "Bearer ", secret: "TOKEN" },
      ],
      login: { user: "anna", secret: "TOKEN" },
      command: { service: "web", command: ["check"], timeout: 300_000 },
      certificateWithin: 90_000,
    });
  });

  it("need no domain for a command alone", () =>
    expect(problemsOf({ ...SIMPLEST, domain: [], verification: { command: ["check"] } })).toEqual([]));

  it("compare the version with another word, or not at all, when that is declared", () => {
    expect(
      planOf({ ...SIMPLEST, verification: { version: { path: "/v", equals: "build 7" } } }).stack.verification.version,
    ).toEqual({ path: "/v", equals: "build 7" });
    expect(planOf({ ...SIMPLEST, verification: { version: false } }).stack.verification).toEqual({ checks: [] });
    expect(problemsOf({ ...SIMPLEST, domain: [], verification: { version: false } })).toEqual([]);
  });
});

it("changes neither the declaration nor the settings", () => {
  const spec = structuredClone({ ...SIMPLEST, database: "postgres:15" });
  const given = context({ secrets: { DATABASE_PASSWORD: "x" } });
  const before = JSON.stringify([spec, given]);
  planApplication(spec, given);
  expect(JSON.stringify([spec, given])).toBe(before);
});
