import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import type { ComposeDocument } from "../../components/compose/schema.ts";
import type { Release } from "../../components/release/model.ts";
import { renderRelease } from "../../components/release/render.ts";
import { DIGEST, type Given, OTHER_DIGEST, releaseOf, stackOf } from "../fixtures/application.ts";

const SPEC: ApplicationSpec = {
  name: "shop",
  image: "ghcr.io/anna/shop",
  domain: "shop.example.com",
  database: "postgres:15",
  environment: { A: "1", B: "2" },
  services: { web: { port: 8000, health: "/health", secretFiles: ["KEY"], environment: { C: "3", D: "4" } } },
};
const GIVEN: Given = { secrets: { DATABASE_PASSWORD: "planted-password", KEY: "planted-key" } };
const release = (spec: Partial<ApplicationSpec> = {}, given: Given = {}) =>
  releaseOf({ ...SPEC, ...spec }, { ...GIVEN, ...given });
const id = (spec?: Partial<ApplicationSpec>, given?: Given): string => release(spec, given).id;

function backwards<T>(value: T): T {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, backwards(entry)]),
  ) as T;
}

describe("a release", () => {
  it("is named by its content: the same for the same, in any order of keys", () => {
    expect(id()).toMatch(/^[0-9a-f]{12}$/);
    expect(release()).toEqual(release());
    expect(releaseOf(backwards(SPEC), backwards(GIVEN))).toEqual(release());
  });

  it.each<[string, Partial<ApplicationSpec>, Given?]>([
    ["image", {}, { digest: OTHER_DIGEST }],
    ["version", {}, { settings: { version: "1.4.1" } }],
    ["variable", { environment: { A: "1", B: "3" } }],
    ["variable of the settings", {}, { settings: { environment: { A: "x" } } }],
    ["secret", {}, { secrets: { DATABASE_PASSWORD: "other", KEY: "planted-key" } }],
    ["secret file", {}, { secrets: { DATABASE_PASSWORD: "planted-password", KEY: "other" } }],
    ["further secret", {}, { secrets: { ...GIVEN.secrets, MORE: "" } }],
    ["domain", { domain: "www.example.com" }],
    ["hold", { hold: "5s" }],
    ["check", { verification: { checks: ["/"] } }],
    ["migration", { migration: ["/app", "migrate"] }],
    ["observation", {}, { protected: true }],
  ])("has another name after a change of its %s", (_, spec, given) => expect(id(spec, given)).not.toBe(id()));

  it("carries its own name, and the files of a host", () => {
    const { files } = release();
    expect(Object.keys(files).sort()).toEqual([".env", "compose.yaml", "manifest.json"]);
    expect(JSON.parse(files["manifest.json"]!).release).toBe(id());
  });

  it("tells secrets only in the environment file and the secret files", () => {
    const { files, secretFiles, id: name } = release();
    const { ".env": environment, ...open } = files;
    expect(JSON.stringify([open, name, Object.keys(secretFiles)])).not.toContain("planted");
    expect(environment).toContain("planted-password");
    expect(Object.values(secretFiles)).toEqual([{ content: "planted-key", owner: 10001 }]);
  });

  it("mounts a secret file at a path that changes with its content", () => {
    const path = (given?: Given): string =>
      /\/opt\/shop\/secrets\/[0-9a-f]{16}\/KEY/.exec(release({}, given).files["compose.yaml"]!)![0];
    expect(path()).toBe(`/opt/shop/secrets/${Object.keys(release().secretFiles)[0]}`);
    expect(path({ secrets: { ...GIVEN.secrets, KEY: "other" } })).not.toBe(path());
    expect(path({ secrets: { ...GIVEN.secrets, DATABASE_PASSWORD: "other" } })).toBe(path());
    expect(release().files["compose.yaml"]).toContain('target: "/run/secrets/KEY"');
  });
});

describe("a document changed by `transform.compose`", () => {
  const DB = `docker.io/library/postgres@${DIGEST}`;
  const by = (compose: (document: ComposeDocument) => unknown): Release =>
    release({ transform: { compose: compose as (document: ComposeDocument) => ComposeDocument } });
  const services = (change: Record<string, unknown>) =>
    by(({ services: all, ...rest }) => ({ ...rest, services: { ...all, ...change } }));

  it.each<[string, () => Release]>([
    [
      "apps: shop.transform.compose: nothing is not a Compose document; return the one that it was given, with your changes",
      () => by(() => undefined),
    ],
    [
      "apps: shop.transform.compose: a map is not a Compose document; return the one that it was given, with your changes",
      () => by(() => ({ services: [] })),
    ],
    [
      'apps: shop.transform.compose: "db" is missing in what it returns; leave it in, or take it out of the declaration',
      () => by(({ services: { db: _, ...others }, ...rest }) => ({ ...rest, services: others })),
    ],
    [
      'apps: shop.transform.compose: "extra" is a service that nobody would start; add it to the declaration instead',
      () => services({ extra: { image: DB } }),
    ],
    [
      'apps: shop.transform.compose: services.web.image: "x:latest" has no digest, so it could be another image tomorrow; leave the one that was given, or name it with its digest: "ghcr.io/anna/shop@sha256:…"',
      () => services({ web: { image: "x:latest" } }),
    ],
    [
      'apps: shop.transform.compose: services.db.image: nothing has no digest, so it could be another image tomorrow; leave the one that was given, or name it with its digest: "docker.io/library/postgres@sha256:…"',
      () => services({ db: {} }),
    ],
    [
      'apps: shop.transform.compose: services.web.ports: "80:80" is text; write a list, like ["80:80"]\napps: shop.transform.compose: services.db: is empty; give it an image, like { image: "ghcr.io/anna/web:1" }, or take it out',
      () => services({ db: null, web: { ports: "80:80" } }),
    ],
  ])("is refused: %s", (message, make) => expect(make).toThrow(new Error(message)));

  it("may have other images with a digest, and other volumes, whose folders are the application's", () => {
    const { files } = services({ web: { image: DB.replace("postgres", "x"), volumes: ["./up:/up"] } });
    expect(files["compose.yaml"]).toContain('- "/opt/shop/up:/up"');
    expect(JSON.parse(files["manifest.json"]!)).toMatchObject({
      mounted: ["web"],
      images: [DB, DB.replace("postgres", "x")],
    });
  });

  it("is a copy: changing it in place changes no other release", () => {
    const stack = stackOf(SPEC, GIVEN);
    const before = renderRelease(stack);
    renderRelease(stack, {
      compose: (document) => {
        (document.services.web!.environment as Record<string, string>).C = "x";
        return document;
      },
    });
    expect(renderRelease(stack)).toEqual(before);
  });
});
