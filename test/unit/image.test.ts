import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withLabels, writeLabelled } from "../../components/image/dockerfile.ts";
import { plan, pluginName, settingsOf } from "../../components/image/plan.ts";
import { platformFor } from "../../components/image/platform.ts";
import {
  formatReference,
  parseReference,
  pin,
  referenceProblem,
  registryOf,
  repositoryProblem,
} from "../../components/image/reference.ts";
import { buildArguments, deployable, labels, plainVersion, tags } from "../../components/image/version.ts";
import { temporaryFolder } from "../support/folder.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const COMMIT = "3f2c1ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f";

describe("an image reference", () => {
  it.each([
    ["caddy", "docker.io/library/caddy"],
    ["caddy:2.11.9", "docker.io/library/caddy:2.11.9"],
    ["me/shop:v1", "docker.io/me/shop:v1"],
    ["index.docker.io/me/shop", "docker.io/me/shop"],
    ["docker.io/caddy", "docker.io/library/caddy"],
    ["10.0.0.1:5000/shop:9.9.9", "10.0.0.1:5000/shop:9.9.9"],
    ["localhost/shop", "localhost/shop"],
    ["[::1]:5000/shop", "[::1]:5000/shop"],
    [`ghcr.io/me/shop:1.4.0@${DIGEST}`, `ghcr.io/me/shop:1.4.0@${DIGEST}`],
  ])("%s stands for %s", (text, full) => expect(formatReference(parseReference(text))).toBe(full));

  it.each([
    "",
    "ghcr.io/",
    "a b",
    "ghcr.io/me/shop:",
    "ghcr.io/me/shop:-x",
    "ghcr.io/me//shop",
    "../x",
    "shop@sha256:12",
    "-x.io/shop",
    `ghcr.io/${"a".repeat(300)}`,
    "$(id)",
  ])("is not %j", (text) => {
    expect(referenceProblem(text)).toBeTypeOf("string");
    expect(() => parseReference(text)).toThrow(JSON.stringify(text));
  });

  it("with capital letters is refused, with the same in small letters", () =>
    expect(referenceProblem("ghcr.io/Me/Shop")).toContain('"ghcr.io/me/shop"'));

  it("that names a repository has neither tag nor digest", () => {
    expect(repositoryProblem("ghcr.io/me/shop")).toBeUndefined();
    expect(repositoryProblem("ghcr.io/me/shop:1")).toContain("carries a tag");
    expect(repositoryProblem(`ghcr.io/me/shop@${DIGEST}`)).toContain("carries a digest");
  });

  it("is pinned by dropping the tag", () => {
    expect(pin("ghcr.io/me/shop:1.4.0", DIGEST)).toBe(`ghcr.io/me/shop@${DIGEST}`);
    expect(() => pin("shop", "sha256:short")).toThrow("is not a digest");
  });

  it("names its registry, and reaches the plugin in the form that it knows", () => {
    expect([registryOf("caddy"), registryOf("ghcr.io/me/shop")]).toEqual(["docker.io", "ghcr.io"]);
    expect(pluginName(parseReference("caddy:2.11.9"))).toBe("library/caddy:2.11.9");
    expect(pluginName(parseReference("ghcr.io/me/shop:1"))).toBe("ghcr.io/me/shop:1");
  });
});

describe("a downgrade", () => {
  const rules = { protected: true, configPath: "slipway:applications.shop" };

  it("is refused in a protected environment, with the way out", () => {
    expect(deployable("1.10.0", "1.9.0", rules)).toBe(
      'slipway:applications.shop.version: "1.9.0" is older than "1.10.0", which this protected environment runs; to go back on purpose, set slipway:applications.shop.allowDowngrade to true',
    );
    expect(deployable("v1.1.0", "1.1.0-rc.1", rules)).toContain("is older than");
  });

  it.each([
    ["upward", "1.9.0", "1.10.0", rules],
    ["the first", undefined, "1.0.0", rules],
    ["the same", "1.0.0", "v1.0.0", rules],
    ["without an order", "sha-3f2c1ab", "1.0.0", rules],
    ["meant", "1.1.0", "1.0.0", { ...rules, allowDowngrade: true }],
    ["unprotected", "1.1.0", "1.0.0", { protected: false }],
  ])("is accepted if it is %s", (_, from, to, given) => expect(deployable(from, to, given)).toBeUndefined());
});

