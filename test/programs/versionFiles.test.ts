/** Which files of a real repository `slipway version` writes, and which it leaves alone. */
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type VersionOptions, version } from "../../cli/version/version.ts";
import { useRepository } from "../support/repository.ts";

const shop = useRepository();
const { git, put, read, commit } = shop;
const run = (options: VersionOptions = {}) => version(shop.folder, options).versions[0]!;
const say = (config: object) => put(".slipway/version.json", JSON.stringify(config));
const path = (name: string) => join(shop.folder, name);

beforeEach(() => {
  put("code.txt", "");
  commit("Start");
  git("tag", "v1.4.0");
});

describe("a file is written", () => {
  it("with all the versions that it has", () => {
    put("both.txt", "api = 1.4.0\nweb = 1.4.0\n");
    say({ files: ["api", "web"].map((name) => ({ path: "both.txt", pattern: `${name} = {version}` })) });
    commit("Mend");
    expect(run({ tag: true }).files).toEqual(["both.txt"]);
    expect(git("show", "v1.4.1:both.txt")).toBe("api = 1.4.1\nweb = 1.4.1");
  });
  it("with its lock file, of what is the package's own there", () => {
    const entry = (name: string, version: string, more = "") =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\n${more}`;
    const crates = (version: string) =>
      [
        "version = 4\n",
        entry("serde", "1.4.0", 'source = "registry+https://github.com/rust-lang/crates.io-index"\n'),
        entry("shop", version, 'dependencies = [\n "serde",\n]\n'),
        entry("shop-core", version),
        entry("tool", "1.4.0"),
      ].join("\n");
    put("Cargo.toml", '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "1.4.0"\n');
    for (const name of ["shop", "shop-core"])
      put(`crates/${name}/Cargo.toml`, `[package]\nname = "${name}"\nversion.workspace = true\n`);
    put("crates/tool/Cargo.toml", '[package]\nname = "tool"\nversion = "1.4.0"\n');
    put("Cargo.lock", crates("1.4.0"));
    commit("Mend");
    expect(run({ tag: true }).files).toEqual(["Cargo.toml", "Cargo.lock"]);
    expect(read("Cargo.lock")).toBe(crates("1.4.1"));
  });
  it("with the lock file of the workspace that a package is in", () => {
    const lock = (version: string) =>
      `${JSON.stringify({ name: "all", version: "9.0.0", packages: { "": { version: "9.0.0" }, web: { version }, "node_modules/web": { link: true } } }, null, 2)}\n`;
    put("package-lock.json", lock("1.0.0"));
    put("web/package.json", '{ "version": "1.0.0" }\n');
    put("api/package.json", '{ "version": "1.0.0" }\n');
    say({ packages: { web: { path: "web" }, api: { path: "api" } } });
    commit("Start both", "web/x");
    git("tag", "web-v1.0.0");
    git("tag", "api-v1.0.0");
    commit("Mend", "web/x");
    expect(run({ tag: true, package: "web" }).files).toEqual(["web/package.json", "package-lock.json"]);
    expect(read("package-lock.json")).toBe(lock("1.0.1"));
  });
  it("with the versions of several packages", () => {
    put("both.txt", "api = 1.0.0\nweb = 2.0.0\n");
    const package_ = (name: string) => ({ path: name, files: [{ path: "both.txt", pattern: `${name} = {version}` }] });
    say({ packages: { api: package_("api"), web: package_("web") } });
    put("api/x", "");
    commit("Start", "web/x");
    git("tag", "api-v1.0.0");
    git("tag", "web-v2.0.0");
    put("api/x", "more");
    commit("Both", "web/x");
    expect(version(shop.folder, { tag: true }).versions.map(({ tag }) => tag)).toEqual(["api-v1.0.1", "web-v2.0.1"]);
    expect(git("show", "web-v2.0.1:both.txt")).toBe("api = 1.0.1\nweb = 2.0.1");
  });
  it("behind a link of the repository, which stays one", () => {
    put("src/VERSION", "1.4.0\n");
    symlinkSync("src/VERSION", path("VERSION"));
    commit("Mend");
    expect(run({ tag: true }).files).toEqual(["src/VERSION"]);
    expect([git("show", "v1.4.1:src/VERSION"), git("show", "v1.4.1:VERSION")]).toEqual(["1.4.1", "src/VERSION"]);
  });
  it("byte by byte the same but for the version, whatever its encoding, lines and mode", () => {
    const text = (bare: string) => Buffer.from(`// Gr\xf6\xdfe\r\nconst Version = "${bare}"`, "latin1");
    put("version/version.go", "");
    writeFileSync(path("version/version.go"), text("1.4.0"));
    chmodSync(path("version/version.go"), 0o755);
    commit("Mend");
    run({ tag: true });
    expect(readFileSync(path("version/version.go"))).toEqual(text("1.4.1"));
    expect(statSync(path("version/version.go")).mode & 0o777).toBe(0o755);
  });
  it("with the mark of its byte order", () => {
    put("package.json", '\uFEFF{ "version": "1.4.0" }');
    put("pyproject.toml", '\uFEFF[project]\r\nversion = "1.4.0"\r\n');
    commit("Mend");
    expect(run({ write: true }).files).toEqual(["package.json", "pyproject.toml"]);
    expect(read("pyproject.toml")).toBe('\uFEFF[project]\r\nversion = "1.4.1"\r\n');
  });
  it("also where Windows' line ends are made at the checkout", () => {
    git("config", "core.autocrlf", "true");
    put("VERSION", "1.4.0\r\n");
    commit("Mend");
    expect(run({ tag: true }).version).toBe("1.4.1");
    expect([read("VERSION"), git("status", "--porcelain")]).toEqual(["1.4.1\r\n", ""]);
  });
});

