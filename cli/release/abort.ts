/** `slipway release finish --abort`: main, develop and tags are as they were before a release was finished. */
import { unitsOf } from "../../components/versions/config.ts";
import { withoutInterruption } from "../interrupted.ts";
import { Git } from "../version/git.ts";
import { readVersionConfig } from "../version/plan.ts";
import { flowOf, refOf, requireCalm, requireClean, requireFree, tipOf } from "./flow.ts";
import { isIn, type Move, move, parentsOf } from "./refs.ts";
import { remoteNow } from "./remote.ts";
import { type ReleaseReport, reportOf } from "./report.ts";
import { releaseBranch, stateOf } from "./state.ts";

/** @throws Error where it is pushed, or where other commits have come after it; nothing is changed then */
export function abort(folder: string, { name }: { name?: string }): ReleaseReport {
  const git = new Git(folder);
  requireCalm(git);
  const config = readVersionConfig(git);
  const units = unitsOf(config);
  const flow = flowOf(git, config);
  const branch = releaseBranch(git, name);
  if (branch === undefined) throw new Error("no release is under way, so there is nothing to take back");
  const { tip, merged, isBack, tagged } = stateOf(git, units, flow, branch);
  const common = { branch, flow, planned: [], tags: [], notes: [] };
  if (merged === undefined) {
    const nothing = `${branch} is not merged, so there is nothing to take back; git branch -D ${branch} would remove it`;
    return reportOf({ ...common, done: "nothing", nothing });
  }
  requireClean(git);
  requireFree(git, [flow.main, flow.develop, branch]);
  const remote = remoteNow(git, [flow.main, flow.develop], tagged, git.remote !== undefined);
  const theirs = remote?.refs?.get(refOf(flow.main));
  if (
    tagged.some((tag) => remote?.refs?.has(`refs/tags/${tag}`)) ||
    (theirs !== undefined && git.commitOf(theirs) !== undefined && isIn(git, tip, theirs))
  )
    throw new Error(
      `${remote!.name} has ${branch} in ${flow.main} already, which is not taken back; slipway release finish --push ends it`,
    );
  const moves = [
    ...back(git, flow.main, merged, (parents) => tipOf(git, flow.main) === merged && parents[1] === tip),
    ...(isBack ? back(git, flow.develop, merged, (parents) => parents[1] === merged) : []),
  ];
  return withoutInterruption(() => {
    // Whose branch is moved must not be checked out.
    if (git.branch !== branch) git.run(["switch", "--quiet", branch]);
    for (const tag of tagged) git.run(["tag", "--delete", tag]);
    move(git, moves);
    return reportOf({ ...common, done: "aborted" });
  });
}

/** To what was before the merge. @throws Error where it is not the branch's newest commit */
function back(git: Git, branch: string, merged: string, isMade: (parents: string[]) => boolean): Move[] {
  const from = tipOf(git, branch)!;
  const parents = parentsOf(git, from);
  if (!isMade(parents))
    throw new Error(
      `${branch} has commits after ${merged.slice(0, 7)}, or got it in another way, so it is not taken back; slipway release finish goes on from there`,
    );
  return [{ branch, from, to: parents[0]! }];
}
