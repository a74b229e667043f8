import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { warning } from "./support/engine.ts";
import { Plugin, urn } from "./support/plugin.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "slipway-stand-ins-"));

beforeAll(() => {
  const sources = join(root, "toolchain/plugins");
  execFileSync("go", ["build", "-o", `${folder}/`, "./command", "./docker"], { cwd: sources, stdio: "pipe" });
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * What a stand-in alone owes, in programs built from this checkout, whatever is installed: the official plugins have
 * all that is refused here.
 */
describe.each(["command", "docker"] as const)("a stand-in for the %s plugin", (name) => {
  let plugin: Plugin;
  beforeAll(async () => {
    plugin = await Plugin.start(name, {}, join(folder, name));
  });
  afterAll(() => plugin?.stop());

  const others = {
    command: { resource: "command:remote:CopyToRemote", invoke: "command:local:run", own: "command:remote:Command" },
    docker: {
      resource: "docker:index/container:Container",
      invoke: "docker:index/getLogs:getLogs",
      own: "docker:index/image:Image",
    },
  }[name];
  const refusal = (what: string) =>
    new RegExp(`${what} is not implemented by Slipway's stand-in for the ${name} plugin; install the official plugin`);

  test("says once that it is one", () => {
    expect(plugin.engine.messages(warning).filter((message) => message.includes("stand-in"))).toHaveLength(1);
  });

  test("refuses other resources by name, in every operation", async () => {
    const other = urn(others.resource);
    const refused = refusal(`resource ${others.resource}`);
    await expect(plugin.check(other, {})).rejects.toThrow(refused);
    await expect(plugin.create(other, {})).rejects.toThrow(refused);
    await expect(plugin.update(other, {}, {}, {})).rejects.toThrow(refused);
    await expect(plugin.remove(other, {}, {})).rejects.toThrow(refused);
    await expect(plugin.read(other, {}, {})).rejects.toThrow(refused);
    await expect(plugin.diff(other, {}, {}, {})).rejects.toThrow(refused);
  });

  test("refuses other functions by name", async () => {
    await expect(plugin.invoke(others.invoke, {})).rejects.toThrow(refusal(`function ${others.invoke}`));
  });

  test("refuses unknown properties by name", async () => {
    const { failures } = await plugin.check(urn(others.own), {
      surprise: 1,
      imageName: "a",
      connection: { host: "h", magic: true },
    });
    expect(failures.map((failure) => failure.reason).join("\n")).toMatch(refusal('property "surprise" of .*'));
  });

  test("starts in a blink", () => {
    expect(plugin.startMilliseconds).toBeLessThan(1000);
  });
});
