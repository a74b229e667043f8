/** A git repository for each test, with somebody who commits. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** In a clone, too. */
export function identify(folder: string): void {
  for (const [key, value] of Object.entries({
    "user.name": "Anna",
    "user.email": "anna@example.com",
    "commit.gpgsign": "false",
    "tag.gpgsign": "false",
  }))
    execFileSync("git", ["config", key, value], { cwd: folder });
}

export function useRepository() {
  const here = {
    /** A folder of this test alone, with the repository in it. */
    around: "",
    folder: "",
    git: (...args: string[]): string =>
      execFileSync("git", args, { cwd: here.folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim(),
    put(path: string, text: string): void {
      mkdirSync(dirname(join(here.folder, path)), { recursive: true });
      writeFileSync(join(here.folder, path), text);
    },
    read: (path: string): string => readFileSync(join(here.folder, path), "utf8"),
    /** Everything that must not change: commits, tags, files. */
    picture: (): string[] => [
      here.git("rev-parse", "HEAD"),
      here.git("tag", "--list"),
      here.git("status", "--porcelain"),
      here.git("diff", "HEAD"),
    ],
    /** @returns the commit's hash */
    commit(message: string, path = "code.txt"): string {
      here.put(path, `${message}${Math.random()}`);
      here.git("add", "--all");
      here.git("commit", "--quiet", "-m", message);
      return here.git("rev-parse", "HEAD");
    },
  };
  beforeEach(() => {
    here.around = mkdtempSync(join(tmpdir(), "slipway-repository-"));
    here.folder = join(here.around, "shop");
    mkdirSync(here.folder);
    here.git("init", "--quiet", "--initial-branch", "main");
    identify(here.folder);
  });
  afterEach(() => rmSync(here.around, { recursive: true, force: true }));
  return here;
}
