/** The settings file in git: what the last commit says, and the commit of a deployment. */
import { realpathSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { Git } from "../version/git.ts";

export interface Tracked {
  git: Git;
  /** Of the repository. */
  path: string;
  /** As the newest commit has it. */
  committed?: string;
}

/** @returns undefined where git has nothing to do with the file */
export function trackedFile(file: string): Tracked | undefined {
  const real = realpathSync(resolve(file));
  let git: Git;
  try {
    git = new Git(dirname(real));
  } catch {
    return undefined;
  }
  const path = relative(realpathSync(git.root), real);
  if (git.try(["ls-files", "--error-unmatch", "--", path]).status !== 0) return undefined;
  const { status, stdout } = git.try(["show", `HEAD:${path}`]);
  return { git, path, ...(status === 0 && { committed: stdout }) };
}

/** @param lasting the file as a deployment leaves it @throws Error where that could be committed to no branch */
export function requireBranch({ git, path, committed }: Tracked, lasting: string): void {
  if (git.branch !== undefined || lasting === committed) return;
  throw new Error(
    `no branch is checked out, so the commit of ${path} would be of none; git switch to one, or give --no-commit, as a pipeline does that keeps the version elsewhere`,
  );
}

export type Recorded = { commit: string } | { nothing: true } | { problem: string };

/** Commits this file alone: what else is staged stays staged. */
export function record({ git, path }: Tracked, message: string): Recorded {
  const { status, stdout } = git.try(["status", "--porcelain", "--", path]);
  if (status === 0 && stdout === "") return { nothing: true };
  if (git.branch === undefined) return { problem: "no branch is checked out, so the commit would be of none" };
  const made = git.try(["commit", "--quiet", "--only", "-m", message, "--", path]);
  if (made.status !== 0)
    return { problem: `git commit failed: ${(made.stderr || made.stdout).trim().split("\n").at(-1)}` };
  return { commit: git.head!.slice(0, 7) };
}
