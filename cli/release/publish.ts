/** The end of a release: pushed, develop checked out, its branch gone. */
import { pushRefs, type Ref } from "../version/push.ts";
import { refOf, tipOf } from "./flow.ts";
import type { Release } from "./state.ts";

/** Branches and tags together, or none of them. */
export function publish(
  { git, flow, branch, remote }: Pick<Release, "git" | "flow" | "branch" | "remote">,
  tags: string[],
): void {
  const theirs = remote?.refs?.get(refOf(branch));
  const refs: Ref[] = [
    ...[flow.main, flow.develop].map((name) => ({ name: refOf(name), object: tipOf(git, name) })),
    ...tags.map((tag) => ({ name: `refs/tags/${tag}`, object: git.objectOf(`refs/tags/${tag}`) })),
    ...(theirs === undefined ? [] : [{ name: refOf(branch), object: undefined, was: theirs }]),
  ];
  pushRefs(git, refs, `git fetch, bring ${flow.main} and ${flow.develop} up to date, then run this again`);
}

/** What is released stays so, whatever fails here. @returns what is left to do */
export function leave({ git, flow, branch }: Release): string | undefined {
  try {
    if (git.branch !== flow.develop) git.run(["switch", "--quiet", flow.develop]);
    git.run(["branch", "--quiet", "-D", branch]);
    return undefined;
  } catch (error) {
    return `${(error as Error).message.trim()}; mend that, and run this again: it switches to ${flow.develop} and removes ${branch}`;
  }
}
