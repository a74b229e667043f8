import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { difference } from "../../toolchain/modules.ts";

const root = resolve(import.meta.dirname, "../..");

function bash(script: string): string {
  const run = spawnSync("bash", ["-euc", script], { cwd: root, encoding: "utf8" });
  expect(run.stderr).toBe("");
  return run.stdout;
}

describe("difference of package-lock.json and node_modules", () => {
  const asked = { "": {}, "node_modules/zod": { version: "4.0.0" }, "node_modules/fsevents": { version: "2.3.3", optional: true } };

  test("is none when every package is there, optional ones aside", () => {
    expect(difference(asked, { "node_modules/zod": { version: "4.0.0" } })).toBeUndefined();
  });
  test("names a package that is missing", () => {
    expect(difference(asked, {})).toBe("node_modules/zod is not installed");
  });
  test("names a package of another version", () => {
    expect(difference(asked, { "node_modules/zod": { version: "3.9.0" } })).toBe("node_modules/zod is 3.9.0, not 4.0.0");
  });
  test("names an optional package of another version", () => {
    const found = { "node_modules/zod": { version: "4.0.0" }, "node_modules/fsevents": { version: "1.0.0" } };
    expect(difference(asked, found)).toBe("node_modules/fsevents is 1.0.0, not 2.3.3");
  });
});

describe("versions.sh", () => {
  const versions = Object.fromEntries(
    [...readFileSync(join(root, "toolchain/versions.sh"), "utf8").matchAll(/^(\w+)=(\S+)/gm)].map(([, name, value]) => [name, value]),
  );
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };

  test.each([
    ["PULUMI_VERSION", manifest.dependencies["@pulumi/pulumi"]],
    ["PULUMI_VERSION", manifest.devDependencies["pulumi"]],
    ["COMMAND_VERSION", manifest.dependencies["@pulumi/command"]],
    ["DOCKER_PLUGIN_VERSION", manifest.dependencies["@pulumi/docker"]],
  ])("%s is the version that package.json asks for", (name, wanted) => {
    expect(versions[name]).toBe(wanted);
  });
  test.each([
    ["pulumi", "github.com/pulumi/pulumi/pkg/v3", "PULUMI_VERSION"],
    ["compose", "github.com/docker/compose/v2", "COMPOSE_VERSION"],
    ["caddy", "github.com/caddyserver/caddy/v2", "CADDY_VERSION"],
  ])("toolchain/go/%s builds that version of %s", (folder, module, name) => {
    const goMod = readFileSync(join(root, "toolchain/go", folder, "go.mod"), "utf8");
    expect(goMod).toContain(`require ${module} v${versions[name]}`);
  });
});

describe("bootstrap's shell functions", () => {
  const source = "source toolchain/versions.sh; for f in say system modules go pulumi binaries; do source toolchain/lib/$f.sh; done";

  test.each([
    ["1.26.0", "1.26.8", "yes"],
    ["1.26.0", "1.26.0", "yes"],
    ["1.26.0", "1.9.9", "no"],
    ["1.21.0", "0", "no"],
  ])("at_least %s %s: %s", (least, found, answer) => {
    expect(bash(`${source}; at_least ${least} ${found} && echo yes || echo no`)).toBe(`${answer}\n`);
  });
  test("a stand-in is current only with the hash of its sources; an official program always is", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-toolchain-"));
    const check = `stand_in_is_current ${folder}/p abc && echo yes || echo no`;
    const out = bash(`${source}
      ${check}; echo program >${folder}/p; ${check}
      echo old >${folder}/p.stand-in; ${check}; echo abc >${folder}/p.stand-in; ${check}`);
    rmSync(folder, { recursive: true });
    expect(out.trim().split("\n")).toEqual(["no", "yes", "no", "yes"]);
  });
  test("SLIPWAY_OFFLINE and SLIPWAY_ONLINE decide without asking the network", () => {
    expect(bash(`${source}; SLIPWAY_OFFLINE=1; connected && echo yes || echo no`)).toBe("no\n");
    expect(bash(`${source}; SLIPWAY_ONLINE=1; connected && echo yes || echo no`)).toBe("yes\n");
  });
  test("nobody is asked where nobody can answer", () => {
    expect(bash(`${source}; confirm Sure? </dev/null && echo yes`)).toBe("yes\n");
  });
});
