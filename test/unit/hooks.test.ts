/** Lifecycle hooks of a Compose file: what a host is told of them, and what is refused. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { renderRelease } from "../../components/release/render.ts";
import { planOf, problemsOf, releaseOf, stackOf } from "../fixtures/application.ts";

const OTHER = `kv@sha256:${"12".repeat(32)}`;
const spec = (more: Partial<ApplicationSpec> = {}): ApplicationSpec => ({
  name: "shop",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  services: { web: { port: 8000 } },
  ...more,
});
const IMAGE = "ghcr.io/anna/shop";
const file = (services: object): { compose: string } => ({ compose: JSON.stringify({ services }) });
const rendered = (services: object, more?: Partial<ApplicationSpec>) =>
  parse(releaseOf(spec(more), file(services)).files["compose.yaml"]).services;
const refused = (services: object, more?: Partial<ApplicationSpec>): string[] => problemsOf(spec(more), file(services));

const HOOK = [{ command: ["x"] }];

describe("hooks of a service", () => {
  it("stay in the file as they are, and a label tells that the container has them", () => {
    const hooks = { post_start: [{ command: "x y", user: "root", environment: { A: "1" } }], pre_stop: HOOK };
    expect(rendered({ web: { image: IMAGE, ...hooks } }).web).toMatchObject({
      ...hooks,
      labels: { "slipway.hooks": "post_start pre_stop" },
    });
  });

  it.each([
    ["a list", ["a=1"], ["a=1", "slipway.hooks=pre_stop"]],
    ["a map", { a: "1" }, { a: "1", "slipway.hooks": "pre_stop" }],
  ])("leave its other labels: %s", (_, labels, after) =>
    expect(rendered({ web: { image: IMAGE, labels, pre_stop: HOOK } }).web.labels).toEqual(after),
  );

  it("add nothing where there are none", () =>
    expect(rendered({ web: { image: IMAGE, post_start: [], pre_stop: [] } }).web.labels).toBeUndefined());

  it("of an accessory are Compose's own, but for the end that Compose does not see", () => {
    expect(rendered({ web: { image: IMAGE }, db: { image: OTHER, post_start: HOOK } }).db.labels).toBeUndefined();
    expect(
      rendered({ web: { image: IMAGE }, db: { image: OTHER, post_start: HOOK, pre_stop: HOOK } }).db.labels,
    ).toEqual({
      "slipway.hooks": "pre_stop",
    });
  });

  it("that a transform adds count, too", () => {
    const { files } = renderRelease(stackOf(spec(), file({ web: { image: IMAGE } })), {
      compose: (document) => ({
        ...document,
        services: { web: { ...document.services.web, pre_stop: [{ command: "x" }] } },
      }),
    });
    expect(parse(files["compose.yaml"]).services.web.labels).toEqual({ "slipway.hooks": "pre_stop" });
  });

  it("give all hosts as long again before they must have switched", () => {
    const within = (web: object) => planOf(spec(), file({ web: { image: IMAGE, ...web } })).confirmWithin;
    expect(within({ post_start: HOOK }) - within({})).toBe(60_000);
  });

  it.each([
    ["no command", { post_start: [{ command: null }] }, /web\.post_start\.0\.command: says nothing that could run/],
    [
      "lines in a variable",
      { pre_stop: [...HOOK, { command: "x", environment: { KEY: "a\nb" } }] },
      /web\.pre_stop\.1\.environment\.KEY: has several lines, which `docker exec` does not take/,
    ],
  ])("that cannot run are refused: %s", (_, web, message) =>
    expect(refused({ web: { image: IMAGE, ...web } })).toEqual([expect.stringMatching(message)]),
  );

  it("are refused for a service that runs to its end", () =>
    expect(refused({ web: { image: IMAGE }, seed: { image: OTHER, restart: "no", post_start: HOOK } })).toEqual([
      expect.stringMatching(/^apps: shop\.services\.seed\.post_start: would not run: seed runs to its end; /),
    ]));
});

describe("pre_start", () => {
  const WEB = {
    image: IMAGE,
    command: ["serve"],
    user: "1000",
    environment: { A: "1", B: "2" },
    volumes: ["data:/data"],
    ports: ["9000:9000"],
    container_name: "web",
    networks: { default: { aliases: ["www"] } },
    depends_on: { db: { condition: "service_healthy" } },
    post_start: HOOK,
  };
  const STEPS = [
    { command: ["migrate"], environment: ["B=3"] },
    { image: OTHER, user: "root", command: "chown 1000 /data" },
  ];
  const compose = JSON.stringify({
    services: { web: { ...WEB, pre_start: STEPS }, db: { image: OTHER } },
    volumes: { data: {} },
  });
  const plan = () => planOf(spec(), { compose }).stack;

  it("runs each of them to its end, in their order, after what the service needs", () => {
    expect(plan().once.map(({ name }) => name)).toEqual(["web-pre_start-0", "web-pre_start-1"]);
    expect(plan().start).toEqual([["db"], ["web-pre_start-0"], ["web-pre_start-1"]]);
  });

  it("gives them all that the service has, but for what is its own or theirs", () => {
    const { services } = parse(releaseOf(spec(), { compose }).files["compose.yaml"]);
    expect(services["web-pre_start-0"]).toMatchObject({
      image: services.web.image,
      command: ["migrate"],
      user: "1000",
      environment: { A: "1", B: "3" },
      volumes: services.web.volumes,
      networks: ["default"],
      restart: "no",
    });
    expect(services["web-pre_start-1"]).toMatchObject({ image: OTHER, user: "root", command: "chown 1000 /data" });
    for (const key of ["ports", "container_name", "post_start", "labels"])
      expect(services["web-pre_start-0"]).not.toHaveProperty(key);
    expect(services.web).not.toHaveProperty("pre_start");
  });

  it("runs again where its definition changes, and with another image", () => {
    const hash = (text: string, digest?: string) =>
      JSON.parse(
        releaseOf(spec(), { compose: text, ...(digest === undefined ? {} : { digest }) }).files["manifest.json"],
      ).once["web-pre_start-0"].hash;
    expect(hash(compose.replace("serve", "serve2"))).toBe(hash(compose));
    expect(hash(compose.replace("migrate", "migrate2"))).not.toBe(hash(compose));
    expect(hash(compose, `sha256:${"ef".repeat(32)}`)).not.toBe(hash(compose));
  });

  it("takes the image that the settings give to its service, and a time of its own", () => {
    const settings = { images: { web: OTHER } };
    const services = { web: { port: 8000 }, "web-pre_start-0": { once: { timeout: "20m" } } };
    const { stack } = planOf(spec({ services }), { compose, settings });
    expect(stack.document.services["web-pre_start-0"]!.image).toBe(OTHER);
    expect(stack.once[0]).toEqual({ name: "web-pre_start-0", each: false, timeout: 1_200_000 });
  });

  it("of an accessory runs before it", () =>
    expect(
      planOf(spec(), file({ web: { image: IMAGE }, db: { image: OTHER, pre_start: [{ command: "init" }] } })).stack
        .start,
    ).toEqual([["db-pre_start-0"], ["db"]]));

  it("for each replica is refused, as Compose refuses it", () =>
    expect(refused({ web: { image: IMAGE, pre_start: [{ command: "x", per_replica: true }] } })).toEqual([
      expect.stringMatching(/web\.pre_start\.0\.per_replica: true is not supported, by Docker Compose neither/),
    ]));

  it("under the name of another service is refused", () =>
    expect(
      refused({ web: { image: IMAGE, pre_start: [{ command: "x" }] }, "web-pre_start-0": { image: OTHER } })[0],
    ).toMatch(/web\.pre_start\.0: "web-pre_start-0" is the name that it runs under/));
});
