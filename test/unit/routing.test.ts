/** Routes of services: several of one, domains of their own, and what is wrong with them. */
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../components/application/declaration.ts";
import { check } from "../../components/settings/check.ts";
import type { RouteSpec } from "../../components/settings/routeSchema.ts";
import { type Given, planOf, problemsOf, releaseOf, SIMPLEST } from "../fixtures/application.ts";

const of = (services: Record<string, ServiceSpec>, more: object = {}) => ({ ...SIMPLEST, services, ...more });
const problems = (web: object, given?: Given): string[] => problemsOf(of({ web: web as ServiceSpec }), given);
const inSettings = (routes: Record<string, RouteSpec[]>): Given => ({ settings: { routes } });
const manifest = (...args: Parameters<typeof releaseOf>) => JSON.parse(releaseOf(...args).files["manifest.json"]);

describe("a service with several ports", () => {
  const store: ServiceSpec = {
    image: "minio:1",
    routes: [{ port: 9000 }, { port: 9001, domain: "console.example.com" }],
  };
  const spec = of({ web: { port: 8000, path: "/shop" }, store });

  it("has the first of them as its port, and an upstream for each", () =>
    expect(manifest(spec).services[1]).toMatchObject({
      name: "store",
      port: 9000,
      upstream: "shop.store",
      upstreams: { "shop.store@9001": 9001 },
    }));
  it("is the application's own, as one with `port` is", () =>
    expect(planOf(spec).stack).toMatchObject({ accessories: [], services: [{ name: "web" }, { name: "store" }] }));
  it("exposes all of them", () => expect(planOf(spec).stack.document.services.store!.expose).toEqual(["9000", "9001"]));
  it("publishes none of them past the proxy", () => {
    const compose = `services: { web: { image: ghcr.io/anna/shop, ports: ["8000:8000", "9000:9000", "9100:9100"] } }`;
    const { services } = planOf(
      {
        ...SIMPLEST,
        compose: "compose.yaml",
        services: { web: { port: 8000, routes: [{}, { port: 9000, path: "/x" }] } },
      },
      { compose },
    ).stack;
    expect(services[0]).toMatchObject({ ports: [8000, 9000], strategy: "recreate" });
    const published = (routes: RouteSpec[]) =>
      planOf({ ...SIMPLEST, compose: "compose.yaml", services: { web: { port: 8000, routes } } }, { compose }).stack
        .preflight.ports;
    expect(published([{}, { port: 9000, path: "/x" }])).toEqual([9100]);
    expect(published([{}])).toEqual([9000, 9100]);
  });
  it("is asked on each of its routes, whoever answers", () =>
    expect(manifest(spec).verification.answers).toEqual([
      "https://shop.example.com/shop",
      "https://shop.example.com/",
      "https://console.example.com/",
    ]));
});

describe("a check of the verification", () => {
  const services: Record<string, ServiceSpec> = { web: { port: 8000 }, admin: { port: 1, domain: "*.example.org" } };
  const checks = (domain: string) => of(services, { verification: { checks: [{ path: "/up", domain }] } });
  it("is asked at another domain where it names one", () =>
    expect(manifest(checks("*.example.org")).verification.checks).toEqual([
      { status: 200, path: "/up", site: "https://slipway.example.org" },
    ]));
  it("names one that the application has", () =>
    expect(problemsOf(checks("else.org"))).toEqual([
      'apps: shop.verification.checks: "else.org" is no domain of the application; it has shop.example.com, *.example.org',
    ]));
});

