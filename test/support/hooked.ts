/** A git repository for each test whose project depends on slipway, with a remote that it pushes to. */
import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach } from "vitest";
import { useRepository } from "./repository.ts";
import { CHECKOUT, type RunOptions, run, start } from "./run.ts";

/** Not what this process has of git, of CI, and of a person's own configuration. */
const CLEAN: Record<string, string | undefined> = {
  CI: undefined,
  SLIPWAY_HOOKS: undefined,
  SLIPWAY_HOOKS_RUNNING: undefined,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

export function useHooked() {
  const shop = useRepository();
  const here = {
    ...shop,
    get around() {
      return shop.around;
    },
    get folder() {
      return shop.folder;
    },
    set folder(path: string) {
      shop.folder = path;
    },
    remote: "",
    /** Runs git as a person does, and tells what came of it. */
    does: (args: string[], options: RunOptions = {}) =>
      run("git", args, { cwd: shop.folder, ...options, env: { ...CLEAN, ...options.env } }),
    /** The same at a terminal, at which `type` answers. */
    atTerminal: (line: string, env: Record<string, string> = {}) =>
      start("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
        cwd: shop.folder,
        keepInput: true,
        env: { ...CLEAN, TERM: "xterm", ...env },
      }),
    /** The project's own `slipway`. */
    slipway: (args: string[], options: RunOptions = {}) =>
      run(process.execPath, [join(shop.folder, "node_modules/.bin/slipway"), ...args], {
        cwd: shop.folder,
        ...options,
        env: { ...CLEAN, ...options.env },
      }),
    config: (config: object) => shop.put(".slipway/hooks.json", JSON.stringify(config)),
    script(path: string, ...lines: string[]): void {
      shop.put(path, `#!/bin/sh\n${lines.join("\n")}\n`);
      chmodSync(join(shop.folder, path), 0o755);
    },
    /** What is at the remote, by ref. */
    pushed: (): Record<string, string> =>
      Object.fromEntries(
        execFileSync("git", ["for-each-ref", "--format=%(refname)=%(objectname)"], {
          cwd: here.remote,
          encoding: "utf8",
        })
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => line.split("=") as [string, string]),
      ),
  };
  beforeEach(() => {
    // Paths with a space, as people have them.
    const folder = join(shop.around, "my shop");
    execFileSync("mv", [shop.folder, folder]);
    shop.folder = folder;
    here.remote = join(shop.around, "remote.git");
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", here.remote]);
    shop.git("remote", "add", "origin", here.remote);
    shop.put(".gitignore", "node_modules/\n");
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    symlinkSync(join(CHECKOUT, "cli/slipway.ts"), join(folder, "node_modules/.bin/slipway"));
    shop.commit("Start");
  });
  return here;
}

/** Everything in a folder: modes, texts, and where links lead. */
export function pictureOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(folder, entry);
    const { mode } = lstatSync(path);
    const what = lstatSync(path).isSymbolicLink()
      ? readlinkSync(path)
      : lstatSync(path).isFile()
        ? readFileSync(path, "base64")
        : "";
    found[entry] = `${mode.toString(8)} ${what}`;
  }
  return found;
}
