import { describe, expect, it } from "vitest";
import type { ApplicationSpec } from "../../components/application/declaration.ts";
import { LATER } from "../../components/policies/facts.ts";
import { RULES } from "../../components/policies/rules.ts";
import { renderRelease } from "../../components/release/render.ts";
import { reviewOf } from "../../components/release/review.ts";
import { stackOf } from "../fixtures/application.ts";
import { factsOf, foundBy, SOUND_SPEC, verdictsOf } from "../fixtures/facts.ts";

/** With another service, of this image. */
const beside = (image: string, more: object = {}): ApplicationSpec => ({
  ...SOUND_SPEC,
  services: { ...SOUND_SPEC.services, other: { image, ...more } },
});
const imageIs = (image: string, what: string): string[] => [`apps: shop.services.other: image: ${image} ${what}`];
const MOVES = "has a tag that moves";

describe("the rule about moving tags", () => {
  it.each([
    ["redis", "docker.io/library/redis:latest"],
    ["ghcr.io/anna/tool:main", "ghcr.io/anna/tool:main"],
    ["nginx:alpine", "docker.io/library/nginx:alpine"],
    ["nginx:mainline-alpine-slim", "docker.io/library/nginx:mainline-alpine-slim"],
    ["localhost:5000/x:Edge", "localhost:5000/x:Edge"],
  ])("finds %s", (image, complete) =>
    expect(foundBy("moving-tag", factsOf(beside(image)))).toEqual(imageIs(complete, MOVES)),
  );

  it.each([
    "postgres:15",
    "redis:7-alpine",
    "x/y:sha-3f2c1ab",
    "x/y:main-3f2c1ab",
    "x/y:2026-06-01",
    `redis@sha256:${"a".repeat(64)}`,
  ])("finds nothing in %s", (image) => expect(foundBy("moving-tag", factsOf(beside(image)))).toEqual([]));

  it("judges the application's own version", () => {
    const facts = factsOf(SOUND_SPEC, { settings: { version: "edge" } });
    expect(foundBy("moving-tag", facts)).toEqual([`apps: shop.services.web: image: ghcr.io/anna/shop:edge ${MOVES}`]);
  });
});

describe("the rule about unstable versions", () => {
  const found = (version: string, isProtected: boolean) =>
    foundBy("unstable-version", factsOf(SOUND_SPEC, { settings: { version }, protected: isProtected }));

  it.each(["1.4.0-rc.1", "v2.0.0-beta", "1.4.0-SNAPSHOT", "3.14.0b2", "2.0-rc1", "1.0.0-dev.3"])(
    "finds %s in a protected environment alone",
    (version) => {
      expect(found(version, true)).toEqual([
        `apps: shop.services.web: image: ghcr.io/anna/shop:${version} is a pre-release, and this environment is protected`,
      ]);
      expect(found(version, false)).toEqual([]);
    },
  );

  it("finds a moving tag in a protected environment", () =>
    expect(found("canary", true)).toEqual([
      `apps: shop.services.web: image: ghcr.io/anna/shop:canary ${MOVES}, and this environment is protected`,
    ]));

  it.each(["1.4.0", "sha-3f2c1ab", "15-alpine", "v2.1.0-bookworm", "1.4.0-precise"])("finds nothing in %s", (version) =>
    expect(found(version, true)).toEqual([]),
  );
});

describe("the rule about digests", () => {
  it("finds an image without one in what is shown", () => {
    const facts = factsOf(SOUND_SPEC);
    const review = { services: { web: { image: "redis:7" }, db: { image: `redis@sha256:${"a".repeat(64)}` } } };
    expect(foundBy("image-digest", { ...facts, review })).toEqual([
      "apps: shop.services.web: image: redis:7 has no digest",
    ]);
  });

  it("leaves an image that is known later for later, and judges the other services", () => {
    const spec: ApplicationSpec = {
      ...beside("redis:7"),
      transform: {
        compose: ({ services, ...rest }) => ({
          ...rest,
          services: { ...services, other: { ...services.other, privileged: true } },
        }),
      },
    };
    const stack = stackOf(spec);
    stack.document.services.web!.image = LATER;
    const facts = { ...factsOf(spec), review: reviewOf(stack, renderRelease(stack, spec.transform), LATER) };
    const verdicts = verdictsOf(facts);
    expect(verdicts["image-digest"]).toMatchObject({
      findings: [],
      later: [{ place: "apps: shop.services.web", path: "image" }],
    });
    expect(verdicts.privileged).toMatchObject({ findings: [{ place: "apps: shop.services.other" }], later: [] });
    const others = Object.entries(verdicts).filter(([, { later }]) => later.length > 0);
    expect(others.map(([id]) => id)).toEqual(["image-digest"]);
  });
});

describe("the rule about registries", () => {
  const found = (image: string, ...registries: string[]) =>
    foundBy("registry", factsOf(beside(image)), { registries: ["ghcr.io/anna", ...registries] });

  it.each<[string, string[]]>([
    ["redis:7", []],
    ["redis:7", ["docker.io/libra"]],
    ["ghcr.io/annabel/x:1", ["ghcr.io/ann"]],
    ["ghcr.io:5000/anna/x:1", []],
  ])("finds %s, which is not within %j", (image, registries) => expect(found(image, ...registries)).toHaveLength(1));

  it.each<[string, string[]]>([
    ["redis:7", ["docker.io"]],
    ["redis:7", ["index.docker.io/library/"]],
    ["ghcr.io/anna/x/y:1", []],
    [`ghcr.io/anna/x@sha256:${"a".repeat(64)}`, []],
    ["registry.example.com:5000/x:1", ["registry.example.com:5000"]],
  ])("finds nothing in %s with %j", (image, registries) => expect(found(image, ...registries)).toEqual([]));

  it("allows all where none is named, and says which are allowed", () => {
    expect(foundBy("registry", factsOf(beside("redis:7")))).toEqual([]);
    expect(found("redis:7", "quay.io")).toEqual(
      imageIs("docker.io/library/redis:7", "is not from ghcr.io/anna, quay.io"),
    );
  });

  it("judges an image by its digest alone", () => {
    const digest = `quay.io/x/y@sha256:${"a".repeat(64)}`;
    expect(found(digest)).toEqual(imageIs(digest, "is not from ghcr.io/anna"));
  });

  it("takes no registry without a host", () => {
    const { settings } = RULES.find(({ id }) => id === "registry")!;
    const problem = (text: string) => settings!.safeParse({ registries: [text] }).error?.issues[0]?.message;
    expect(problem("anna")).toBe('names no registry; write its host first, like "ghcr.io/anna"');
    expect([problem("ghcr.io/anna"), problem("localhost/x"), problem("host:5000")]).toEqual(Array(3).fill(undefined));
  });
});
