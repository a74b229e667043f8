import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const COMMIT = "3f2c1ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f";

const created: pulumi.runtime.MockResourceArgs[] = [];
const called: pulumi.runtime.MockCallArgs[] = [];

beforeEach(() => {
  created.length = 0;
  called.length = 0;
});

await pulumi.runtime.setMocks(
  {
    newResource: (args) => {
      created.push(args);
      return {
        id: `${args.name}-id`,
        state: {
          ...args.inputs,
          ...(args.type === "docker:index/image:Image" ? { repoDigest: `ghcr.io/me/shop@${DIGEST}` } : {}),
        },
      };
    },
    call: (args) => {
      called.push(args);
      if (args.inputs.name.endsWith(":9.9.9"))
        throw Object.assign(new Error(), { details: "Got bad response from registry: 404 Not Found" });
      return { id: "x", name: args.inputs.name, sha256Digest: DIGEST };
    },
  },
  "slipway",
  "dev",
);

const { ContainerImage, registryAccess } = await import("../../components/image/index.ts");

const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));
const settled = () => pulumi.runtime.disconnect();
const ofType = (type: string) => created.filter((resource) => resource.type === type);
const registries = { "ghcr.io": { username: "me", password: pulumi.secret("planted-password") } };

describe("an image that is looked up", () => {
  it("is the digest behind its version", async () => {
    const image = new ContainerImage("shop", {
      repository: "ghcr.io/me/shop",
      version: "1.4.0",
      ...registryAccess(registries)("ghcr.io/me/shop"),
    });
    expect([await value(image.reference), await value(image.digest), await value(image.version)]).toEqual([
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
    await settled();
    const [provider, ...others] = ofType("pulumi:providers:docker");
    expect(others).toEqual([]);
    expect(await pulumi.isSecret(access("ghcr.io/me/shop").credentials!.password as pulumi.Output<string>)).toBe(true);
    const auth = provider!.inputs.registryAuth;
    expect(auth[pulumi.runtime.specialSigKey]).toBe(pulumi.runtime.specialSecretSig);
    expect(JSON.parse(auth.value)).toEqual([{ address: "ghcr.io", username: "me", password: "planted-password" }]);
    expect(provider!.inputs.disableDockerDaemonCheck).toBe("true");
  });

  it("hands no password to the component's own arguments", async () => {
    new ContainerImage("shop", {
      repository: "ghcr.io/me/shop",
      version: "1.4.0",
      credentials: { username: "me", password: "planted-password" },
    });
    await settled();
    expect(JSON.stringify(ofType("slipway:image:ContainerImage"))).not.toContain("planted");
    expect(JSON.stringify(called)).not.toContain("planted");
    expect(ofType("pulumi:providers:docker")[0]!.inputs.registryAuth[pulumi.runtime.specialSigKey]).toBe(
      pulumi.runtime.specialSecretSig,
    );
  });

  it("asks nobody for a digest that is given", async () => {
    const image = new ContainerImage("shop", { repository: "ghcr.io/me/shop", version: "1.4.0", digest: DIGEST });
    expect(await value(image.reference)).toBe(`ghcr.io/me/shop@${DIGEST}`);
    expect(called).toEqual([]);
  });

  it("that does not exist fails the program with what to do, shown at the component", async () => {
    const failures: unknown[] = [];
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", (error) => failures.push(error));
    const image = new ContainerImage("shop", { repository: "127.0.0.1:1/shop", version: "9.9.9" });
    for (let waited = 0; failures.length === 0 && waited < 3000; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20));
    process.removeAllListeners("unhandledRejection");
    listeners.forEach((listener) => process.on("unhandledRejection", listener));
    const [error] = failures as pulumi.ResourceError[];
    expect(pulumi.ResourceError.isInstance(error)).toBe(true);
    expect(error!.resource).toBe(image);
    expect(error!.message).toBe(
      "image 127.0.0.1:1/shop:9.9.9 does not exist; push it first or correct slipway:applications.shop.version",
    );
    expect(new Set(failures).size).toBe(1);
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
    expect(await value(image.reference)).toBe(`ghcr.io/me/shop@${DIGEST}`);
    await settled();
    const images = ofType("docker:index/image:Image");
    expect(images.map(({ name, inputs }) => [name, inputs.imageName])).toEqual([
      ["shop-commit", "ghcr.io/me/shop:sha-3f2c1ab"],
      ["shop-version", "ghcr.io/me/shop:v1.4.0"],
      ["shop-latest", "ghcr.io/me/shop:latest"],
    ]);
    expect(images[0]!.inputs).toMatchObject({
      buildOnPreview: true,
      build: {
        context: ".",
        dockerfile: ".slipway/build/shop.Dockerfile",
        args: { COMMIT, EXTRA: "1", VERSION: "1.4.0" },
        platform: "linux/amd64",
      },
      registry: {
        [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
        value: { server: "ghcr.io", username: "me" },
      },
    });
  });
});

it("wishes that cannot be met are all named before anything is made", () => {
  expect(() => new ContainerImage("shop", { repository: "ghcr.io/me/shop:1", version: "a b" })).toThrow(
    /carries a tag[\s\S]*is not a version/,
  );
  expect(created).toEqual([]);
});
