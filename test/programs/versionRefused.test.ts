/** What `slipway version` refuses, and what it takes back, on real git repositories: nothing is changed. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type VersionOptions, version } from "../../cli/version/version.ts";
import { useRepository } from "../support/repository.ts";

const shop = useRepository();
const { git, put, commit, picture } = shop;

const run = (options: VersionOptions = {}) => version(shop.folder, options);
const next = (options: VersionOptions = {}) => run(options).versions[0]!.version;

function refused(options: VersionOptions, message: RegExp): void {
  const before = picture();
  expect(() => run(options)).toThrow(message);
  expect(picture()).toEqual(before);
}

describe("nothing is changed where", () => {
  beforeEach(() => {
    put("VERSION", "1.4.0\n");
    commit("Start");
    git("tag", "v1.4.0");
    commit("Mend");
  });

  it("files differ", () => {
    put("code.txt", "else");
    refused(
      { tag: true },
      /^files differ from the newest commit, and would not be part of the version: code\.txt; commit or stash/,
    );
  });
  it("the clone is shallow", () => {
    const clone = join(shop.around, "clone");
    execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${shop.folder}`, clone]);
    shop.folder = clone;
    refused({}, /^this clone is shallow: .* git fetch --unshallow --tags/);
  });
  it("the tag is there, on a commit that the branch does not have", () => {
    git("switch", "--quiet", "--create", "other");
    commit("Other");
    git("tag", "v1.5.0-rc.1");
    git("tag", "v1.4.1");
    git("switch", "--quiet", "main");
    expect(run().versions[0]!.nothing).toBe("no commit since v1.4.1");
    commit("Mend more");
    expect(next()).toBe("1.4.2");
    refused({ set: "1.4.1" }, /^--set: v1\.4\.1 is there already; a version is released once$/);
  });
  it("a file is ahead", () => {
    put("VERSION", "2.0.0\n");
    commit("Ahead");
    refused({ tag: true }, /^VERSION says 2\.0\.0, which comes after 1\.4\.1; release that by --set 2\.0\.0/);
    expect(next({ set: "2.0.0" })).toBe("2.0.0");
  });
  it("the branch is none whose versions are tagged", () => {
    git("switch", "--quiet", "--create", "feature/search");
    refused({ tag: true }, /^versions of feature\/search are not tagged, only those of main, master, develop, /);
    expect(next()).toBe("1.4.1");
  });
  it("no branch is checked out", () => {
    git("checkout", "--quiet", "--detach");
    refused({ tag: true }, /^no branch is checked out, so the version would be of none/);
  });
  it.each([
    ["1.5", /^--set: "1\.5" is not a semantic version/],
    ["v1.3.0", /^--set: 1\.3\.0 comes before 1\.4\.0, which is released/],
    ["1.5.0+5", /^--set: "1\.5\.0\+5" is not a semantic version/],
    ["$(id)", /^--set: "\$\(id\)" is not a semantic version/],
  ])("--set says %s", (set, message) => refused({ set, tag: true }, message));
  it("there is no such package", () =>
    refused({ package: "api" }, /^there is no package "api"; \.slipway\/version\.json names none/));
  it("what the repository says cannot be", () => {
    put(".slipway/version.json", '{ "commits": "angular", "tags": "v" }');
    commit("Say");
    refused({}, /commits: "angular" is not allowed; write "both" or "markers" or "conventional"\n.*tags: is unknown/);
    put(".slipway/version.json", "{");
    expect(() => run()).toThrow(/^\.slipway\/version\.json is no JSON: /);
    put(".slipway/version.json", '{ "files": ["gone.txt"] }');
    expect(() => run()).toThrow(/^gone\.txt is not there; correct "files"/);
  });
  it("nobody knows who commits: what was written is taken back", () => {
    git("config", "user.useConfigOnly", "true");
    git("config", "--unset", "user.email");
    git("config", "--unset", "user.name");
    const home = process.env.HOME;
    process.env.HOME = shop.around;
    refused({ tag: true }, /^git commit failed: [\s\S]*Everything is as it was before\.$/);
    process.env.HOME = home;
  });
  it("the repository's own hook refuses the commit", () => {
    put(".git/hooks/pre-commit", "#!/bin/sh\necho 'no commit today' >&2\nexit 1\n");
    execFileSync("chmod", ["+x", join(shop.folder, ".git/hooks/pre-commit")]);
    refused({ tag: true }, /no commit today\nEverything is as it was before\.$/);
  });
  it("the signature cannot be made", () => {
    git("config", "gpg.program", "/bin/false");
    refused({ sign: true }, /^git commit failed: [\s\S]*Everything is as it was before\.$/);
  });
  it("there is no remote to push to", () => refused({ push: true }, /^there is no remote to push to/));
});