it("what was only written is committed by the next run", () => {
  put("VERSION", "1.4.0\n");
  put("package.json", '{ "version": "1.4.0" }\n');
  commit("Mend");
  run({ write: true });
  expect(run({ tag: true }).version).toBe("1.4.1");
  expect([git("show", "v1.4.1:VERSION"), git("status", "--porcelain")]).toEqual(["1.4.1", ""]);
});

it("what was written and changed besides is not", () => {
  put("package.json", '{ "version": "1.4.0" }\n');
  commit("Mend");
  run({ write: true });
  put("package.json", '{ "version": "1.4.1", "x": 1 }\n');
  expect(() => run({ tag: true })).toThrow(/^files differ from the newest commit, .*: package\.json; commit or stash/);
});

describe("a file that nobody named is left out where", () => {
  it("git ignores it", () => {
    put(".gitignore", "VERSION\n");
    put("VERSION", "1.4.0\n");
    commit("Mend");
    expect(run({ tag: true }).files).toEqual([]);
    expect(read("VERSION")).toBe("1.4.0\n");
  });
  it("it has no version", () => {
    put("package.json", "{}");
    put("VERSION", "dev\n");
    put("pyproject.toml", '[project]\ndynamic = ["version"]\n');
    commit("Mend");
    expect(run().files).toEqual([]);
  });
});

describe("nothing is changed, and it is said, where a file", () => {
  it.each<[string, () => void, RegExp]>([
    ["is in no commit", () => commit("Mend") && put("VERSION", "1.4.0\n"), /^VERSION is in no commit; git add/],
    [
      "is outside of the sparse checkout",
      () => {
        put("VERSION", "1.4.0\n");
        commit("Mend", "src/x");
        git("sparse-checkout", "set", "--no-cone", "src");
      },
      /^VERSION is outside of what is checked out, /,
    ],
    [
      "has a version that is not semantic",
      () => put("pyproject.toml", '[project]\nversion = "1.4"\n'),
      /^pyproject\.toml: "1\.4" is not a semantic version; write one like 1\.4\.0, or leave the file out/,
    ],
    ["has zeros in front", () => put("VERSION", "01.4.0\n"), /^VERSION: "01\.4\.0" is not a semantic version; /],
    [
      "has it twice",
      () => put("package.json", '{ "version": "1.4.0", "version": "1.3.0" }'),
      /^package\.json: "version" is there twice, /,
    ],
    ["cannot be read", () => put("Cargo.toml", "[package\n"), /^Cargo\.toml is no TOML: /],
    [
      "has a dotted version",
      () => put("pyproject.toml", 'project.version = "1.4.0"\n'),
      /^pyproject\.toml: the version has no line of its own in \[project\]; /,
    ],
    ["is a folder", () => [put("docs/x", ""), say({ files: ["docs"] })], /^docs is no file; correct "files"/],
    [
      "is git's own",
      () => say({ files: [{ path: ".git/config", pattern: "{version}" }] }),
      /^\.git\/config leads to "\.git\/config", which is not part of the repository/,
    ],
  ])("%s", (_, given, message) => {
    given();
    if (git("status", "--porcelain") !== "" && !/in no commit/.test(message.source)) commit("Mend");
    const before = [git("rev-parse", "HEAD"), git("status", "--porcelain"), git("tag")];
    expect(() => run({ tag: true })).toThrow(message);
    expect([git("rev-parse", "HEAD"), git("status", "--porcelain"), git("tag")]).toEqual(before);
  });

  it("is behind a link out of the repository", () => {
    const outside = join(shop.around, "other");
    writeFileSync(outside, "1.4.0\n");
    symlinkSync(outside, path("VERSION"));
    commit("Mend");
    expect(() => run({ write: true })).toThrow(/^VERSION leads to "\.\.\/other", which is not part of the repository/);
    expect(readFileSync(outside, "utf8")).toBe("1.4.0\n");
  });
});

describe("a repository that says", () => {
  it.each<[string, object, RegExp]>([
    ["no package", { packages: {} }, /packages: .* is empty; name a package, or leave it out/],
    [
      "one tag of two packages",
      { packages: { a: { path: "a", tag: "v{version}" }, b: { path: "b", tag: "v{version}" } } },
      /has two packages whose tags are called the same/,
    ],
    [
      "a folder that is not there",
      { packages: { a: { path: "a" } } },
      /^the newest commit has no a, which is the folder/,
    ],
    ["a path with a line end", { files: ["x\n/../../../etc/passwd"] }, /is no path within the repository/],
  ])("%s is refused", (_, config, message) => {
    say(config);
    expect(() => run()).toThrow(message);
  });
  it("nothing, with a whole version and an identifier, is refused", () =>
    expect(() => run({ set: "1.5.0", prerelease: "rc" })).toThrow(
      /^--set names the whole version; leave out --prerelease/,
    ));
});
