import { describe, expect, it } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import { planOf, problemsOf, SIMPLEST } from "../fixtures/application.ts";

const web = (service: ServiceSpec, more: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  ...SIMPLEST,
  services: { web: service },
  ...more,
});

describe("the strategy of a service", () => {
  it.each<[string, ServiceSpec, string]>([
    ["rolling with a port", { port: 8000 }, "rolling"],
    ["recreate without one", {}, "recreate"],
    ["recreate with a volume", { port: 8000, volumes: ["data:/data"] }, "recreate"],
    ["recreate with volumes from extra Compose keys", { port: 8000, compose: { volumes: ["data:/data"] } }, "recreate"],
    ["as declared", { port: 8000, volumes: ["data:/data"], strategy: "rolling" }, "rolling"],
    ["recreate with another published port", { port: 8000, publish: ["9000:9000"] }, "recreate"],
    ["rolling when the published port is the proxied one", { port: 8000, publish: ["8000:8000"] }, "rolling"],
  ])("is %s", (_, service, strategy) =>
    expect(planOf(web(service, { domain: [] })).stack.services[0]!.strategy).toBe(strategy),
  );
});

describe("a strategy that cannot be carried out is refused", () => {
  it.each<[string, ServiceSpec]>([
    [
      'apps: shop.services.web.strategy: "blue" is not a strategy; write "rolling" or "recreate"',
      { port: 1, strategy: "blue" as never },
    ],
    [
      'apps: shop.services.web.strategy: "constructor" is not a strategy; write "rolling" or "recreate"',
      { port: 1, strategy: "constructor" as never },
    ],
    [
      'apps: shop.services.web.strategy: "rolling" cannot run two containers that publish port 9000; remove that port, or use "recreate"',
      { port: 1, publish: ["127.0.0.1:9000-9005:9000-9005"], strategy: "rolling" },
    ],
  ])("%s", (message, service) => expect(problemsOf(web(service))).toEqual([message]));
});
