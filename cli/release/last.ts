/** Where no release is under way: the last one, which may not be pushed yet. */
import type { Unit } from "../../components/versions/config.ts";
import { isReleaseBranch, versionOf } from "../../components/versions/next.ts";
import type { Git } from "../version/git.ts";
import { type Flow, refOf, tipOf } from "./flow.ts";
import { publish } from "./publish.ts";
import { isIn } from "./refs.ts";
import { notesOf, remoteNow, requireNewest } from "./remote.ts";
import { type ReleaseReport, reportOf } from "./report.ts";

/** @throws Error where there is none either */
export function finished(git: Git, units: Unit[], flow: Flow, push: boolean): ReleaseReport {
  const main = tipOf(git, flow.main)!;
  const tags = git
    .run(["for-each-ref", "--format=%(refname:lstrip=2)", "--points-at", main, "refs/tags"])
    .split("\n")
    .filter((tag) => units.some(({ rules }) => versionOf(tag, rules.tag)?.includes("-") === false));
  if (tags.length === 0 || !isIn(git, main, tipOf(git, flow.develop)!))
    throw new Error("no release is under way; slipway release start begins one");
  // Its branch may be at the remote still.
  const branch = /^Merge branch '(.+)'$/.exec(git.run(["log", "-1", "--format=%s", main]).trim())?.[1] ?? "";
  const remote = remoteNow(git, [flow.main, flow.develop, ...(isReleaseBranch(branch) ? [branch] : [])], tags, push);
  const common = { flow, planned: [], tags, notes: notesOf(remote) };
  const refs = remote?.refs;
  const isPushed =
    refs !== undefined &&
    isOurs(git, refs, [flow.main, flow.develop]) &&
    tags.every((tag) => refs.has(`refs/tags/${tag}`)) &&
    !refs.has(refOf(branch));
  const named = tags.join(", ");
  if (!push || isPushed) {
    const isTold = remote !== undefined && refs !== undefined && !isPushed;
    const nothing = `no release is under way; ${named} is the last${isTold ? `, and ${remote.name} does not have all of it: slipway release finish --push` : ""}`;
    return reportOf({ ...common, done: "nothing", nothing });
  }
  requireNewest(git, remote!, [flow.main, flow.develop]);
  const theirs = refs?.get(refOf(branch));
  if (theirs !== undefined && !isIn(git, theirs, main))
    throw new Error(
      `${remote!.name} has commits of ${branch} that ${named} does not have; git fetch and git switch ${branch} take them for another release`,
    );
  publish({ git, flow, branch, remote }, tags);
  return reportOf({ ...common, done: "pushed", commit: main, back: tipOf(git, flow.develop)! });
}

/** Whether the remote has all that branches have here. */
const isOurs = (git: Git, refs: Map<string, string>, branches: string[]): boolean =>
  branches.every((branch) => {
    const theirs = refs.get(refOf(branch));
    return theirs !== undefined && isIn(git, tipOf(git, branch)!, theirs);
  });
