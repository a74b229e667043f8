import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { DIGEST } from "../fixtures/application.ts";
import { getRegistryImage } from "../fixtures/registry.ts";
import {
  answers,
  called,
  failures,
  forget,
  isSecretInput,
  type Made,
  made,
  openText,
  outputs,
  plainOf,
  resolved,
  startEngine,
  waitUntilIdle,
} from "../support/engine.ts";
import { temporaryFolder } from "../support/folder.ts";

const COMMIT = "3f2c1ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f";

await startEngine();
outputs["docker:index/image:Image"] = () => ({ repoDigest: `ghcr.io/me/shop@${DIGEST}` });

beforeEach(() => {
  forget();
  answers.getRegistryImage = getRegistryImage;
});

const { ContainerImage, registryAccess } = await import("../../components/image/index.ts");

const ofType = (type: string): Made[] => made.filter((resource) => resource.type === type);
const registries = { "ghcr.io": { username: "me", password: pulumi.secret("planted-password") } };

describe("an image that is looked up", () => {
  it("becomes the digest behind its version", async () => {
    const image = new ContainerImage("shop", {
      repository: "ghcr.io/me/shop",
      version: "1.4.0",
      ...registryAccess(registries)("ghcr.io/me/shop"),
    });
    expect([await resolved(image.reference), await resolved(image.digest), await resolved(image.version)]).toEqual([
      `ghcr.io/me/shop@${DIGEST}`,
      DIGEST,
      "1.4.0",
    ]);
    expect(called.map(({ token, inputs }) => [token, inputs.name])).toEqual([
      ["docker:index/getRegistryImage:getRegistryImage", "ghcr.io/me/shop:1.4.0"],
    ]);
    expect(await pulumi.isSecret(image.reference)).toBe(false);
  });

  it("shares one logged-in provider per registry, its password a secret", async () => {
    const access = registryAccess(registries);
    for (const name of ["shop", "blog"])
      new ContainerImage(name, { repository: `ghcr.io/me/${name}`, version: "1.0.0", ...access(`ghcr.io/me/${name}`) });
    await waitUntilIdle();
    const [provider, ...others] = ofType("pulumi:providers:docker");
    expect(others).toEqual([]);
    expect(await pulumi.isSecret(access("ghcr.io/me/shop").credentials!.password as pulumi.Output<string>)).toBe(true);
    expect(isSecretInput(provider!.inputs.registryAuth)).toBe(true);
    expect(JSON.parse(plainOf(provider!).registryAuth)).toEqual([
      { address: "ghcr.io", username: "me", password: "planted-password" },
    ]);
    expect(provider!.inputs.disableDockerDaemonCheck).toBe("true");
  });

  it("hands no password to the component's own arguments", async () => {
    new ContainerImage("shop", {
      repository: "ghcr.io/me/shop",
      version: "1.4.0",
      credentials: { username: "me", password: "planted-password" },
    });
    await waitUntilIdle();
    expect(ofType("slipway:image:ContainerImage")).toHaveLength(1);
    expect(JSON.stringify(ofType("slipway:image:ContainerImage"))).not.toContain("planted");
    expect(openText([...made, ...called])).not.toContain("planted");
    expect(plainOf(ofType("pulumi:providers:docker")[0]!).registryAuth).toContain("planted-password");
  });

  it("asks nobody for a digest that is given", async () => {
    const image = new ContainerImage("shop", { repository: "ghcr.io/me/shop", version: "1.4.0", digest: DIGEST });
    expect(await resolved(image.reference)).toBe(`ghcr.io/me/shop@${DIGEST}`);
    expect(called).toEqual([]);
  });

  it("that does not exist fails the program with what to do, shown at the component", async () => {
    let image: unknown;
    const found = await failures(1, () => {
      image = new ContainerImage("shop", { repository: "127.0.0.1:1/shop", version: "9.9.9" });
    });
    expect(found).toHaveLength(1);
    const [error] = found as pulumi.ResourceError[];
    expect(pulumi.ResourceError.isInstance(error)).toBe(true);
    expect(error!.resource).toBe(image);
    expect(error!.message).toBe(
      "image 127.0.0.1:1/shop:9.9.9 does not exist; push it first or correct slipway:applications.shop.version",
    );
  });
});

describe("an image that is built", () => {
  const folder = temporaryFolder("build");
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");

  it("is pushed under each tag, and is its digest", async () => {
    const before = process.cwd();
    process.chdir(folder);
    const image = new ContainerImage("shop", {
      repository: "ghcr.io/me/shop",
      version: "1.4.0",
      build: { context: ".", commit: COMMIT, isDefaultBranch: true, args: { EXTRA: "1" } },
      ...registryAccess(registries)("ghcr.io/me/shop"),
      transform: { image: (args) => ({ ...args, buildOnPreview: true }) },
    });
    process.chdir(before);
    expect(await resolved(image.reference)).toBe(`ghcr.io/me/shop@${DIGEST}`);
    await waitUntilIdle();
    const images = ofType("docker:index/image:Image");
    expect(images.map(({ name, inputs }) => [name, inputs.imageName])).toEqual([
      ["shop-commit", "ghcr.io/me/shop:sha-3f2c1ab"],
      ["shop-version", "ghcr.io/me/shop:v1.4.0"],
      ["shop-latest", "ghcr.io/me/shop:latest"],
    ]);
    expect(plainOf(images[0]!)).toMatchObject({
      buildOnPreview: true,
      build: {
        context: ".",
        dockerfile: ".slipway/build/shop.Dockerfile",
        args: { COMMIT, EXTRA: "1", VERSION: "1.4.0" },
        platform: "linux/amd64",
      },
      registry: { server: "ghcr.io", username: "me", password: "planted-password" },
    });
    expect(openText(images)).not.toContain("planted");
  });
});

it("wishes that cannot be met are all named before anything is made", () => {
  expect(() => new ContainerImage("shop", { repository: "ghcr.io/me/shop:1", version: "a b" })).toThrow(
    /carries a tag[\s\S]*is not a version/,
  );
  expect(made).toEqual([]);
});
