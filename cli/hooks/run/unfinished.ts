/** What git is in the middle of: it makes commits then that nobody has asked for one by one. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Git } from "../../version/git.ts";

const SIGNS: [string, string][] = [
  ["rebase-merge", "a rebase"],
  ["rebase-apply/applying", "git am"],
  ["rebase-apply", "a rebase"],
  ["CHERRY_PICK_HEAD", "a cherry-pick"],
  ["sequencer", "a cherry-pick or revert of several commits"],
  ["BISECT_LOG", "a bisect"],
];

/** Undefined where it is in the middle of nothing. */
export const unfinished = (git: Git): string | undefined =>
  SIGNS.find(([path]) => existsSync(resolve(git.root, git.run(["rev-parse", "--git-path", path]).trim())))?.[1];
