/** Merges that are made beside what is checked out: a conflict leaves nothing behind. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Makes one text of a file that both have changed; undefined where it cannot. */
export type Mend = (path: string, sides: Record<"base" | "ours" | "theirs", string>) => string | undefined;

/** A file of a conflict, as each side has it. */
interface Side {
  mode: string;
  object: string;
  stage: string;
  path: string;
}

/** @returns the tree of both @throws Conflict where a file cannot be mended */
export function mergedTree(git: Git, ours: string, theirs: string, mend: Mend): string {
  const asked = git.try(["merge-tree", "--write-tree", "-z", "--no-messages", ours, theirs]);
  const [tree = "", ...entries] = asked.stdout.split("\0").filter((part) => part !== "");
  if (asked.status === 0) return tree;
  const sides = entries.flatMap((entry): Side[] => {
    const [, mode, object, stage, path] = /^(\d+) (\w+) (\d)\t(.*)$/s.exec(entry) ?? [];
    return path === undefined ? [] : [{ mode: mode!, object: object!, stage: stage!, path }];
  });
  if (asked.status !== 1 || sides.length === 0) throw new Error(`git merge-tree failed: ${asked.stderr.trim()}`);
  const paths = [...new Set(sides.map(({ path }) => path))];
  const mended = paths.map((path) => mendedFile(git, path, sides, mend));
  const left = paths.filter((_, index) => mended[index] === undefined);
  if (left.length > 0) throw new Conflict(left);
  return treeWith(
    git,
    tree,
    mended.flatMap((line) => line ?? []),
  );
}

/** @returns the line of an index that has it; undefined where it cannot be mended */
function mendedFile(git: Git, path: string, sides: Side[], mend: Mend): string | undefined {
  const [base, ours, theirs] = ["1", "2", "3"].map((stage) =>
    sides.find((side) => side.path === path && side.stage === stage),
  );
  if (!base || !ours || !theirs || ours.mode !== theirs.mode || !ours.mode.startsWith("100")) return undefined;
  const textOf = ({ object }: Side): string => git.run(["cat-file", "blob", object]);
  const texts = { base: textOf(base), ours: textOf(ours), theirs: textOf(theirs) };
  // What is not in UTF-8 would not be given back byte for byte.
  const text = Object.values(texts).some((one) => one.includes("\uFFFD")) ? undefined : mend(path, texts);
  if (text === undefined) return undefined;
  return `${ours.mode} ${git.run(["hash-object", "-w", "--stdin"], text).trim()} 0\t${path}\0`;
}

/** By an index of its own: what is checked out stays. */
function treeWith(git: Git, tree: string, lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-merge-"));
  try {
    const own = { GIT_INDEX_FILE: join(folder, "index") };
    git.run(["read-tree", tree], "", own);
    git.run(["update-index", "-z", "--index-info"], lines.join(""), own);
    return git.run(["write-tree"], "", own).trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns a commit with both trees and both as parents, of no branch yet */
export function commitOfBoth(
  git: Git,
  tree: string,
  parents: [string, string],
  message: string,
  sign: boolean,
): string {
  const signs = sign || git.try(["config", "--type=bool", "commit.gpgsign"]).stdout.trim() === "true";
  const words = ["commit-tree", ...(signs ? ["-S"] : []), ...parents.flatMap((parent) => ["-p", parent]), tree];
  return git.run(words, `${message}\n`).trim();
}
