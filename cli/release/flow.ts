/** The branches of git-flow, and what keeps a release from being begun or ended here. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE, type Config } from "../../components/versions/config.ts";
import { requireAll } from "../version/decide.ts";
import type { Git } from "../version/git.ts";

export interface Flow {
  /** What is released. */
  main: string;
  /** What is worked on. */
  develop: string;
}

export const refOf = (branch: string): string => `refs/heads/${branch}`;

/** The newest commit of a branch of this clone; undefined where there is none. */
export const tipOf = (git: Git, branch: string): string | undefined => git.commitOf(refOf(branch));

/** @throws Error where one of them is not here */
export function flowOf(git: Git, { flow }: Config): Flow {
  const main = flow?.main ?? ["main", "master"].find((name) => tipOf(git, name) !== undefined) ?? "main";
  const develop = flow?.develop ?? "develop";
  if (main === develop)
    throw new Error(`${CONFIG_FILE}: flow.main and flow.develop are both ${main}; name two branches`);
  for (const [branch, key] of [
    [main, "main"],
    [develop, "develop"],
  ] as const)
    if (tipOf(git, branch) === undefined)
      throw new Error(`there is no branch ${branch} here; ${wayTo(git, branch, key)}`);
  return { main, develop };
}

function wayTo(git: Git, branch: string, key: keyof Flow): string {
  const remote = git.remote ?? "origin";
  return git.commitOf(`refs/remotes/${remote}/${branch}`) === undefined
    ? `git branch ${branch} makes it, or name another by "flow": { ${JSON.stringify(key)}: "…" } in ${CONFIG_FILE}`
    : `git branch ${branch} ${remote}/${branch} takes it from ${remote}`;
}

const UNDER_WAY: Record<string, string> = {
  MERGE_HEAD: "a merge is under way; git commit ends it, git merge --abort takes it back",
  CHERRY_PICK_HEAD: "a cherry-pick is under way; git cherry-pick --continue or --abort ends it",
  REVERT_HEAD: "a revert is under way; git revert --continue or --abort ends it",
  "rebase-merge": "a rebase is under way; git rebase --continue or --abort ends it",
  "rebase-apply": "a rebase is under way; git rebase --continue or --abort ends it",
};

/** @throws Error where the clone lacks commits, or is in the middle of something else */
export function requireCalm(git: Git): void {
  requireAll(git);
  const own = git.run(["rev-parse", "--absolute-git-dir"]).replace(/\n$/, "");
  for (const [name, what] of Object.entries(UNDER_WAY)) if (existsSync(join(own, name))) throw new Error(what);
}

/** @throws Error where files differ from the newest commit */
export function requireClean(git: Git): void {
  const { changes } = git;
  if (changes.length > 0)
    throw new Error(
      `files differ from the newest commit: ${changes.slice(0, 3).join(", ")}${changes.length > 3 ? ", …" : ""}; commit or git stash them first`,
    );
}

/** Another folder that has a branch checked out would show all that is new in it as changed. @throws Error where one has */
export function requireFree(git: Git, branches: string[]): void {
  const own = git.run(["rev-parse", "--absolute-git-dir"]).trim();
  for (const block of git.run(["worktree", "list", "--porcelain"]).split("\n\n")) {
    const folder = /^worktree (.*)$/m.exec(block)?.[1];
    const branch = branches.find((name) => block.split("\n").includes(`branch ${refOf(name)}`));
    if (folder === undefined || branch === undefined || !existsSync(folder)) continue;
    const other = git.try(["-C", folder, "rev-parse", "--absolute-git-dir"]).stdout.trim();
    if (other !== own)
      throw new Error(`${branch} is checked out in ${folder}, too; git -C ${folder} switch --detach lets it go`);
  }
}