describe("routes in the settings", () => {
  it("take the place of the declared ones, ports of theirs stay", () =>
    expect(
      manifest(of({ web: { port: 8000 }, api: { port: 9000, path: "/api", domain: "api.example.com" } }), {
        settings: { routes: { api: [{ domain: "api.staging.example.com" }] } },
      }).route.services,
    ).toEqual([
      { name: "web", upstream: "shop.web", sites: ["shop.example.com"] },
      { name: "api", upstream: "shop.api", sites: ["api.staging.example.com"] },
    ]));
  it("may be of a service of a Compose file that the declaration does not name", () =>
    expect(
      manifest(
        { ...SIMPLEST, domain: [], compose: "compose.yaml", services: {} },
        {
          compose: "services: { web: { image: ghcr.io/anna/shop } }",
          settings: { routes: { web: [{ port: 8000, domain: "a.b" }] } },
        },
      ).route.services,
    ).toEqual([{ name: "web", upstream: "shop.web" }]));
  it("are blamed where they are of no service", () =>
    expect(problems({ port: 1 }, inSettings({ wbe: [{}] }))).toEqual([
      'slipway:applications.shop.routes.wbe: "wbe" is no service; there are web',
    ]));
  it("are blamed for what is wrong with them", () =>
    expect(problems({ port: 1 }, inSettings({ web: [{}, { path: "/" }] }))).toEqual([
      'slipway:applications.shop.routes.web[1].path: "/" is that of web already; give one of them another path or domain',
    ]));
  it("are checked as settings are", () => {
    const shop = { hosts: ["h1"], version: "1.4.0", routes: { web: [{ prot: 1, path: "x", port: 0 }], "a b": [{}] } };
    const host = { address: "10.0.0.1", agent: true, insecureIgnoreHostKey: true };
    const entries = { hosts: JSON.stringify({ h1: host }), applications: JSON.stringify({ shop }) };
    expect(check(entries, { folder: "/", readFile: () => "" }).problems).toEqual([
      'slipway:applications.shop.routes.web[0].path: "x" is not a path; write "/api"',
      "slipway:applications.shop.routes.web[0].port: 0 is not a port; write a number from 1 to 65535",
      'slipway:applications.shop.routes.web[0].prot: is not a setting; did you mean "port"?',
      expect.stringContaining('slipway:applications.shop.routes: "a b" is not a valid name for a service'),
    ]);
  });
  it("clash with the domains of another application on the same host", () => {
    const host = { address: "10.0.0.1", agent: true, insecureIgnoreHostKey: true };
    const application = (more: object) => ({ hosts: ["h1"], version: "1.4.0", ...more });
    const applications = {
      blog: application({ domain: "a.b" }),
      shop: application({ routes: { web: [{ domain: ["c.d", "a.b"] }] } }),
    };
    const entries = { hosts: JSON.stringify({ h1: host }), applications: JSON.stringify(applications) };
    expect(check(entries, { folder: "/", readFile: () => "" }).problems).toEqual([
      'slipway:applications.shop.routes: "a.b" already leads to blog on the host h1; give each a domain of its own',
    ]);
  });
});

describe("routes are refused:", () => {
  it.each<[string, object, string]>([
    [
      "without a port",
      { routes: [{ port: 1 }, { path: "/a" }] },
      "web.routes[1].port: nothing is missing; write it there, or services.web.port",
    ],
    ["none at all", { routes: [] }, "web.routes: is empty; leave it out or write a route"],
    [
      "an unknown key",
      { port: 1, routes: [{ prefix: "/a" }] },
      "web.routes[0].prefix: is nothing that can be declared here; known: domain, path, port, stripPrefix, login, headers, maxBody",
    ],
    [
      "a domain that is none",
      { port: 1, domain: "a b" },
      'web.domain: "a b" is not a domain; write it in lowercase ASCII letters, like "shop.example.org" (punycode for others: "xn--…")',
    ],
    [
      "a path beside them",
      { port: 1, path: "/a", routes: [{}] },
      'web.path: "/a" stands beside `routes`; write it in one of them',
    ],
    [
      "a prefix that nobody has",
      { port: 1, stripPrefix: true },
      "web.stripPrefix: true has no prefix to take away; write `path` beside it, or take it out",
    ],
    ["a domain without a port", { domain: "a.b" }, 'web.domain: "a.b" needs a port; add services.web.port'],
    [
      "a port that no route has",
      { port: 1, routes: [{ port: 2 }] },
      "web.port: 1 gets no requests, as every route has a port of its own; take it out, or leave the port out of a route",
    ],
    [
      "a domain twice",
      { port: 1, routes: [{ domain: ["a.b", "a.b"] }, {}] },
      'web.routes[0].domain: "a.b" is named twice; remove one',
    ],
    [
      "the same requests",
      { port: 1, routes: [{ path: "/a" }, { port: 2, path: "/a/" }] },
      'web.routes[1].path: "/a" is that of web already; give one of them another path or domain',
    ],
  ])("%s", (_, web, message) => expect(problems(web)).toContain(`apps: shop.services.${message}`));
  it("a domain of the application that no service has left", () =>
    expect(problems({ port: 1, domain: "a.b" })).toEqual([
      'apps: shop.domain: "shop.example.com" leads nowhere: every service with a port has a domain of its own; take it out, or leave the domain out of a service',
    ]));
  it("those of two services are told from each other by their domains", () => {
    const services = { web: { port: 1 }, api: { port: 2, domain: "api.example.com" } };
    expect(problemsOf(of(services))).toEqual([]);
    expect(problemsOf(of({ ...services, api: { port: 2, domain: ["api.example.com", "shop.example.com"] } }))).toEqual([
      'apps: shop.services.api.path: "/" is that of web already; give one of them another path, or no port',
    ]);
  });
});
