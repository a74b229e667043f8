/** The next version by what git knows. The workflow `release` runs it too: see nextScript.ts. */
import type { Unit } from "../../components/versions/config.ts";
import { type Line, next } from "../../components/versions/next.ts";
import type { Git } from "./git.ts";

/** @throws Error where the clone does not have all that the next version depends on */
export function requireAll(git: Git): void {
  if (git.head === undefined) throw new Error("the repository has no commit yet; commit something first");
  if (git.isShallow)
    throw new Error(
      "this clone is shallow: the tags and commits that the next version depends on are not all here; run git fetch --unshallow --tags (in GitHub Actions: fetch-depth: 0 of actions/checkout)",
    );
}

export const decide = (git: Git, { path, rules }: Pick<Unit, "path" | "rules">, line: Line) =>
  next(
    line,
    { commits: git.commits(line.released, path), tags: git.tags, merged: git.merged, newest: git.newest },
    rules,
  );