describe("a build", () => {
  it("pushes sha-, vX.Y.Z and, from the default branch, latest", () => {
    expect(tags({ version: "1.4.0", commit: COMMIT, isDefaultBranch: true })).toEqual([
      "sha-3f2c1ab",
      "v1.4.0",
      "latest",
    ]);
    expect(tags({ version: "v1.4.0-rc.1", commit: COMMIT, isDefaultBranch: true })).toEqual([
      "sha-3f2c1ab",
      "v1.4.0-rc.1",
    ]);
    expect(tags({ version: "1.4.0" })).toEqual(["v1.4.0"]);
  });

  it("says what it is by arguments and labels, the same at any time", () => {
    expect(buildArguments({ version: "v1.4.0", commit: COMMIT })).toEqual({ COMMIT, VERSION: "1.4.0" });
    expect(labels({ version: "1.4.0", commit: COMMIT, source: "https://example.org/shop" })).toEqual({
      "org.opencontainers.image.revision": COMMIT,
      "org.opencontainers.image.source": "https://example.org/shop",
      "org.opencontainers.image.version": "1.4.0",
    });
    expect(plainVersion("sha-3f2c1ab")).toBe("sha-3f2c1ab");
  });

  it("labels whichever stage is built", () => {
    expect(withLabels("FROM a AS one\n\nFROM b\nCOPY . .\n", { b: "2", a: '$x "q"' })).toBe(
      'FROM a AS one\n\nFROM b\nCOPY . .\nLABEL a="\\$x \\"q\\""\nLABEL b="2"\n',
    );
    expect(withLabels("FROM a AS one\nFROM b", { a: "1" }, "one")).toBe(
      'FROM a AS one\nFROM b\n\nFROM one\nLABEL a="1"\n',
    );
  });

  const folder = temporaryFolder("image");
  it("writes the labelled Dockerfile below .slipway, or says where it looked", () => {
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    const path = writeLabelled("a/../b", "Dockerfile", { a: "1" }, { folder });
    expect(path).toBe(".slipway/build/a----b.Dockerfile");
    expect(readFileSync(join(folder, path), "utf8")).toBe('FROM scratch\nLABEL a="1"\n');
    expect(() => writeLabelled("x", "app/Dockerfile", {}, { folder })).toThrow(
      'app/Dockerfile" cannot be read; build.dockerfile is relative to the project folder',
    );
  });
});

describe("a plan", () => {
  it("names all that is wrong at once", () => {
    expect(() => plan({ repository: "ghcr.io/me/shop:1", version: "a b", digest: "x" }, settingsOf("shop"))).toThrow(
      'slipway:applications.shop.image: "ghcr.io/me/shop:1" carries a tag; write the repository alone, and the tag as the version\n' +
        "slipway:applications.shop.version: \"a b\" is not a version; write a semantic version like \"1.4.0\", or a tag like \"sha-3f2c1ab\" (letters, digits, '_', '.', '-', at most 128)\n" +
        'slipway:applications.shop.digest: "x" is not a digest; write sha256: and 64 hexadecimal digits',
    );
    expect(() => plan({ repository: "shop" }, settingsOf("shop"))).toThrow(
      "slipway:applications.shop.version: is missing",
    );
  });

  it("builds for what the hosts are, whatever machine builds, as far as that is known", () => {
    expect(platformFor({ "web-1": "aarch64", "web-2": undefined })).toBe("linux/arm64");
    expect(platformFor({ "web-1": "x86_64", "web-2": "x86_64" })).toBe("linux/amd64");
    expect(platformFor({ "web-1": undefined, "web-2": undefined })).toBeUndefined();
  });

  it("refuses a build for a machine of an unknown kind, rather than guess", () =>
    expect(() => platformFor({ "web-1": "mystery" })).toThrow(
      'build.platform: web-1 is a machine of a kind that is not known here (mystery); write its platform, like "linux/arm64"',
    ));

  it("refuses a build for hosts of several kinds, which one image cannot serve", () =>
    expect(() => platformFor({ "web-1": "x86_64", pi: "aarch64" })).toThrow(
      "build.platform: web-1 is linux/amd64 and pi is linux/arm64, and a build makes one image for all; write the platform",
    ));

  it("takes any tag of other people's images, and semantic versions for own builds", () => {
    expect(plan({ repository: "postgres", version: "15" }, settingsOf("p"))).toMatchObject({
      kind: "lookUp",
      reference: { repository: "library/postgres", tag: "15" },
    });
    expect(() => plan({ repository: "shop", version: "15", build: { context: "." } }, settingsOf("p"))).toThrow(
      "is not a semantic version",
    );
  });
});
