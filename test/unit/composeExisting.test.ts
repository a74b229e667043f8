import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { planOf, problemsOf } from "../fixtures/application.ts";

const spec: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  services: { web: { port: 8000 } },
};
/** The problems of an application whose Compose file has these services, as YAML in braces. */
const problems = (services: string, more: Partial<ApplicationSpec> = {}, rest = "") =>
  problemsOf({ ...spec, ...more }, { compose: `services: {${services}}\n${rest}` });

describe("services that are built", () => {
  it.each([
    ["the only one", "web: {build: .}"],
    ["several of one build", "web: {build: .}, worker: {build: {context: ./, dockerfile: Dockerfile}}"],
    [
      "several of one named image",
      "web: {image: ghcr.io/anna/shop, build: .}, worker: {build: .}, cron: {image: 'ghcr.io/anna/shop:1'}",
    ],
    ["another with an image", "web: {build: .}, nginx: {build: ./nginx, image: 'ghcr.io/anna/nginx:${VERSION}'}"],
    [
      "one image from several stages",
      "web: {build: {context: ., target: web}, image: ghcr.io/anna/shop}, worker: {build: {context: ., target: worker}, image: ghcr.io/anna/shop}",
    ],
  ])("run the application's image: %s", (_, services) => expect(problems(services)).toEqual([]));

  it.each([
    ["several builds", '["web","nginx"]', "web: {build: .}, nginx: {build: ./nginx}"],
    ["several stages", '["web","job"]', "web: {build: .}, job: {build: {context: ., target: job}}"],
    [
      "beside a named one",
      '["nginx"]',
      "web: {build: ., image: ghcr.io/anna/shop}, worker: {build: .}, nginx: {build: ./nginx}",
    ],
    ["beside one that is not built", '["nginx"]', "web: {image: ghcr.io/anna/shop}, nginx: {build: ./nginx}"],
  ])("are not guessed: %s", (_, names, services) =>
    expect(problems(services)).toEqual([
      `apps: shop.services: ${names} have no image and several builds, so it is not clear which of them runs the application's own; ` +
        'write `image` for each in compose.yaml, like "ghcr.io/anna/shop-nginx:${VERSION}", or as services.<name>.image',
    ]),
  );

  it("may be told apart by a hint or by the settings", () => {
    const compose = "services: {web: {build: .}, nginx: {build: ./nginx}}";
    expect(
      problemsOf({ ...spec, services: { web: { port: 8000 }, nginx: { image: "nginx:1" } } }, { compose }),
    ).toEqual([]);
    expect(planOf(spec, { compose, settings: { images: { nginx: "nginx:1" } } }).imageOf).toEqual({
      web: "ghcr.io/anna/shop:1.4.0",
      nginx: "docker.io/library/nginx:1",
    });
  });
});

it("a hint that only a rendered document would follow is refused, others are taken", () => {
  const remedy =
    "does nothing beside a Compose file; write it into compose.yaml, or change the document by transform.compose";
  const idle = {
    command: ["x"],
    environment: { A: "b" },
    secrets: ["KEY"],
    memory: "1g",
    cpus: 1,
    user: "1",
    publish: ["1:1"],
    volumes: ["a:/a"],
    stopGrace: "1s",
    compose: { init: true },
  };
  expect(
    problems("web: {}", {
      database: "postgres:15",
      cache: "redis:7",
      services: { web: { port: 1, ...idle, health: { path: "/", command: ["ok"] } } },
    }),
  ).toEqual(
    ["database", "cache", ...[...Object.keys(idle), "health.command"].map((key) => `services.web.${key}`)].map(
      (place) => expect.stringMatching(new RegExp(`^apps: shop\\.${place}: .* ${remedy}$`)),
    ),
  );
  const taken: ApplicationSpec = {
    ...spec,
    services: {
      web: {
        port: 1,
        path: "/",
        health: { path: "/h", port: 2 },
        strategy: "recreate",
        drain: "1s",
        secretFiles: ["KEY"],
      },
      db: { accessory: true, image: "kv:2" },
    },
  };
  expect(problemsOf(taken, { compose: "services: {web: {}, db: {image: 'kv:1'}}", secrets: { KEY: "x" } })).toEqual([]);
});

it("variables of a build are not needed", () =>
  expect(problems("web: {build: {context: ., args: {TOKEN: '${TOKEN}'}}, environment: ['A=${A}']}")).toEqual([
    expect.stringMatching(/^apps: shop\.compose: "\$\{A\}" has no value/),
  ]));
