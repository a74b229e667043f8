/** Main gets the release, develop gets it back: both at once. */
import type { Unit } from "../../components/versions/config.ts";
import type { Git } from "../version/git.ts";
import { type Flow, tipOf } from "./flow.ts";
import { mendVersions } from "./mend.ts";
import { Conflict, commitOfBoth, mergedTree } from "./merge.ts";
import { isIn, type Move, move, type Steps } from "./refs.ts";
import type { State } from "./state.ts";

interface Merging {
  git: Git;
  units: Unit[];
  flow: Flow;
  state: State;
  sign: boolean;
  /** Undefined for a trial. */
  steps?: Steps;
  /** Only looks for conflicts. */
  isTrial?: boolean;
}

/** @returns the commit of main that has it, and the newest of develop @throws Error with the files of a conflict */
export function merge({ git, units, flow, state, sign, steps, isTrial = false }: Merging): {
  commit: string;
  develop: string;
} {
  const { branch, tip } = state;
  const [main, develop] = [tipOf(git, flow.main)!, tipOf(git, flow.develop)!];
  const mend = mendVersions(git, units);
  const made = (ours: string, theirs: string, message: string): string => {
    const tree = mergedTree(git, ours, theirs, mend);
    return isTrial ? theirs : commitOfBoth(git, tree, [ours, theirs], message, sign);
  };
  const commit =
    state.merged ??
    orConflict(
      () => made(main, tip, `Merge branch '${branch}'`),
      (files) =>
        `${flow.main} and ${branch} have changed the same lines of ${files}; git switch ${branch}, git merge ${flow.main}, mend them, git commit, and run this again`,
    );
  const next = isIn(git, commit, develop)
    ? develop
    : orConflict(
        () => made(develop, commit, `Merge branch '${flow.main}' with ${branch} into ${flow.develop}`),
        (files) =>
          `${flow.develop} and ${branch} have changed the same lines of ${files}; git switch ${flow.develop}, git merge ${branch}, mend them, git commit, and run this again`,
      );
  const moves: Move[] = [
    ...(state.merged === undefined ? [{ branch: flow.main, from: main, to: commit }] : []),
    ...(next === develop ? [] : [{ branch: flow.develop, from: develop, to: next }]),
  ];
  if (isTrial) return { commit, develop: next };
  steps?.begin(() =>
    move(
      git,
      moves
        .filter(({ branch: name, to }) => tipOf(git, name) === to)
        .map(({ branch: name, from, to }) => ({ branch: name, from: to, to: from })),
    ),
  );
  move(git, moves);
  return { commit, develop: next };
}

function orConflict(act: () => string, told: (files: string) => string): string {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    const { files } = error;
    throw new Error(told(`${files.slice(0, 3).join(", ")}${files.length > 3 ? ", …" : ""}`));
  }
}
