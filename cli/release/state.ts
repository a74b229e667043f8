/** What is true already of a release, by what git has: nothing else remembers it. */
import type { Unit } from "../../components/versions/config.ts";
import { isReleaseBranch, RELEASE_BRANCH } from "../../components/versions/next.ts";
import type { Git } from "../version/git.ts";
import { type Flow, tipOf } from "./flow.ts";
import { arrivalOf, isIn } from "./refs.ts";
import type { Remote } from "./remote.ts";
import { tagsOf, untagged, type Versions, versionsOf } from "./versions.ts";

/** What one run of it works on. */
export interface Release {
  git: Git;
  units: Unit[];
  flow: Flow;
  branch: string;
  remote: Remote | undefined;
  sign: boolean;
  push: boolean;
}

export interface State {
  branch: string;
  tip: string;
  /** Undefined where the rule decides. */
  versions: Versions | undefined;
  /** Its tags that are there, and versions whose are not. */
  tagged: string[];
  due: Versions | undefined;
  /** The commit of main by which it came there. */
  merged: string | undefined;
  /** Whether develop has that. */
  isBack: boolean;
}

/** @returns the release branch; undefined where there is none @throws Error where several are */
export function releaseBranch(git: Git, name: string | undefined): string | undefined {
  const all = git
    .run(["for-each-ref", "--format=%(refname:lstrip=2)", `refs/heads/${RELEASE_BRANCH}`])
    .split("\n")
    .filter((branch) => branch !== "");
  if (name !== undefined) {
    const wanted = [`${RELEASE_BRANCH}${name}`, `${RELEASE_BRANCH}${name.replace(/^v/, "")}`, name];
    const found = wanted.find((branch) => all.includes(branch));
    if (found !== undefined) return found;
    throw new Error(
      `there is no branch ${wanted[0]}; ${all.length === 0 ? "slipway release start begins one" : `there are ${all.join(", ")}`}`,
    );
  }
  if (isReleaseBranch(git.branch)) return git.branch;
  if (all.length > 1)
    throw new Error(
      `several releases are under way: ${all.join(", ")}; slipway release finish ${all[0]!.slice(RELEASE_BRANCH.length)}, or another`,
    );
  return all[0];
}

/** @throws Error where a tag of it is another commit's */
export function stateOf(git: Git, units: Unit[], flow: Flow, branch: string): State {
  const tip = tipOf(git, branch)!;
  const versions = versionsOf(git, units, branch);
  const here = new Set(git.tags);
  const there = tagsOf(units, versions).filter((tag) => here.has(tag));
  const arrived = arrivalOf(git, tip, tipOf(git, flow.main)!);
  for (const tag of there)
    if (!isIn(git, tip, git.commitOf(`refs/tags/${tag}`)!))
      throw new Error(
        `${tag} is there already, on a commit without ${branch}; a version is released once: git branch -m ${branch} ${RELEASE_BRANCH}… names another, git branch -D ${branch} removes the branch`,
      );
  const lost = there.find((tag) => !isIn(git, git.commitOf(`refs/tags/${tag}`)!, tipOf(git, flow.main)!));
  if (lost !== undefined)
    throw new Error(
      `${lost} is there already, and ${flow.main} does not have it; git tag --delete ${lost} has it made anew`,
    );
  // Of what is tagged the tag tells it: main may have got it by a commit of nobody's here.
  const merged = there.length > 0 ? git.commitOf(`refs/tags/${there[0]}`) : arrived;
  return {
    branch,
    tip,
    versions,
    tagged: there,
    due: versions && untagged(git, units, versions),
    merged,
    isBack: merged !== undefined && isIn(git, merged, tipOf(git, flow.develop)!),
  };
}

/** Whether nothing is left but to push it, and to remove its branch. */
export const isDone = ({ merged, isBack, due, versions }: State): boolean =>
  merged !== undefined && isBack && versions !== undefined && due?.size === 0;
