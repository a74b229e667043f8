/** Reads the files of a project from this machine. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";
import type { Entry } from "../application/entry.ts";

/**
 * What is at a path, links followed; undefined where nothing is.
 * @param project the folder that no link may lead out of
 */
export function entryAt(path: string, project: string): Entry | undefined {
  try {
    const real = realpathSync(path);
    const way = relative(realpathSync(project === "" ? "." : project), real);
    if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return { kind: "outside" };
    const stat = statSync(real);
    if (stat.isDirectory()) return { kind: "folder", names: readdirSync(real).sort() };
    if (!stat.isFile()) return { kind: "other", why: "it is neither a file nor a folder" };
    return {
      kind: "file",
      size: stat.size,
      executable: (stat.mode & 0o111) !== 0,
      content: () => readFileSync(real),
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : { kind: "other", why: message };
  }
}

/** What git ignores in a folder: paths from there, those of folders with a slash at the end. Nothing outside of a checkout. */
export function ignoredByGit(folder: string): string[] {
  const words = ["-C", folder, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "."];
  try {
    return execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 26 })
      .split("\0")
      .filter((path) => path !== "");
  } catch {
    return [];
  }
}
