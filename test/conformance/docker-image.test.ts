import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { info } from "./support/engine.ts";
import { changed, kinds, Plugin, replacing, urn } from "./support/plugin.ts";
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

  test("where it is built, for what and whether at preview is filled in", async () => {
    const { buildOnPreview: _, ...less } = asked();
    const { buildOnPreview, build } = await plugin.checked(image, less);
    expect(buildOnPreview).toBe(false);
    expect(build).toMatchObject({
      context: folder,
      dockerfile: join(folder, "Dockerfile"),
      platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
    });
    expect(plugin.engine.messages(info).join("\n")).toContain("consider explicitly setting the `platform` field");
    const other = await plugin.checked(image, asked({ build: { platform: "linux/riscv64" } }));
    expect(other.build.platform).toBe("linux/riscv64");
  });

  test("the digest of a context is that of its files' names, modes and contents", async () => {
    const context = realpathSync(mkdtempSync(join(tmpdir(), "slipway-context-")));
    const write = (name: string, content: string, mode = 0o644) => {
      writeFileSync(join(context, name), content);
      chmodSync(join(context, name), mode);
    };
    mkdirSync(join(context, "sub"));
    mkdirSync(join(context, "left-out"));
    write("Build", "FROM scratch\n");
    write(".dockerignore", "left-out\n*.tmp\n!kept.tmp\n");
    write("left-out/file", "no");
    write("gone.tmp", "no");
    write("kept.tmp", "yes");
    write("sub.txt", "after the folder");
    write("sub/run", "x", 0o755);
    symlinkSync("sub/run", join(context, "link"));
    const entry = (name: string, mode: string, content: string) =>
      Buffer.concat([Buffer.from(name + mode), createHash("sha256").update(content).digest(), Buffer.from([0])]);
    const expected = Buffer.concat([
      entry("Dockerfile", "----------", "FROM scratch\n"),
      entry(".dockerignore", "-rw-r--r--", "left-out\n*.tmp\n!kept.tmp\n"),
      entry("Build", "-rw-r--r--", "FROM scratch\n"),
      entry("kept.tmp", "-rw-r--r--", "yes"),
      entry("link", "Lrwxrwxrwx", join(context, "sub/run")),
      entry("sub/run", "-rwxr-xr-x", "x"),
      entry("sub.txt", "-rw-r--r--", "after the folder"),
    ]);
    try {
      const { build } = await plugin.checked(image, asked({ build: { context, dockerfile: join(context, "Build") } }));
      expect(`sha256:${build.contextDigest}`).toBe(sha256(expected));
    } finally {
      rmSync(context, { recursive: true });
    }
  });

  describe("a changed registry", () => {
    const registryOf = (change: Properties = {}) => ({
      registry: { server: "one.example", username: "u", password: secret("p"), ...change },
    });
    async function difference(change: Properties) {
      const before = await plugin.checked(image, asked(registryOf()));
      return plugin.diff(image, stored(before), before, await plugin.checked(image, asked(registryOf(change))));
    }

    test.each([
      ["user name", { username: "v" }],
      ["password", { password: secret("q") }],
    ])("is no change by its %s", async (_, change) => {
      const { changes, detail } = await difference(change);
      expect(changes).not.toBe(changed);
      expect(detail).toEqual({});
    });

    test("is an update by its server", async () => {
      const { changes, detail } = await difference({ server: "two.example" });
      expect(changes).toBe(changed);
      expect(detail).toEqual({ registry: kinds.update });
    });
  });

  test("a change is told by the input that it is in", async () => {
    const before = await plugin.checked(image, asked());
    const after = await plugin.checked(image, asked({ imageName: "conformance:4", build: { args: { A: "b" } } }));
    expect((await plugin.diff(image, stored(before), before, after)).detail).toEqual({
      build: kinds.update,
      imageName: kinds.update,
    });
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
