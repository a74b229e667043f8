/** Services that run to their end: which they are, in which order they run, what a release says of them. */
import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { planOf, problemsOf, releaseOf, SIMPLEST } from "../fixtures/application.ts";

const OTHER = `kv@sha256:${"12".repeat(32)}`;
const WAITS = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { condition: "service_completed_successfully" }]));
/** An application by a Compose file with these services; `web` takes the requests. */
const composed = (hints: ApplicationSpec["services"] = {}): ApplicationSpec => ({
  name: "shop",
  image: "ghcr.io/anna/shop",
  compose: "compose.yaml",
  services: { web: { port: 8000 }, ...hints },
});
/** Where none is named, the image is the application's own. */
const fileOf = (services: object): { compose: string } => {
  const all = Object.entries(services).map(([name, service]) => [name, { image: "ghcr.io/anna/shop", ...service }]);
  return { compose: JSON.stringify({ services: Object.fromEntries(all) }) };
};
const planned = (services: object, hints?: ApplicationSpec["services"]) =>
  planOf(composed(hints), fileOf(services)).stack;
const refused = (services: object, hints?: ApplicationSpec["services"]): string[] =>
  problemsOf(composed(hints), fileOf(services));

describe("a service runs once", () => {
  const names = (services: object, hints?: ApplicationSpec["services"]): string[] =>
    planned(services, hints).once.map(({ name }) => name);

  it("where another waits for its end", () =>
    expect(names({ web: { depends_on: WAITS("init") }, init: {}, db: { image: OTHER } })).toEqual(["init"]));

  it("where it is not to be started again", () =>
    expect(names({ web: {}, seed: { restart: "no" }, buckets: { image: OTHER, restart: "no" } })).toEqual([
      "seed",
      "buckets",
    ]));

  it("where it is declared so", () =>
    expect(names({ web: {}, seed: { image: OTHER } }, { seed: { once: true } })).toEqual(["seed"]));

  it("not where it takes requests, is an accessory, or is declared to go on", () =>
    expect(
      names(
        { web: { restart: "no" }, db: { image: OTHER, restart: "no" }, worker: { restart: "no" } },
        { db: { accessory: true }, worker: { once: false } },
      ),
    ).toEqual([]));

  it("not where others ask it: it has a port or a health check", () =>
    expect(
      names({
        web: {},
        db: { image: OTHER, restart: "no", ports: ["5432:5432"] },
        kv: { image: OTHER, restart: "no", healthcheck: { test: "true" } },
      }),
    ).toEqual([]));

  it("of a declaration without a Compose file too", () =>
    expect(
      planOf({ ...SIMPLEST, services: { ...SIMPLEST.services, seed: { command: ["seed"], once: true } } }).stack.once,
    ).toEqual([{ name: "seed", each: false, timeout: 600_000 }]));

  it("with the time that it is given", () =>
    expect(planned({ web: {}, seed: {} }, { seed: { once: { each: true, timeout: "30s" } } }).once).toEqual([
      { name: "seed", each: true, timeout: 30_000 },
    ]));
});

describe("the order of what starts before the services", () => {
  const order = (services: object): string[][] => planned({ web: {}, ...services }).start;

  it("is nothing where nothing runs once", () => expect(order({ db: { image: OTHER } })).toEqual([]));

  it("begins with the accessories that wait for nobody", () =>
    expect(
      order({
        init: { restart: "no", depends_on: ["db"] },
        db: { image: OTHER },
        cache: { image: OTHER, depends_on: ["db"] },
      }),
    ).toEqual([["cache", "db"], ["init"]]));

  it("has an accessory after what it waits for", () =>
    expect(
      order({
        ui: { image: OTHER, depends_on: WAITS("topics") },
        topics: { image: OTHER, depends_on: { kafka: { condition: "service_healthy" } } },
        kafka: { image: OTHER, depends_on: WAITS("owner") },
        owner: { image: OTHER },
      }),
    ).toEqual([["owner"], ["kafka"], ["topics"], ["ui"]]));

  it("takes those that run once one after the other, as the file has them", () =>
    expect(order({ b: { restart: "no", depends_on: ["a"] }, c: { restart: "no" }, a: { restart: "no" } })).toEqual([
      ["c"],
      ["a"],
      ["b"],
    ]));
});

describe("what cannot be is refused", () => {
  it("a service that takes requests and ends", () =>
    expect(refused({ web: {} }, { web: { port: 8000, once: true } })).toContain(
      "apps: shop.services.web.once: true is of a service that takes requests; take its port out, or `once`",
    ));

  it("one that waits for a service that is started only after it", () =>
    expect(refused({ web: {}, seed: { restart: "no", depends_on: ["web"] } })).toEqual([
      expect.stringMatching(/shop\.services\.seed\.depends_on: \["web"\] are started only after seed has ended/),
    ]));

  it("two that wait for each other", () =>
    expect(
      refused({ web: {}, a: { restart: "no", depends_on: ["b"] }, b: { restart: "no", depends_on: ["a"] } }).join(),
    ).toContain("wait for each other"));
});

describe("a release", () => {
  const manifest = (services: object, digest?: string) => {
    const { files } = releaseOf(composed(), { ...fileOf(services), ...(digest === undefined ? {} : { digest }) });
    return { manifest: JSON.parse(files["manifest.json"]), compose: files["compose.yaml"] };
  };
  const seed = { image: OTHER, restart: "no", environment: { A: "1" } };

  it("says nothing of it where nothing runs once", () => {
    const { manifest: said } = manifest({ web: {} });
    expect([said.once, said.start]).toEqual([undefined, undefined]);
  });

  it("has their images and order, and they are not started again", () => {
    const { manifest: said, compose } = manifest({ web: {}, seed });
    expect(said).toMatchObject({ start: [["seed"]], once: { seed: { timeout: 600 } }, accessories: [] });
    expect(said.images).toContain(OTHER);
    expect(compose).toMatch(/seed:\n(?: {4}.*\n)* {4}restart: "no"/);
  });

  it("gives one another name exactly when its definition changes", () => {
    const hash = (services: object, digest?: string): string => manifest(services, digest).manifest.once.seed.hash;
    const before = hash({ web: {}, seed });
    expect(hash({ web: { environment: { B: "2" } }, seed }, `sha256:${"cd".repeat(32)}`)).toBe(before);
    expect(hash({ web: {}, seed: { ...seed, environment: { A: "2" } } })).not.toBe(before);
  });
});
