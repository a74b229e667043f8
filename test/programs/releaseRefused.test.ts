/** What `slipway release` refuses, and what it takes back, on real git repositories: nothing is changed. */
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { abort } from "../../cli/release/abort.ts";
import { type FinishOptions, finish } from "../../cli/release/finish.ts";
import { type StartOptions, start } from "../../cli/release/start.ts";
import { useGitFlow } from "../support/gitFlow.ts";

const shop = useGitFlow();
const { git, put, commit, remote, prepare, clone, at } = shop;
const refs = (): string[] => [
  git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"),
  git("rev-parse", "--symbolic-full-name", "HEAD"),
  git("status", "--porcelain"),
  remote("for-each-ref", "--format=%(refname) %(objectname)"),
];
function refused(act: () => unknown, message: RegExp): void {
  const before = refs();
  expect(act).toThrow(message);
  expect(refs()).toEqual(before);
}
const begins = (message: RegExp, options: StartOptions = {}) => refused(() => start(shop.folder, options), message);
const ends = (message: RegExp, options: FinishOptions = {}) => refused(() => finish(shop.folder, options), message);
/** Somebody else pushes a commit. */
function pushed(branch: string): void {
  const other = clone();
  at(other, "switch", "--quiet", branch);
  at(other, "commit", "--quiet", "--allow-empty", "-m", "Mend elsewhere");
  at(other, "push", "--quiet", "origin", branch);
}

beforeEach(() => prepare());

describe("start refuses", () => {
  it("what differs, other branches, and what is no version", () => {
    put("search.txt", "else");
    begins(/^files differ from the newest commit, and would not be part of the version: search\.txt; commit or stash/);
    git("checkout", "--quiet", "search.txt");
    begins(/^slipway release start: "1\.5" is not a semantic version; write one like 1\.5\.0/, { version: "1.5" });
    begins(/^1\.5\.0-rc\.1 is a pre-release, and a release is of a version; write 1\.5\.0$/, { version: "1.5.0-rc.1" });
    begins(/^slipway release start: v1\.4\.0 is there already; a version is released once$/, { version: "1.4.0" });
    git("branch", "release/1.5.0", "main");
    begins(/^release\/1\.5\.0 is there already; git switch release\/1\.5\.0 and slipway release finish end it/);
    git("switch", "--quiet", "main");
    begins(/^a release begins on develop, and main is checked out; git switch develop$/);
  });
  it("where nothing is new", () => {
    git("switch", "--quiet", "main");
    git("branch", "--force", "develop", "main");
    git("switch", "--quiet", "develop");
    begins(/^there is nothing to release: no commit since v1\.4\.0$/);
  });
  it("a clone that lacks commits or branches", () => {
    const other = clone();
    shop.folder = other;
    begins(/^there is no branch develop here; git branch develop origin\/develop takes it from origin$/);
    put(".slipway/version.json", '{ "flow": { "main": "main", "develop": "next" } }');
    begins(/^there is no branch next here; git branch next makes it, or name another by "flow": \{ "develop": "…" \}/);
    shop.folder = join(shop.around, "shallow");
    const url = `file://${join(shop.around, "remote.git")}`;
    execFileSync("git", ["clone", "--quiet", "--depth", "1", "--branch", "develop", url, shop.folder]);
    begins(/^this clone is shallow: /);
  });
  it("what somebody else has pushed", () => {
    pushed("develop");
    begins(/^origin has newer commits of develop, which are not here; git pull origin develop, then run this again$/);
    at(join(shop.around, "other"), "tag", "v1.5.0");
    at(join(shop.around, "other"), "push", "--quiet", "origin", "v1.5.0");
    git("pull", "--quiet", "--no-tags", "origin", "develop");
    begins(/^origin has v1\.5\.0 already; git fetch --tags, then run this again$/);
  });
});

describe("finish refuses", () => {
  beforeEach(() => void start(shop.folder, {}));

  it("what differs, and where nothing is begun", () => {
    put("search.txt", "else");
    ends(/^files differ from the newest commit, .*: search\.txt; commit/);
    git("checkout", "--quiet", "search.txt");
    ends(/^there is no branch release\/1\.6\.0; there are release\/1\.5\.0$/, { name: "1.6.0" });
    git("branch", "release/2.0.0");
    git("switch", "--quiet", "develop");
    ends(
      /^several releases are under way: release\/1\.5\.0, release\/2\.0\.0; slipway release finish 1\.5\.0, or another$/,
    );
    git("branch", "-D", "release/1.5.0", "release/2.0.0");
    expect(finish(shop.folder, {}).nothing).toBe("no release is under way; v1.4.0 is the last");
    git("tag", "--delete", "v1.4.0");
    ends(/^no release is under way; slipway release start begins one$/);
    refused(() => abort(shop.folder, {}), /^no release is under way, so there is nothing to take back$/);
  });
  it("a tag that is another commit's", () => {
    git("tag", "v1.5.0", "main");
    ends(/^v1\.5\.0 is there already, on a commit without release\/1\.5\.0; a version is released once: /);
  });
  it("a branch that another folder has checked out", () => {
    git("worktree", "add", "--quiet", join(shop.around, "beside"), "main");
    ends(/^main is checked out in .*beside, too; git -C .*beside switch --detach lets it go$/);
  });
  it("what somebody else has pushed, also after it was merged here", () => {
    const kept = git("rev-parse", "HEAD");
    finish(shop.folder, {});
    git("branch", "release/1.5.0", kept);
    pushed("main");
    ends(
      /^origin has newer commits of main, .*\nrelease\/1\.5\.0 is merged here already, and not pushed: slipway release finish --abort/,
    );
    abort(shop.folder, {});
    git("fetch", "--quiet", "origin", "main:main");
    finish(shop.folder, { push: true });
    expect(remote("log", "-1", "--format=%s", "main^1")).toBe("Mend elsewhere");
  });
  it("to keep what the remote refuses", () => {
    const hook = join(shop.around, "remote.git/hooks/pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'frozen until Monday' >&2; exit 1\n");
    chmodSync(hook, 0o755);
    ends(/^origin refused it: [\s\S]*frozen until Monday[\s\S]*\nEverything is as it was before\.$/, { push: true });
  });
  it("to push where the remote does not answer; without --push it tells that", () => {
    git("remote", "set-url", "origin", join(shop.around, "nowhere"));
    ends(/^origin does not answer; git ls-remote origin says why$/, { push: true });
    expect(finish(shop.folder, {}).notes).toEqual(["origin does not answer, so what others have pushed is not known"]);
  });
});

it("a release that is under way is not begun again", () => {
  start(shop.folder, {});
  commit("Mend", "search.txt");
  expect(start(shop.folder, {})).toMatchObject({ done: "started", branch: "release/1.5.0" });
  begins(/^release\/1\.5\.0 is under way; slipway release finish ends it, before another begins on develop$/, {
    version: "2.0.0",
  });
});
