/** What the remote has of a release's branches, before anything is done here. */

import type { Git } from "../version/git.ts";
import { readRemote, remoteOf } from "../version/push.ts";
import { refOf, tipOf } from "./flow.ts";
import { isIn } from "./refs.ts";

/** Undefined where there is none; without `refs` where it does not answer. */
export interface Remote {
  name: string;
  /** By their full names. */
  refs?: Map<string, string>;
}

/** @param push it must be there, and answer */
export function remoteNow(git: Git, branches: string[], tags: string[], push: boolean): Remote | undefined {
  const name = push ? remoteOf(git) : git.remote;
  if (name === undefined) return undefined;
  const refs = readRemote(git, name, [...branches.map(refOf), ...tags.map((tag) => `refs/tags/${tag}`)]);
  if (refs === undefined && push) throw new Error(`${name} does not answer; git ls-remote ${name} says why`);
  return { name, ...(refs && { refs }) };
}

/** What is told where a remote could not be asked. */
export const notesOf = (remote: Remote | undefined): string[] =>
  remote && !remote.refs ? [`${remote.name} does not answer, so what others have pushed is not known`] : [];

/** @throws Error where the remote has commits of a branch that this clone's branch does not have */
export function requireNewest(git: Git, { name, refs }: Remote, branches: string[]): void {
  for (const branch of branches) {
    const theirs = refs?.get(refOf(branch));
    const ours = tipOf(git, branch);
    if (theirs === undefined || (ours !== undefined && isIn(git, theirs, ours))) continue;
    const way = git.branch === branch ? `git pull ${name} ${branch}` : `git fetch ${name} ${branch}:${branch}`;
    throw new Error(`${name} has newer commits of ${branch}, which are not here; ${way}, then run this again`);
  }
}
