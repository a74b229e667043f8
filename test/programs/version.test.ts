/** `slipway version` on real git repositories. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { type VersionOptions, version } from "../../cli/version/version.ts";
import { identify, useRepository } from "../support/repository.ts";
import { CHECKOUT } from "../support/run.ts";

const shop = useRepository();
const { git, put, read, commit, picture } = shop;

const run = (options: VersionOptions = {}) => version(shop.folder, options);
const next = (options: VersionOptions = {}) => run(options).versions[0]!.version;

describe("a version", () => {
  it("is told, and nothing is changed", () => {
    put("package.json", '{ "version": "0.1.0" }\n');
    commit("Start");
    git("tag", "v0.1.0");
    const asking = commit("Add search [minor]");
    const before = picture();
    expect(run()).toEqual({
      done: "nothing",
      versions: [
        {
          before: "0.1.0",
          version: "0.2.0",
          tag: "v0.2.0",
          bump: "minor",
          because: `${asking.slice(0, 7)} Add search [minor]`,
          files: ["package.json"],
        },
      ],
    });
    expect(picture()).toEqual(before);
  });

  it("is written where it lives, and nothing else", () => {
    put("package.json", '{ "version": "1.4.0" }\n');
    put("internal/version/version.go", 'package version\n\nconst Version = "1.4.0"\n');
    commit("Start");
    git("tag", "v1.4.0");
    commit("Mend");
    put("notes.txt", "not yet");
    expect(run({ write: true })).toMatchObject({ done: "written", versions: [{ version: "1.4.1" }] });
    expect([read("package.json"), read("internal/version/version.go")]).toEqual([
      '{ "version": "1.4.1" }\n',
      'package version\n\nconst Version = "1.4.1"\n',
    ]);
    expect(git("status", "--porcelain").split("\n")).toHaveLength(3);
    // Again: all is there already.
    expect(run({ write: true }).versions[0]).toMatchObject({ version: "1.4.1", files: [] });
  });

  it("is tagged with its files in a commit, once", () => {
    put("VERSION", "1.4.0\n");
    commit("Start");
    git("tag", "v1.4.0");
    commit("Mend");
    const report = run({ tag: true });
    expect(report).toMatchObject({ done: "tagged", commit: git("rev-parse", "HEAD") });
    expect([git("log", "-1", "--format=%s"), git("show", "v1.4.1:VERSION"), git("cat-file", "-t", "v1.4.1")]).toEqual([
      "Release v1.4.1",
      "1.4.1",
      "tag",
    ]);
    const before = picture();
    expect(run({ tag: true })).toMatchObject({ done: "nothing", versions: [{ nothing: "no commit since v1.4.1" }] });
    expect(picture()).toEqual(before);
  });

  it("without files is a tag on the newest commit", () => {
    const newest = commit("Start");
    expect(run({ tag: true })).toMatchObject({ done: "tagged", commit: newest, versions: [{ version: "0.1.0" }] });
  });

  it("goes on where its commit was made and the tag was not", () => {
    put("VERSION", "1.4.0\n");
    commit("Start");
    git("tag", "v1.4.0");
    commit("Add search [minor]");
    run({ tag: true });
    git("tag", "--delete", "v1.5.0");
    const before = git("rev-parse", "HEAD");
    expect(run({ tag: true })).toMatchObject({ done: "tagged", commit: before, versions: [{ version: "1.5.0" }] });
  });
});

describe("the commits that count", () => {
  it("are those that a merge brought, and of a revert none", () => {
    commit("Start");
    git("tag", "v1.0.0");
    git("switch", "--quiet", "--create", "search");
    commit("Add search [minor]", "search.txt");
    const dropped = commit("Break it [major]", "broken.txt");
    git("switch", "--quiet", "main");
    commit("Mend", "mend.txt");
    git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'search'", "search");
    expect(next()).toBe("2.0.0");
    git("revert", "--no-edit", dropped);
    expect(next()).toBe("1.1.0");
    git("revert", "--no-edit", "HEAD");
    expect(next()).toBe("2.0.0");
  });

  it("are none that a version on another branch has", () => {
    commit("Start");
    git("tag", "v1.0.0");
    git("switch", "--quiet", "--create", "hotfix/1.0.1");
    commit("Break [major]");
    expect(run({ tag: true }).versions[0]).toMatchObject({ version: "1.0.1", tag: "v1.0.1" });
    git("switch", "--quiet", "main");
    git("merge", "--quiet", "--no-ff", "-m", "Merge the hotfix", "hotfix/1.0.1");
    expect(next()).toBeUndefined();
    commit("Mend");
    expect(next()).toBe("1.0.2");
  });

  it("of a package are those that change its folder", () => {
    put(".slipway/version.json", JSON.stringify({ packages: { api: { path: "services/api" }, web: { path: "web" } } }));
    put("services/api/pyproject.toml", '[project]\nversion = "1.0.0"\n');
    commit("Start", "web/page.txt");
    git("tag", "api-v1.0.0");
    git("tag", "web-v3.1.0");
    commit("Add search [minor]", "services/api/search.py");
    expect(run({ tag: true }).versions).toMatchObject([
      { name: "api", version: "1.1.0", tag: "api-v1.1.0", files: ["services/api/pyproject.toml"] },
      { name: "web", before: "3.1.0", nothing: "no commit since web-v3.1.0" },
    ]);
    commit("Both", "web/page.txt");
    expect(run({ package: "web" }).versions).toMatchObject([{ name: "web", version: "3.1.1" }]);
  });

  it("are read with whatever their messages and names have in them", () => {
    commit("Start");
    git("tag", "v1.0.0");
    commit('Say "$(id)"; `x` \\ %H ü 漢字\n\n-- [minor]');
    expect(next()).toBe("1.1.0");
  });
});

describe("git-flow", () => {
  it("has pre-releases on develop and release/*, and the version on main", () => {
    commit("Start");
    git("tag", "v1.4.0");
    git("switch", "--quiet", "--create", "develop");
    commit("Add search [minor]");
    expect(run({ tag: true }).versions[0]!.version).toBe("1.5.0-beta.1");
    expect(run({ tag: true }).versions[0]!.nothing).toBe("the newest commit is v1.5.0-beta.1");
    commit("Mend");
    expect(run({ tag: true }).versions[0]!.version).toBe("1.5.0-beta.2");
    git("switch", "--quiet", "--create", "release/1.5");
    expect(run({ tag: true }).versions[0]!.version).toBe("1.5.0-rc.1");
    git("switch", "--quiet", "main");
    git("merge", "--quiet", "--no-ff", "-m", "Merge release/1.5", "release/1.5");
    expect(run({ tag: true }).versions[0]!.version).toBe("1.5.0");
  });
});

it("is signed where that is asked for", () => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(shop.around, "key")]);
  const publicKey = readFileSync(join(shop.around, "key.pub"), "utf8");
  writeFileSync(join(shop.around, "signers"), `anna@example.com ${publicKey}`);
  git("config", "gpg.format", "ssh");
  git("config", "user.signingKey", join(shop.around, "key"));
  git("config", "gpg.ssh.allowedSignersFile", join(shop.around, "signers"));
  put("VERSION", "1.0.0\n");
  commit("Start");
  run({ sign: true, set: "1.1.0" });
  git("verify-tag", "v1.1.0");
  git("verify-commit", "HEAD");
});

describe("of several clones that release at once", () => {
  it("one is pushed, and the others are as they were", async () => {
    const remote = join(shop.around, "remote.git");
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", remote]);
    git("remote", "add", "origin", remote);
    put("VERSION", "1.4.0\n");
    commit("Start");
    git("tag", "v1.4.0");
    git("push", "--quiet", "origin", "main", "v1.4.0");
    const clones = ["a", "b", "c"].map((name) => {
      const clone = join(shop.around, name);
      execFileSync("git", ["clone", "--quiet", remote, clone]);
      identify(clone);
      execFileSync("git", ["commit", "--quiet", "--allow-empty", "-m", `Add ${name} [minor]`], { cwd: clone });
      return clone;
    });
    const ended = await Promise.all(
      clones.map(async (cwd) => {
        const child = spawn(process.execPath, [join(CHECKOUT, "cli/slipway.ts"), "version", "--push", "--json"], {
          cwd,
        });
        let said = "";
        child.stderr.on("data", (text) => (said += text));
        const [code] = await once(child, "close");
        return { cwd, code: code as number, said };
      }),
    );
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
    const at = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" }).trim();
    const won = ended.find(({ code }) => code === 0)!;
    expect(at(remote, "rev-parse", "v1.5.0^{commit}", "main").split("\n")).toEqual(
      Array(2).fill(at(won.cwd, "rev-parse", "HEAD")),
    );
    for (const { cwd, said } of ended.filter(({ code }) => code !== 0)) {
      expect(said).toMatch(
        /origin refused it: [\s\S]*git fetch --tags and git rebase, then run this again\nEverything is as it was before\./,
      );
      expect([at(cwd, "tag", "--list"), at(cwd, "log", "-1", "--format=%s"), at(cwd, "status", "--porcelain")]).toEqual(
        ["v1.4.0", expect.stringMatching(/^Add \w \[minor\]$/), ""],
      );
      at(cwd, "fetch", "--quiet", "--tags");
      at(cwd, "rebase", "--quiet", "origin/main");
      expect(version(cwd, { push: true }).done).toBe("pushed");
    }
    expect(at(remote, "tag", "--list").split("\n")).toEqual(["v1.4.0", "v1.5.0", "v1.6.0", "v1.7.0"]);
  });
});

it("prints what its schema describes", () => {
  const schema = JSON.parse(readFileSync(join(CHECKOUT, "docs/version.schema.json"), "utf8"));
  const validate = new Ajv2020().compile(schema);
  commit("Start");
  for (const args of [[], ["--tag"], ["--tag"]]) {
    const printed = execFileSync(process.execPath, [join(CHECKOUT, "cli/slipway.ts"), "version", "--json", ...args], {
      cwd: shop.folder,
      encoding: "utf8",
    });
    expect(validate(JSON.parse(printed)), printed).toBe(true);
  }
  expect(existsSync(join(shop.folder, ".git/refs/tags/v0.1.0"))).toBe(true);
});
