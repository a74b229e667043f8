/** `slipway version` where git is set up for somebody's eye, is called by a hook, or has names that mean two things. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type VersionOptions, version } from "../../cli/version/version.ts";
import { useRepository } from "../support/repository.ts";

const shop = useRepository();
const { git, put, commit } = shop;
const run = (options: VersionOptions = {}) => version(shop.folder, options).versions[0]!;

beforeEach(() => {
  put("VERSION", "1.4.0\n");
  commit("Start");
  git("tag", "v1.3.0");
  git("tag", "v1.4.0");
});
afterEach(() => vi.unstubAllEnvs());

describe("the next version is the same where git is told", () => {
  it.each([
    ["column.ui", "always"],
    ["color.ui", "always"],
    ["tag.sort", "-refname"],
    ["status.branch", "true"],
    ["status.showUntrackedFiles", "all"],
    ["log.follow", "true"],
    ["log.decorate", "full"],
  ])("%s = %s", (key, value) => {
    git("config", key, value);
    commit("Add search [minor]");
    expect(run({ tag: true })).toMatchObject({
      before: "1.4.0",
      version: "1.5.0",
      because: expect.stringMatching(/^\w{7} Add search /),
    });
  });

  it("to show signatures", () => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(shop.around, "key")]);
    git("config", "gpg.format", "ssh");
    git("config", "user.signingKey", join(shop.around, "key"));
    git("config", "log.showSignature", "true");
    git("commit", "--quiet", "--allow-empty", "--gpg-sign", "-m", "Add search [minor]");
    expect(run().because).toBe(`${git("rev-parse", "--short=7", "HEAD")} Add search [minor]`);
  });

  it("to print in another encoding", () => {
    git("config", "i18n.logOutputEncoding", "ISO-8859-1");
    commit("Größe [minor]");
    expect(run().because).toMatch(/ Größe \[minor\]$/);
  });
});

it("a commit in another encoding is read as what it says", () => {
  const file = join(shop.around, "message");
  writeFileSync(file, Buffer.from("Gr\xf6\xdfe [minor]", "latin1"));
  git("-c", "i18n.commitEncoding=ISO-8859-1", "commit", "--quiet", "--allow-empty", "--file", file);
  expect(run()).toMatchObject({ version: "1.5.0", because: expect.stringMatching(/ Größe \[minor\]$/) });
});

it("what a message does to a terminal is written out", () => {
  commit("Red \u001b[31m\u001b]0;owned\u0007\u202e [minor]");
  expect(run().because).toMatch(/ Red \\u001b\[31m\\u001b\]0;owned\\u0007\\u202e \[minor\]$/);
});

it("a tag called as the branch does not hide the branch", () => {
  git("tag", "main");
  commit("Mend");
  expect(run({ tag: true }).version).toBe("1.4.1");
});

it("tags of trees and files are tags of versions, and packed ones, too", () => {
  git("tag", "v1.5.0", "HEAD^{tree}");
  git("pack-refs", "--all");
  commit("Mend");
  expect(run({ tag: true })).toMatchObject({ before: "1.5.0", version: "1.5.1" });
});

it("a hook of git may call it from a folder", () => {
  commit("Mend");
  mkdirSync(join(shop.folder, "infra"));
  vi.stubEnv("GIT_DIR", ".git");
  vi.stubEnv("GIT_PREFIX", "infra/");
  vi.stubEnv("GIT_INDEX_FILE", join(shop.around, "other-index"));
  expect(version(join(shop.folder, "infra"), { tag: true }).versions[0]!.version).toBe("1.4.1");
});

it("a worktree has versions as the repository has", () => {
  const tree = join(shop.around, "tree");
  git("worktree", "add", "--quiet", "-b", "hotfix/1.4.1", tree);
  shop.folder = tree;
  commit("Mend");
  expect(run({ tag: true })).toMatchObject({ version: "1.4.1", files: ["VERSION"] });
});

it("a pattern of branches with many stars is quickly no match", () => {
  put(".slipway/version.json", JSON.stringify({ branches: [`${"*a".repeat(25)}*b`], prereleases: {} }));
  git("switch", "--quiet", "--create", "a".repeat(120));
  commit("Mend");
  expect(() => run({ tag: true })).toThrow(/^versions of a+ are not tagged/);
});

it("numbers that nothing can come after are said", () => {
  git("tag", `v${Number.MAX_SAFE_INTEGER}.0.0`);
  commit("Break [major]");
  expect(() => run()).toThrow(
    /^the numbers of 9007199254740991\.0\.0 are too large to come after them; delete that tag$/,
  );
});
