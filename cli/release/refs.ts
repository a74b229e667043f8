/** Commits and branches as git has them, made and moved without touching a file that is checked out. */
import { Interrupted } from "../interrupted.ts";
import type { Git } from "../version/git.ts";
import { refOf } from "./flow.ts";

/** Whether a commit is another one, or comes before it. */
export const isIn = (git: Git, commit: string, other: string): boolean =>
  git.try(["merge-base", "--is-ancestor", commit, other]).status === 0;

export const parentsOf = (git: Git, commit: string): string[] =>
  git.run(["rev-list", "--parents", "-1", commit]).trim().split(" ").slice(1);

/** By which commit of its own line a branch has got another commit; undefined where it has not got it. */
export function arrivalOf(git: Git, commit: string, branch: string): string | undefined {
  if (!isIn(git, commit, branch)) return undefined;
  const after = git
    .run(["rev-list", "--first-parent", "--ancestry-path", `${commit}..${branch}`])
    .trim()
    .split("\n");
  const first = after.at(-1);
  return !first || parentsOf(git, first)[0] === commit ? commit : first;
}

/** A branch that moves. */
export interface Move {
  branch: string;
  from: string;
  to: string;
}

/** All of them, or none; none where one has moved meanwhile. */
export function move(git: Git, moves: Move[]): void {
  if (moves.length === 0) return;
  const lines = moves.map(({ branch, from, to }) => `update ${refOf(branch)} ${to} ${from}\n`);
  git.run(["update-ref", "-m", "slipway release", "--stdin"], lines.join(""));
}

/** What was done, and how each of it is taken back; that reads first what there is. */
export class Steps {
  readonly #back: (() => void)[] = [];

  /** Also for what ends half-way. */
  begin(takeBack: () => void): void {
    this.#back.push(takeBack);
  }

  /** @returns the error, with what is left of it */
  takeBack(error: unknown): Error {
    const failed: string[] = [];
    for (const back of this.#back.toReversed()) {
      try {
        back();
      } catch (problem) {
        failed.push((problem as Error).message);
      }
    }
    const left =
      failed.length === 0
        ? "Everything is as it was before."
        : `Not all could be taken back: ${failed.join("; ")}. git log --all --graph and git status show what is there.`;
    const said = (error as Error).message.replace(/\nEverything is as it was before\.$/, "");
    return error instanceof Interrupted ? new Interrupted(`${said}\n${left}`) : new Error(`${said}\n${left}`);
  }
}
