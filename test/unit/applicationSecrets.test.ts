import { describe, expect, it } from "vitest";
import type { ApplicationSpec, ServiceSpec } from "../../components/application/declaration.ts";
import { planOf, problemsOf, SIMPLEST } from "../fixtures/application.ts";

const web = (service: ServiceSpec, more: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  ...SIMPLEST,
  services: { web: service },
  ...more,
});

describe("secret files of a service", () => {
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
    expect(problemsOf(spec, { secrets, compose: "services: {web: {image: ghcr.io/anna/shop}}" })).toEqual([
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
