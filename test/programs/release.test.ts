/** `slipway release` on real git repositories with a remote. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { abort } from "../../cli/release/abort.ts";
import { type FinishOptions, finish } from "../../cli/release/finish.ts";
import { releaseJsonSchema, renderRelease } from "../../cli/release/report.ts";
import { type StartOptions, start } from "../../cli/release/start.ts";
import { version } from "../../cli/version/version.ts";
import { useGitFlow } from "../support/gitFlow.ts";

const shop = useGitFlow();
const { git, put, read, commit, remote, prepare, clone, at } = shop;
const begin = (options: StartOptions = {}) => start(shop.folder, options);
const end = (options: FinishOptions = {}) => finish(shop.folder, options);
/** Branches, tags, and what is checked out. */
const refs = (): string[] => [
  git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"),
  git("symbolic-ref", "HEAD"),
  git("status", "--porcelain"),
  remote("for-each-ref", "--format=%(refname) %(objectname)"),
];
function refused(act: () => unknown, message: RegExp): void {
  const before = refs();
  expect(act).toThrow(message);
  expect(refs()).toEqual(before);
}

describe("a release", () => {
  it("begins on a branch of develop, with version and changelog", () => {
    prepare();
    const told = begin();
    expect(told).toMatchObject({ done: "started", branch: "release/1.5.0", tags: ["v1.5.0"] });
    expect([git("symbolic-ref", "--short", "HEAD"), git("show", "HEAD:VERSION")]).toEqual(["release/1.5.0", "1.5.0"]);
    expect(git("show", "HEAD:CHANGELOG.md")).toMatch(/## \[1\.5\.0\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- Add search$/);
    expect(git("rev-parse", "HEAD^")).toBe(git("rev-parse", "develop"));
    expect([git("tag", "--list"), remote("branch", "--list", "release/*")]).toEqual(["v1.4.0", ""]);
    expect(renderRelease(told, "start", false)).toMatch(
      /^1\.4\.0 => 1\.5\.0 \(minor: \w{7} Add search \[minor\]\)\n {2}VERSION, CHANGELOG\.md: written\n {2}release\/1\.5\.0 is under way \(\w{7}\); slipway release finish ends it\n$/,
    );
  });
  it("ends in main with an annotated tag, in develop, and at the remote", () => {
    prepare();
    begin({ push: true });
    expect(remote("rev-parse", "release/1.5.0")).toBe(git("rev-parse", "HEAD"));
    const fix = commit("Mend search", "search.txt");
    const told = end({ push: true });
    expect(told).toMatchObject({ done: "pushed", tags: ["v1.5.0"] });
    expect(git("cat-file", "-t", "v1.5.0")).toBe("tag");
    expect([git("rev-parse", "v1.5.0^{commit}"), git("rev-parse", "main^1")]).toEqual([
      git("rev-parse", "main"),
      git("rev-parse", "v1.4.0"),
    ]);
    git("merge-base", "--is-ancestor", fix, "main");
    expect(git("rev-parse", "develop^2")).toBe(git("rev-parse", "main"));
    expect([git("symbolic-ref", "--short", "HEAD"), git("status", "--porcelain")]).toEqual(["develop", ""]);
    expect(git("branch", "--list", "release/*")).toBe("");
    expect(remote("for-each-ref", "--format=%(refname:lstrip=1) %(objectname)")).toBe(
      ["heads/develop", "heads/main", "tags/v1.4.0", "tags/v1.5.0"]
        .map((name) => `${name} ${git("rev-parse", `refs/${name}`)}`)
        .join("\n"),
    );
    expect(read("CHANGELOG.md")).toMatch(/- Add search\n\n### Fixed\n\n- Mend search\n/);
    expect(version(shop.folder, {}).versions[0]!.nothing).toBe("no commit since v1.5.0 asks for a version");
    expect(new Ajv2020().validate(releaseJsonSchema(), told)).toBe(true);
  });
  it("is finished once: a second finish changes nothing", () => {
    prepare();
    begin();
    end({ push: true });
    const before = refs();
    expect(end({ push: true })).toMatchObject({
      done: "nothing",
      nothing: "no release is under way; v1.5.0 is the last",
    });
    expect(refs()).toEqual(before);
  });
  it("that was not pushed is pushed by the next finish", () => {
    prepare();
    begin({ push: true });
    end();
    expect(end().nothing).toMatch(
      /v1\.5\.0 is the last, and origin does not have all of it: slipway release finish --push$/,
    );
    expect(end({ push: true }).done).toBe("pushed");
    expect(remote("branch", "--list", "release/*")).toBe("");
    expect(remote("rev-parse", "main", "develop").split("\n")).toEqual([
      git("rev-parse", "main"),
      git("rev-parse", "develop"),
    ]);
  });
  it("works without a remote, and without files that have a version", () => {
    git("commit", "--quiet", "--allow-empty", "-m", "Start");
    git("branch", "develop");
    git("switch", "--quiet", "develop");
    expect(begin()).toMatchObject({ done: "started", branch: "release/0.1.0" });
    expect(end()).toMatchObject({ done: "finished", tags: ["v0.1.0"] });
    expect(() => end({ push: true })).toThrow(/^there is no remote to push to; git remote add one$/);
  });
  it("is signed where that is asked for: both merges, the tag, and what was written last", () => {
    prepare();
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(shop.around, "key")]);
    writeFileSync(
      join(shop.around, "signers"),
      `anna@example.com ${readFileSync(join(shop.around, "key.pub"), "utf8")}`,
    );
    git("config", "gpg.format", "ssh");
    git("config", "user.signingKey", join(shop.around, "key"));
    git("config", "gpg.ssh.allowedSignersFile", join(shop.around, "signers"));
    begin({ sign: true });
    git("verify-commit", "HEAD");
    end({ sign: true });
    git("verify-tag", "v1.5.0");
    git("verify-commit", "main", "develop");
  });
  it("is of the version that was named, or whose part was", () => {
    prepare();
    expect(begin({ version: "v2.0.0", dryRun: true }).branch).toBe("release/2.0.0");
    expect(begin({ level: "patch", dryRun: true }).branch).toBe("release/1.4.1");
    begin({ level: "major" });
    commit("Mend");
    end();
    expect([git("show", "main:VERSION"), git("tag", "--points-at", "main")]).toEqual(["2.0.0", "v2.0.0"]);
  });
  it("has pre-releases on its branch until it is finished", () => {
    prepare();
    begin();
    commit("Mend search", "search.txt");
    expect(version(shop.folder, { tag: true }).versions[0]!.version).toBe("1.5.0-rc.1");
    end();
    expect(git("show", "main:VERSION")).toBe("1.5.0");
  });
  it("that somebody merged into main is tagged there", () => {
    prepare();
    begin({ push: true });
    const other = clone();
    at(other, "merge", "--quiet", "--no-ff", "-m", "Merge pull request #7", "origin/release/1.5.0");
    at(other, "push", "--quiet", "origin", "main");
    refused(
      () => end({ push: true }),
      /^origin has newer commits of main, which are not here; git fetch origin main:main, then/,
    );
    git("fetch", "--quiet", "origin", "main:main");
    expect(end({ push: true }).commit).toBe(at(other, "rev-parse", "main"));
    expect(remote("rev-parse", "v1.5.0^{commit}")).toBe(at(other, "rev-parse", "main"));
  });
  it("by --dry-run is told, and nothing is changed", () => {
    prepare();
    const before = refs();
    expect(renderRelease(begin({ dryRun: true }), "start", true)).toMatch(/release\/1\.5\.0 would begin on develop\n$/);
    expect(refs()).toEqual(before);
    begin();
    const begun = refs();
    expect(renderRelease(end({ dryRun: true }), "finish", true)).toMatch(
      /release\/1\.5\.0: would be merged into main, tagged v1\.5\.0\n {2}main: would be merged back into develop\n$/,
    );
    expect(refs()).toEqual(begun);
  });
  it("docs/release.schema.json is what the code has; else run node cli/release/writeSchema.ts", () =>
    expect(JSON.parse(readFileSync("docs/release.schema.json", "utf8"))).toEqual(
      JSON.parse(JSON.stringify(releaseJsonSchema())),
    ));
});

