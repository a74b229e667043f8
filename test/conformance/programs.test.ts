import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { languageHostPath, pluginPath, programsIn } from "./support/programs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-plugins-"));
  vi.stubEnv("SLIPWAY_PLUGINS", folder);
  vi.stubEnv("COMMAND_PLUGIN", undefined);
  vi.stubEnv("LANGUAGE_HOST", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function put(path: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
}

test.each([
  "pulumi-resource-command",
  "resource-command-v1.2.1/pulumi-resource-command",
  "plugins/resource-command-v1.1.3/pulumi-resource-command",
])("the plugin under test may lie in the folder as %s", (path) => {
  const file = put(path);
  expect(pluginPath("command")).toBe(file);
});

test("of several versions the suite takes the one that the project uses, else the newest", () => {
  put("resource-command-v1.9.0/pulumi-resource-command");
  const newest = put("resource-command-v1.10.0/pulumi-resource-command");
  expect(pluginPath("command")).toBe(newest);
  const own = put("resource-command-v1.2.1/pulumi-resource-command");
  expect(pluginPath("command")).toBe(own);
});

test("a PULUMI_HOME may bring a language host", () => {
  const file = put("versions/3.250.0/bin/pulumi-language-nodejs");
  expect(languageHostPath()).toBe(file);
});

test("what the folder has not is said to be the installed one", () => {
  const file = put("pulumi-resource-docker");
  expect(programsIn(folder)).toEqual([
    `command: none in ${folder}, so the installed one`,
    `docker: ${file}`,
    `pulumi-language-nodejs: none in ${folder}, so the installed one`,
  ]);
});

test("a folder without any is refused, with what belongs there", () => {
  const program = join(import.meta.dirname, "support/programs.ts");
  const { status, stderr } = spawnSync(process.execPath, [program, folder], { encoding: "utf8" });
  expect(status).toBe(64);
  expect(stderr).toContain(`${folder}: no other plugins. Put pulumi-resource-command or pulumi-resource-docker there`);
  put("pulumi-resource-docker");
  expect(execFileSync(process.execPath, [program, folder], { encoding: "utf8" })).toContain("docker: ");
});
