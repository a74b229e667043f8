import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../components/application/declaration.ts";
import { renderRoute, routeOf } from "../../components/release/route.ts";
import { planOf } from "../fixtures/application.ts";

function route(
  services: Record<string, ServiceSpec>,
  domain: string | string[] = "shop.example.com",
  hold = "30s",
): string {
  const { stack } = planOf({ name: "shop", image: "ghcr.io/anna/shop", domain, services, hold });
  return renderRoute(stack.application, stack.domains, stack.services, stack.hold);
}

it("the route of one service is one proxy whose upstream is read from a file", () => {
  expect(route({ web: { port: 8000 }, worker: {} })).toBe(
    [
      "shop.example.com {",
      "\treverse_proxy {file./etc/caddy/upstreams/shop.web.8000}:8000 {",
      "\t\tlb_try_duration 30000ms",
      "\t\tlb_try_interval 100ms",
      "\t\tstream_close_delay 5m",
      "\t\ttransport http {",
      "\t\t\tkeepalive off",
      "\t\t\tdial_timeout 2s",
      "\t\t}",
      "\t}",
      "}",
      "",
    ].join("\n"),
  );
});

describe("a route", () => {
  it("answers every domain, without TLS where its address is http", () =>
    expect(route({ web: { port: 1 } }, ["shop.example.com", "http://shop.home", "*.example.org"]).split("\n")[0]).toBe(
      "shop.example.com, http://shop.home, *.example.org {",
    ));

  it("holds requests as long as declared", () =>
    expect(route({ web: { port: 1 } }, "a.b", "1m30s")).toContain("\tlb_try_duration 90000ms\n"));

  it("tries the longest path first", () => {
    const handles = route({ web: { port: 1 }, api: { port: 2, path: "/api" }, admin: { port: 3, path: "/api/admin/" } })
      .split("\n")
      .filter((line) => /handle|reverse_proxy|@/.test(line));
    expect(handles.map((line) => line.trim())).toEqual([
      "@admin path /api/admin /api/admin/*",
      "handle @admin {",
      "reverse_proxy {file./etc/caddy/upstreams/shop.admin.3}:3 {",
      "@api path /api /api/*",
      "handle @api {",
      "reverse_proxy {file./etc/caddy/upstreams/shop.api.2}:2 {",
      "handle {",
      "reverse_proxy {file./etc/caddy/upstreams/shop.web.1}:1 {",
    ]);
  });

  it("asks one service for its path alone", () =>
    expect(route({ api: { port: 2, path: "/api" } })).toContain("\t@api path /api /api/*\n\thandle @api {\n"));
});

describe("the manifest's route", () => {
  const of = (services: Record<string, ServiceSpec>, domain?: string | string[]) => {
    const { stack } = planOf({ name: "shop", image: "ghcr.io/anna/shop", domain, services, hold: "1m30s" });
    return routeOf(stack.application, stack.domains, stack.services, stack.hold);
  };
  it("has every domain, and each service that takes requests with the longest path first", () =>
    expect(
      of({ web: { port: 1 }, api: { port: 2, path: "/api" }, admin: { port: 3, path: "/api/admin/" }, worker: {} }, [
        "shop.example.com",
        "http://shop.home",
      ]),
    ).toEqual({
      hold: 90_000,
      sites: [
        { scheme: "https", host: "shop.example.com" },
        { scheme: "http", host: "shop.home" },
      ],
      services: [
        { name: "admin", upstream: "shop.admin", path: "/api/admin" },
        { name: "api", upstream: "shop.api", path: "/api" },
        { name: "web", upstream: "shop.web" },
      ],
    }));
  it("names no path where it is all of them", () =>
    expect(of({ web: { port: 1, path: "/" } }, "a.b")?.services).toEqual([{ name: "web", upstream: "shop.web" }]));
  it("is absent without a domain", () => expect(of({ worker: {} })).toBeUndefined());
});
