import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, Plugin, replacing, urn } from "./support/plugin.ts";
import { sha256, TestRegistry } from "./support/registry.ts";
import { type Properties, secret, unknown } from "./support/values.ts";

const image = urn("docker:index/image:Image");
const hasDaemon = spawnSync("docker", ["info", "--format", "{{.ID}}"], { stdio: "pipe" }).status === 0;

describe("docker.Image", () => {
  const registry = new TestRegistry();
  const folder = mkdtempSync(join(tmpdir(), "slipway-context-"));
  const built: string[] = [];
  let plugin: Plugin;
  beforeAll(async () => {
    [plugin] = await Promise.all([Plugin.start("docker"), registry.start()]);
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nARG NOTE\nLABEL note=$NOTE\nCOPY content /content\n");
    writeFileSync(join(folder, ".dockerignore"), "ignored\n");
    writeFileSync(join(folder, "content"), "one");
  });
  afterAll(async () => {
    if (built.length > 0) spawnSync("docker", ["image", "rm", "--force", ...built], { stdio: "ignore" });
    await Promise.all([plugin.stop(), registry.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const asked = (more: Properties = {}): Properties => ({
    imageName: "conformance:1",
    skipPush: true,
    buildOnPreview: false,
    ...more,
    build: { context: folder, ...more.build },
  });
  const stored = (inputs: Properties): Properties => ({ imageName: inputs.imageName, __inputs: secret(inputs) });

  test("an unchanged context is no change; a changed file is an update; an ignored file is neither", async () => {
    const before = await plugin.checked(image, asked());
    const difference = async () => plugin.diff(image, stored(before), before, await plugin.checked(image, asked()));
    expect((await difference()).changes).not.toBe(changed);
    writeFileSync(join(folder, "ignored"), "anything");
    expect((await difference()).changes).not.toBe(changed);
    writeFileSync(join(folder, "content"), "two");
    const after = await difference();
    expect(after.changes).toBe(changed);
    expect(after.replaces).toEqual([]);
    expect(Object.values(after.detail).filter((kind) => replacing.includes(kind))).toEqual([]);
    writeFileSync(join(folder, "content"), "one");
  });

  test("a missing Dockerfile fails the check", async () => {
    await expect(plugin.check(image, asked({ build: { dockerfile: join(folder, "Absent") } }))).rejects.toThrow(
      /Absent/,
    );
  });

  test("a preview builds nothing and leaves the digest unknown", async () => {
    const inputs = await plugin.checked(image, asked({ imageName: "conformance:preview" }));
    const { state } = await plugin.create(image, inputs, true);
    expect(state.repoDigest ?? unknown).toBe(unknown);
    expect(spawnSync("docker", ["image", "inspect", "conformance:preview"], { stdio: "pipe" }).status).not.toBe(0);
  });

  describe.skipIf(!hasDaemon)("with a Docker Engine", () => {
    test("builds with arguments; without a push there is no digest of a registry", async () => {
      built.push("conformance:1");
      const inputs = await plugin.checked(
        image,
        asked({ build: { args: { NOTE: "written" }, builderVersion: "BuilderV1" } }),
      );
      const { id, state } = await plugin.create(image, inputs);
      expect(id).toBe("conformance:1");
      expect(state).toMatchObject({
        imageName: "conformance:1",
        baseImageName: "conformance:1",
        dockerfile: "Dockerfile",
      });
      expect(String(state.repoDigest ?? "")).not.toContain("@");
      const label = execFileSync("docker", [
        "image",
        "inspect",
        "--format",
        "{{.Config.Labels.note}}",
        "conformance:1",
      ]);
      expect(label.toString().trim()).toBe("written");
      expect(registry.requests).toEqual([]);
    });

    test("a failing build is an error with the builder's words", async () => {
      writeFileSync(join(folder, "Broken"), "FROM scratch\nCOPY nowhere /\n");
      const inputs = await plugin.checked(
        image,
        asked({ build: { dockerfile: join(folder, "Broken"), builderVersion: "BuilderV1" } }),
      );
      await expect(plugin.create(image, inputs)).rejects.toThrow(/nowhere/);
    });

    test("pushes with its own credentials, forgets them, and answers the pushed digest", async () => {
      const name = `${registry.address}/team/conformance:2`;
      built.push(name);
      const clientConfig = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
      const before = existsSync(clientConfig) ? readFileSync(clientConfig, "utf8") : "";
      const { username, password } = registry;
      const inputs = await plugin.checked(
        image,
        asked({
          imageName: name,
          skipPush: false,
          build: { builderVersion: "BuilderV1" },
          registry: { server: registry.address, username, password: secret(password) },
        }),
      );
      const { state } = await plugin.create(image, inputs);
      const pushed = registry.manifests.get("team/conformance:2");
      expect(state.repoDigest).toBe(`${registry.address}/team/conformance@${sha256(pushed!.body)}`);
      expect(existsSync(clientConfig) ? readFileSync(clientConfig, "utf8") : "").toBe(before);
      const { __inputs, ...plain } = state;
      expect(JSON.stringify(plain)).not.toContain(password);
      expect(plugin.engine.messages().join("\n")).not.toContain(password);
    });

    test("a push with wrong credentials is an error without the password", async () => {
      const name = `${registry.address}/team/conformance:3`;
      built.push(name);
      const inputs = await plugin.checked(
        image,
        asked({
          imageName: name,
          skipPush: false,
          build: { builderVersion: "BuilderV1" },
          registry: { server: registry.address, username: "tester", password: secret("wrong-pass-word") },
        }),
      );
      const refused = plugin.create(image, inputs);
      await expect(refused).rejects.toThrow(/unauthorized|401|denied/i);
      await expect(refused).rejects.not.toThrow(/wrong-pass-word/);
    });
  });
});
