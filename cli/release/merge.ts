/** Merges that are made beside what is checked out: a conflict leaves nothing behind. */
import type { Git } from "../version/git.ts";

/** Files that two commits change in the same places. */
export class Conflict extends Error {
  readonly files: string[];

  constructor(files: string[]) {
    super(`the same lines were changed: ${files.join(", ")}`);
    this.files = files;
  }
}

/** @throws Error where git is too old for it */
export function requireMerges(git: Git): void {
  const said = git.run(["version"]).trim();
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? [];
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 38))
    throw new Error(`${said} is too old, as it merges only what is checked out; install git 2.38 or newer`);
}

/** @returns the tree of both @throws Conflict */
export function mergedTree(git: Git, ours: string, theirs: string): string {
  const { status, stdout, stderr } = git.try([
    "merge-tree",
    "--write-tree",
    "-z",
    "--name-only",
    "--no-messages",
    ours,
    theirs,
  ]);
  const [tree = "", ...files] = stdout.split("\0").filter((part) => part !== "");
  if (status === 1 && tree !== "") throw new Conflict(files);
  if (status !== 0) throw new Error(`git merge-tree failed: ${stderr.trim()}`);
  return tree;
}

/** @returns a commit with both as parents, of no branch yet @throws Conflict */
export function mergeOf(git: Git, ours: string, theirs: string, message: string, sign: boolean): string {
  const tree = mergedTree(git, ours, theirs);
  const signs = sign || git.try(["config", "--type=bool", "commit.gpgsign"]).stdout.trim() === "true";
  const words = ["commit-tree", ...(signs ? ["-S"] : []), "-p", ours, "-p", theirs, tree];
  return git.run(words, `${message}\n`).trim();
}
