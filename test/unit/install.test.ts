import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readScripts, renderInstall } from "../../components/host/install.ts";
import type { HostRequest } from "../../components/protocol/input.ts";
import { hashOf } from "../../components/shared/hash.ts";
import { HOSTILE } from "../fixtures/hostile.ts";
import { temporaryFolder } from "../support/folder.ts";

const SCRIPTS = "components/host/scripts";
const request = (change: Partial<HostRequest> = {}): HostRequest => ({
  token: "t",
  install: false,
  sshPort: 22,
  proxy: { enabled: true, image: "caddy:2", httpPort: 80, httpsPort: 443 },
  files: { compose: "name: x\n", Caddyfile: "{\n}\n" },
  hardening: { ssh_password_login_off: false, firewall: false, unattended_upgrades: false },
  registries: [],
  deployKeys: { stack: "slipway/dev", lines: [] },
  ...change,
});

/** Paths of all files below a folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

describe("the host's scripts", () => {
  const names = filesIn(SCRIPTS).filter((name) => name !== ".shellcheckrc");

  it("are all sent", () => expect(Object.keys(readScripts()).sort()).toEqual(names));
  it("have no line that ends their own sending", () =>
    expect(Object.values(readScripts()).join("\n")).not.toMatch(/^SLIPWAY_END_OF_/m));
  it("are at most 300 lines each", () =>
    expect(names.filter((name) => readFileSync(join(SCRIPTS, name), "utf8").split("\n").length > 301)).toEqual([]));
});

describe("the script that prepares a host", () => {
  /** Scripts of which the bootstrap shows what it was given. */
  const scripts = {
    "bootstrap/bootstrap.sh": '#!/usr/bin/env bash\ncat "$1"; echo "$SLIPWAY_INSTALL"; stat -c %a "$1"\n',
    ...Object.fromEntries(
      HOSTILE.filter((text) => !text.startsWith("SLIPWAY_END_OF_")).map((text, index) => [
        `lib/part-${index}.sh`,
        `${text}\n`,
      ]),
    ),
    slipway: "echo 'it''s' $HOME `id` \\\n",
  };
  const hostile = request({
    token: HOSTILE.join("|"),
    install: true,
    files: { compose: "a: $HOME\n", Caddyfile: "SLIPWAY_END_OF_REQUEST\n" },
    registries: [{ server: "ghcr.io", username: "anna's $(id)", password: HOSTILE.join("") }],
  });
  const root = join(temporaryFolder("install"), "it's a $root");
  const folder = join(root, "slipway/scripts", hashOf(scripts));
  let output: string[];

  beforeAll(() => {
    mkdirSync(root);
    const script = renderInstall(root, scripts, hostile);
    execFileSync("bash", ["-n"], { input: script });
    output = execFileSync("bash", ["-s", "--", "--token", "x"], { input: script, encoding: "utf8" })
      .trimEnd()
      .split("\n");
  });

  it("brings the scripts unchanged, to a path named by their content", () => {
    expect(filesIn(folder)).toEqual(Object.keys(scripts).sort());
    for (const [name, text] of Object.entries(scripts))
      expect([name, readFileSync(join(folder, name), "utf8")]).toEqual([name, text]);
  });

  it("hands over the request unchanged, in a private file that does not stay", () => {
    expect(JSON.parse(output[0]!)).toEqual(hostile);
    expect(output.slice(1)).toEqual(["yes", "600"]);
    expect(readdirSync(join(root, "slipway"))).toEqual(["scripts"]);
  });

  it("keeps what it makes private", () => {
    expect((statSync(folder).mode & 0o777).toString(8)).toBe("700");
    expect(filesIn(folder).filter((name) => statSync(join(folder, name)).mode & 0o077)).toEqual([]);
  });

  it("leaves scripts alone that are there", () => {
    const before = statSync(join(folder, "slipway")).mtimeMs;
    execFileSync("bash", ["-s"], { input: renderInstall(root, scripts, request()) });
    expect(statSync(join(folder, "slipway")).mtimeMs).toBe(before);
  });

  it("is less than half as long as the scripts that it brings, and the same every time", () => {
    const all = readScripts();
    const script = renderInstall(root, all, request());
    expect(script.length).toBeLessThan(Object.values(all).join("").length / 2);
    expect(renderInstall(root, readScripts(), request())).toBe(script);
  });

  it("leaves no scripts where it was damaged on its way", () => {
    const other = { ...scripts, "lib/more.sh": "true\n" };
    const damaged = renderInstall(root, other, request()).replace(/(gzip -d\n.{40})..../, "$1AAAA");
    expect(() => execFileSync("bash", ["-s"], { input: damaged, stdio: "pipe" })).toThrow(/gzip/);
    expect(readdirSync(join(root, "slipway/scripts"))).toEqual([hashOf(scripts)]);
  });

  it("says what to do where it may not make its folder", () => {
    const blocked = "/proc/slipway";
    const bash = (): string =>
      execFileSync("bash", ["-s"], {
        input: `sudo() { return 1; }\n${renderInstall(blocked, scripts, request())}`,
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(bash).toThrow(
      /error: cannot make \/proc\/slipway\/slipway; run once on this host: sudo install -d -o \w+ \/proc\/slipway\/slipway/,
    );
  });
});

it("a hash is short, and another for another content", () => {
  expect(hashOf({ a: 1 })).toMatch(/^[0-9a-f]{12}$/);
  expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: 2 }));
});