describe("of several packages", () => {
  const packages = { packages: { api: { path: "api", changelog: true }, web: { path: "web" } } };
  const both = (): void => {
    prepare(packages);
    put("api/VERSION", "0.0.1\n");
    put("web/VERSION", "0.0.1\n");
    commit("Begin both");
  };
  it("all that have something new are released together, by the day", () => {
    both();
    const { branch } = begin();
    expect(branch).toMatch(/^release\/\d{4}-\d\d-\d\d$/);
    commit("Add more [minor]", "api/more.txt");
    expect(end({ push: true }).tags.sort()).toEqual(["api-v0.1.0", "web-v0.1.0"]);
  });
  it("one alone is named by its tag", () => {
    both();
    git("tag", "web-v0.0.1");
    git("tag", "api-v0.0.1");
    commit("Mend", "api/code.txt");
    expect(begin().branch).toBe("release/api-v0.0.2");
    commit("Also", "web/code.txt");
    expect(end().tags).toEqual(["api-v0.0.2"]);
    expect([git("show", "main:api/VERSION"), git("show", "main:web/VERSION")]).toEqual(["0.0.2", "0.0.1"]);
  });
});

describe("conflicts", () => {
  it("with main are told, and nothing is changed; once they are mended on the release branch it ends", () => {
    prepare();
    begin();
    commit("Mend search", "search.txt");
    git("switch", "--quiet", "main");
    commit("Mend at once", "search.txt");
    git("switch", "--quiet", "release/1.5.0");
    refused(
      () => end(),
      /^main and release\/1\.5\.0 have changed the same lines of search\.txt; git switch release\/1\.5\.0, git merge main, mend them/,
    );
    refused(() => end({ dryRun: true }), /^main and release\/1\.5\.0 have changed/);
    expect(() => git("merge", "main")).toThrow();
    refused(() => end(), /^a merge is under way; git commit ends it, git merge --abort takes it back$/);
    put("search.txt", "mended\n");
    git("commit", "--quiet", "--all", "--no-edit");
    end();
    expect(git("show", "main:search.txt")).toBe("mended");
  });
  it("with develop are told, and nothing is changed; once they are mended there it ends", () => {
    prepare();
    begin();
    commit("Mend search", "search.txt");
    git("switch", "--quiet", "develop");
    commit("Go on", "search.txt");
    refused(
      () => end(),
      /^develop and release\/1\.5\.0 have changed the same lines of search\.txt; git switch develop/,
    );
    expect(() => git("merge", "release/1.5.0")).toThrow();
    put("search.txt", "both\n");
    git("commit", "--quiet", "--all", "--no-edit");
    end();
    expect(git("show", "develop:search.txt")).toBe("both");
  });

  it("about a version alone are none: the later one stays", () => {
    put("package.json", '{\n  "name": "shop",\n  "version": "1.4.0",\n  "private": true\n}\n');
    prepare({});
    version(shop.folder, { tag: true });
    begin();
    git("switch", "--quiet", "develop");
    put("package.json", read("package.json").replace('"private": true', '"private": false'));
    commit("Go on [major]", "next.txt");
    expect(version(shop.folder, { tag: true }).versions[0]!.version).toBe("2.0.0-beta.1");
    git("switch", "--quiet", "main");
    commit("Mend at once");
    version(shop.folder, { tag: true });
    end();
    expect([git("show", "main:VERSION"), git("show", "develop:VERSION")]).toEqual(["1.5.0", "2.0.0-beta.1"]);
    expect(JSON.parse(git("show", "develop:package.json"))).toMatchObject({ version: "2.0.0-beta.1", private: false });
  });
});

describe("--abort", () => {
  it("takes back merges and tag, and leaves the release branch", () => {
    prepare();
    begin();
    const before = refs();
    const kept = git("rev-parse", "HEAD");
    end();
    git("branch", "release/1.5.0", kept);
    expect(abort(shop.folder, {}).done).toBe("aborted");
    git("switch", "--quiet", "release/1.5.0");
    expect(refs()).toEqual(before);
    expect(abort(shop.folder, {}).nothing).toMatch(/^release\/1\.5\.0 is not merged, so there is nothing to take back/);
  });
  it("does not take back what is pushed, nor what has commits after it", () => {
    prepare();
    begin();
    const kept = git("rev-parse", "HEAD");
    end({ push: true });
    git("branch", "release/1.5.0", kept);
    refused(() => abort(shop.folder, {}), /^origin has release\/1\.5\.0 in main already, which is not taken back/);
    git("branch", "-D", "release/1.5.0");
    commit("More");
    begin();
    const next = git("rev-parse", "HEAD");
    end();
    git("branch", "release/1.5.1", next);
    commit("Even more");
    refused(() => abort(shop.folder, {}), /^develop has commits after \w{7}, or got it in another way/);
  });
});
