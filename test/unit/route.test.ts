import { describe, expect, it } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import type { Route } from "../../components/application/route.ts";
import { releaseOf } from "../fixtures/application.ts";

const SHOP: ApplicationSpec = { name: "shop", image: "ghcr.io/anna/shop", hold: "1m30s" };

function route(
  services: Record<string, ServiceSpec>,
  domain?: string | string[],
  transform?: ApplicationSpec["transform"],
): Route | undefined {
  const spec = { ...SHOP, services, ...(domain !== undefined && { domain }), ...(transform && { transform }) };
  return JSON.parse(releaseOf(spec).files["manifest.json"]).route;
}

describe("the route of an application", () => {
  it("has every domain, and each service that takes requests with the longest path first", () =>
    expect(
      route({ web: { port: 1 }, api: { port: 2, path: "/api" }, admin: { port: 3, path: "/api/admin/" }, worker: {} }, [
        "shop.example.com",
        "http://shop.home",
        "*.example.org",
      ]),
    ).toEqual({
      hold: 90_000,
      sites: [
        { scheme: "https", host: "shop.example.com" },
        { scheme: "http", host: "shop.home" },
        { scheme: "https", host: "*.example.org" },
      ],
      services: [
        { name: "admin", upstream: "shop.admin", path: "/api/admin" },
        { name: "api", upstream: "shop.api", path: "/api" },
        { name: "web", upstream: "shop.web" },
      ],
    }));
  it("names no path where it is all of them", () =>
    expect(route({ web: { port: 1, path: "/" } }, "a.b")?.services).toEqual([{ name: "web", upstream: "shop.web" }]));
  it("has a service once for each of its routes, with an upstream for each port", () => {
    const { sites, services } = route(
      {
        web: { port: 8000 },
        store: {
          domain: "s3.example.com",
          routes: [
            { port: 9000 },
            { domain: "http://console.home", port: 9001 },
            { path: "/up/", stripPrefix: true, port: 9000 },
          ],
        },
      },
      "a.b",
    )!;
    expect(sites).toEqual([
      { scheme: "https", host: "a.b" },
      { scheme: "https", host: "s3.example.com" },
      { scheme: "http", host: "console.home" },
    ]);
    expect(services).toEqual([
      { name: "store", upstream: "shop.store", path: "/up", strip: true, sites: ["s3.example.com"] },
      { name: "web", upstream: "shop.web", sites: ["a.b"] },
      { name: "store", upstream: "shop.store", sites: ["s3.example.com"] },
      { name: "store", upstream: "shop.store@9001", sites: ["http://console.home"] },
    ]);
  });
  it("has no site of its own where a service names the application's domain", () =>
    expect(route({ web: { port: 1, domain: "a.b" } }, "a.b")?.services).toEqual([
      { name: "web", upstream: "shop.web" },
    ]));
  it("needs no domain of the application where services have theirs", () =>
    expect(route({ web: { port: 1, domain: "a.b" } })).toEqual({
      hold: 90_000,
      sites: [{ scheme: "https", host: "a.b" }],
      services: [{ name: "web", upstream: "shop.web" }],
    }));
  it("is absent without a domain", () => expect(route({ web: { port: 1 } })).toBeUndefined());
});

describe("a route that the application changes itself", () => {
  const changed = (change: (route: Route) => unknown): Route =>
    route({ web: { port: 1 } }, "a.b", { route: change as (route: Route) => Route })!;
  const directives = (...lines: string[]) =>
    changed(({ sites, ...rest }) => ({ ...rest, sites: sites.map((site) => ({ ...site, directives: lines })) }));

  it("has the directives that it returns", () =>
    expect(directives("encode gzip", "header X-A b").sites).toEqual([
      { scheme: "https", host: "a.b", directives: ["encode gzip", "header X-A b"] },
    ]));
  it("is not what a failing change left of it", () => {
    const given: Route[] = [];
    changed((before) => {
      given.push(structuredClone(before));
      before.sites.pop();
      return given[0];
    });
    expect(given[0]!.sites).toHaveLength(1);
  });
  it.each<[string, (route: Route) => unknown]>([
    [
      "apps: shop.transform.route: nothing cannot be part of a route; return the one that it was given, with your changes",
      () => undefined,
    ],
    [
      'apps: shop.transform.route: sites[0].host: "a.b {" cannot be part of a route; return the one that it was given, with your changes',
      (before) => ({ ...before, sites: [{ scheme: "https", host: "a.b {" }] }),
    ],
    [
      'apps: shop.transform.route: services: "api" is not one of its services that take traffic, with its upstream',
      (before) => ({ ...before, services: [{ name: "api", upstream: "shop.api" }] }),
    ],
    [
      'apps: shop.transform.route: services: "web" is not one of its services that take traffic, with its upstream',
      (before) => ({ ...before, services: [{ name: "web", upstream: "bank.web" }] }),
    ],
  ])("is refused: %s", (message, change) => expect(() => changed(change)).toThrow(message));
  it("goes on to reach every container of a service", () => {
    const web: ServiceSpec = { port: 1, compose: { deploy: { replicas: 3 } } };
    const services = (replicas?: number) =>
      route({ web }, "a.b", {
        route: (before) => ({
          ...before,
          services: [{ name: "web", upstream: "shop.web", path: "/api", ...(replicas && { replicas }) }],
        }),
      })?.services;
    expect(services(3)).toEqual([{ name: "web", upstream: "shop.web", path: "/api", replicas: 3 }]);
    expect(() => services()).toThrow(
      "apps: shop.transform.route: services.web.replicas: nothing is not the number of its containers; leave 3, as it was given",
    );
  });
  it("is refused when a directive has a line break", () =>
    expect(() => directives("encode gzip\n}")).toThrow("transform.route: sites[0].directives[0]"));
});
