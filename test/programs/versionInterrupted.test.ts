/** `slipway version` that is ended half-way, on real git repositories with a remote: what is left, and what the next run makes of it. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { type VersionOptions, version } from "../../cli/version/version.ts";
import { useRepository } from "../support/repository.ts";
import { CHECKOUT, run as runProgram, start } from "../support/run.ts";

const shop = useRepository();
const { git, put, commit, picture } = shop;
const SLIPWAY = join(CHECKOUT, "cli/slipway.ts");
const run = (options: VersionOptions = {}) => version(shop.folder, options);
const remote = (...args: string[]) =>
  execFileSync("git", args, { cwd: join(shop.around, "remote.git"), encoding: "utf8" }).trim();
const hook = (name: string, script: string, folder = shop.folder) => {
  const file = join(folder, folder === shop.folder ? ".git" : "", "hooks", name);
  execFileSync("tee", [file], { input: `#!/bin/sh\n${script}\n`, stdio: ["pipe", "ignore", "inherit"] });
  chmodSync(file, 0o755);
};
/** Everything is released, here and there. */
function released(): void {
  const head = git("rev-parse", "HEAD");
  expect([git("show", "v1.4.1:VERSION"), git("status", "--porcelain")]).toEqual(["1.4.1", ""]);
  expect(remote("rev-parse", "main", "v1.4.1^{commit}").split("\n")).toEqual([head, head]);
}

beforeEach(() => {
  const folder = join(shop.around, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", folder]);
  git("remote", "add", "origin", folder);
  put("VERSION", "1.4.0\n");
  put("package.json", '{ "version": "1.4.0" }\n');
  commit("Start");
  git("tag", "v1.4.0");
  git("push", "--quiet", "origin", "main", "v1.4.0");
  commit("Mend");
});

describe("Ctrl-C", () => {
  it.each(["pre-commit", "post-commit", "pre-push"])(
    "in the hook %s ends it with 130, and all is as it was",
    async (name) => {
      // One process from there on: what the shell would begin a moment after the signal would not get it.
      hook(name, `exec sh -c 'touch "$0"; exec sleep 60' '${join(shop.around, "reached")}'`);
      const before = picture();
      const running = start(process.execPath, [SLIPWAY, "version", "--push"], { cwd: shop.folder });
      await until(() => existsSync(join(shop.around, "reached")));
      await sleep(200);
      running.kill("SIGINT", "group");
      const { code, stderr } = await running.result;
      expect([code, stderr]).toEqual([130, "slipway: ended by Ctrl-C\nEverything is as it was before.\n"]);
      expect(picture()).toEqual(before);
      expect(remote("tag")).toBe("v1.4.0");
    },
  );
});

describe("SIGKILL", () => {
  it.each(["pre-commit", "commit-msg", "post-commit", "pre-push"])(
    "in the hook %s leaves what the next run completes",
    async (name) => {
      // One process from there on: what the shell would begin a moment after the signal would not get it.
      hook(name, `exec sh -c 'touch "$0"; exec sleep 60' '${join(shop.around, "reached")}'`);
      const running = start(process.execPath, [SLIPWAY, "version", "--push"], { cwd: shop.folder });
      await until(() => existsSync(join(shop.around, "reached")));
      running.kill("SIGKILL", "group");
      await running.result;
      execFileSync("rm", [join(shop.folder, ".git/hooks", name)]);
      // git says so itself, and waits for a person's decision.
      execFileSync("rm", ["-f", join(shop.folder, ".git/index.lock")]);
      expect(run({ push: true })).toMatchObject({ done: "pushed", versions: [{ version: "1.4.1" }] });
      released();
    },
  );
});

/** A condition of another process. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("what was tagged and not pushed", () => {
  it("is pushed by the next run, once", () => {
    run({ tag: true });
    expect(run({ push: true })).toMatchObject({ done: "pushed", commit: git("rev-parse", "HEAD") });
    released();
    expect(run({ push: true })).toMatchObject({ done: "nothing", versions: [{ nothing: "no commit since v1.4.1" }] });
  });
  it("is not called pushed where the remote does not answer", () => {
    run({ tag: true });
    git("remote", "set-url", "origin", join(shop.around, "nowhere"));
    expect(() => run({ push: true })).toThrow(/^origin does not answer; git ls-remote origin says why$/);
  });
});

describe("a push", () => {
  it("goes to no branch of the same repository that the branch follows", () => {
    git("switch", "--quiet", "--create", "release/1.5", "--track", "main");
    expect(run({ push: true }).done).toBe("pushed");
    expect(remote("tag").split("\n")).toContain("v1.5.0-rc.1");
  });
  it("that the remote took before the connection broke is one", () => {
    hook("post-receive", "kill -9 $PPID", join(shop.around, "remote.git"));
    expect(run({ push: true }).done).toBe("pushed");
    released();
  });
  it("that fails here is not called refused by the remote", () => {
    hook("pre-push", "echo 'tests fail' >&2; exit 1");
    const before = picture();
    expect(() => run({ push: true })).toThrow(
      /^git push to origin failed: tests fail\n[\s\S]*Everything is as it was before\.$/,
    );
    expect(picture()).toEqual(before);
  });
  it("that the remote's hook refuses says what it says", () => {
    hook("pre-receive", "echo 'frozen until Monday' >&2; exit 1", join(shop.around, "remote.git"));
    const before = picture();
    expect(() => run({ push: true })).toThrow(
      /^origin refused it: [\s\S]*frozen until Monday[\s\S]*Everything is as it was before\.$/,
    );
    expect(picture()).toEqual(before);
  });
});

describe("a hook of the repository", () => {
  it("that releases itself after each commit neither loops nor is undone", () => {
    hook(
      "post-commit",
      `'${process.execPath}' '${SLIPWAY}' version --tag >/dev/null 2>>'${join(shop.around, "said")}'`,
    );
    expect(run({ push: true }).versions[0]).toMatchObject({ version: "1.4.1" });
    released();
    expect(git("log", "--format=%s").split("\n")).toEqual(["Release v1.4.1", "Mend", "Start"]);
  });
  it("that changes the version is told, and nothing is tagged", () => {
    hook("pre-commit", "echo 9.9.9 >VERSION; git add VERSION");
    const before = picture();
    expect(() => run({ tag: true })).toThrow(
      /^VERSION was committed with 9\.9\.9, not 1\.4\.1: a hook of the repository changes it\nEverything is as it was before\.$/,
    );
    expect(picture()).toEqual(before);
  });
  it("that formats the file is let", () => {
    hook("pre-commit", `printf '{\\n  "version": "1.4.1"\\n}\\n' >package.json; git add package.json`);
    run({ push: true });
    released();
    expect(git("show", "HEAD:package.json")).toBe('{\n  "version": "1.4.1"\n}');
  });
});

const mayMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
it.runIf(mayMount)("a full disk leaves every file whole", async () => {
  const disk = join(shop.around, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
  try {
    execFileSync("git", ["clone", "--quiet", shop.folder, join(disk, "shop")]);
    execFileSync("sh", ["-c", "cat /dev/zero >full 2>/dev/null || true"], { cwd: disk });
    const cwd = join(disk, "shop");
    const { code, stderr } = await runProgram(process.execPath, [SLIPWAY, "version", "--write"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be written: ENOSPC[\s\S]*\nEverything is as it was before\.\n$/);
    execFileSync("rm", [join(disk, "full")]);
    expect(execFileSync("git", ["status", "--porcelain"], { cwd, encoding: "utf8" })).toBe("");
  } finally {
    execFileSync("umount", ["--lazy", disk]);
  }
});
