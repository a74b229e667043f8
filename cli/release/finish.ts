/** `slipway release finish`: main gets the release and its tag, develop gets it back. What is true already is left as it is. */
import { unitsOf } from "../../components/versions/config.ts";
import { withoutInterruption } from "../interrupted.ts";
import { Git } from "../version/git.ts";
import { type Planned, readVersionConfig } from "../version/plan.ts";
import { type Flow, flowOf, requireCalm, requireClean, requireFree, tipOf } from "./flow.ts";
import { finished } from "./last.ts";
import { requireMerges } from "./merge.ts";
import { merge } from "./merging.ts";
import { leave, publish } from "./publish.ts";
import { Steps } from "./refs.ts";
import { notesOf, type Remote, remoteNow, requireNewest } from "./remote.ts";
import { type ReleaseReport, reportOf } from "./report.ts";
import { isDone, type Release, releaseBranch, type State, stateOf } from "./state.ts";
import { dueOn, tagsOf, writeVersions } from "./versions.ts";

export interface FinishOptions {
  /** Which release, of several. */
  name?: string;
  push?: boolean;
  /** Signs commits and tags, as git is told to. */
  sign?: boolean;
  /** Tells, and changes nothing. */
  dryRun?: boolean;
}

/** @throws Error with the remedy, after which everything is as it was */
export function finish(
  folder: string,
  { name, push = false, sign = false, dryRun = false }: FinishOptions,
): ReleaseReport {
  const git = new Git(folder);
  requireCalm(git);
  requireMerges(git);
  const config = readVersionConfig(git);
  const units = unitsOf(config);
  const flow = flowOf(git, config);
  const branch = releaseBranch(git, name);
  if (branch === undefined) return finished(git, units, flow, push && !dryRun);
  requireFree(git, [flow.main, flow.develop, branch]);
  const state = stateOf(git, units, flow, branch);
  const tags = tagsOf(units, state.versions);
  const remote = remoteNow(git, [flow.main, flow.develop, branch], tags, push);
  if (remote) refuseBehind(git, flow, state, remote);
  const release = { git, units, flow, branch, remote, sign, push };
  if (dryRun) return told(release, state);
  if (isDone(state)) requireClean(git);
  return withoutInterruption(() => run(release, state));
}

function refuseBehind(git: Git, flow: Flow, state: State, remote: Remote): void {
  try {
    requireNewest(git, remote, [flow.main, flow.develop, state.branch]);
  } catch (error) {
    if (state.merged === undefined) throw error;
    throw new Error(
      `${(error as Error).message}\n${state.branch} is merged here already, and not pushed: slipway release finish --abort takes that back first`,
    );
  }
  const tag = state.tagged.find((one) => {
    const theirs = remote.refs?.get(`refs/tags/${one}`);
    return theirs !== undefined && theirs !== git.objectOf(`refs/tags/${one}`);
  });
  const due = [...(remote.refs?.keys() ?? [])].find(
    (name) => name.startsWith("refs/tags/") && git.commitOf(name) === undefined,
  );
  if (tag !== undefined || due !== undefined)
    throw new Error(
      `${remote.name} has another ${tag ?? due!.slice("refs/tags/".length)}: somebody has released it; git fetch --tags shows it`,
    );
}

/** What would be done, as far as it can be told without another branch checked out. */
function told({ git, units, flow, branch, remote }: Release, state: State): ReleaseReport {
  const notes = notesOf(remote);
  if (isDone(state)) return reportOf({ done: "nothing", branch, flow, planned: [], tags: state.tagged, notes });
  if (git.branch !== branch)
    throw new Error(`--dry-run reads the files of ${branch}, which is not checked out; git switch ${branch}`);
  const planned = state.versions !== undefined && state.due!.size === 0 ? [] : dueOn(git, units, state.due);
  merge({ git, units, flow, state, sign: false, isTrial: true });
  const tags = [...state.tagged, ...planned.flatMap(({ tag }) => tag ?? [])];
  return reportOf({ done: "nothing", branch, flow, planned, tags, notes });
}

function run(release: Release, before: State): ReleaseReport {
  const { git, units, flow, branch, sign, push } = release;
  const steps = new Steps();
  const from = git.branch;
  const head = git.head!;
  let state = before;
  let planned: Planned[] = [];
  let back: string | undefined;
  try {
    if (!isDone(state)) {
      if (from !== branch) {
        requireClean(git);
        steps.begin(
          () =>
            git.branch !== from &&
            git.run(["switch", "--quiet", ...(from === undefined ? ["--detach", head] : [from])]),
        );
        git.run(["switch", "--quiet", branch]);
      }
      if (state.versions === undefined || state.due!.size > 0) {
        planned = dueOn(git, units, state.due);
        state = written(release, state, planned, steps);
      } else requireClean(git);
      const merged = merge({ git, units, flow, state, sign, steps });
      back = merged.develop;
      state = { ...state, merged: merged.commit };
      for (const tag of planned.flatMap((one) => one.tag ?? [])) {
        steps.begin(() => git.commitOf(`refs/tags/${tag}`) !== undefined && git.run(["tag", "--delete", tag]));
        git.run(["tag", sign ? "--sign" : "--annotate", "-m", tag, tag, merged.commit]);
      }
    }
    const tags = [...state.tagged, ...planned.flatMap((one) => one.tag ?? [])];
    if (push) publish(release, tags);
    const left = leave(release);
    return reportOf({
      done: push ? "pushed" : "finished",
      branch,
      flow,
      planned,
      tags,
      commit: state.merged!,
      back: back ?? tipOf(git, flow.develop)!,
      ...(left === undefined ? {} : { left }),
      notes: notesOf(release.remote),
    });
  } catch (error) {
    throw steps.takeBack(error);
  }
}

/** The versions and their changelog, as they are at the end; what main has already is not written anew for its day alone. */
function written({ git, units, flow, branch, sign }: Release, state: State, planned: Planned[], steps: Steps): State {
  const isWritten = planned.every(({ places }) => places.every(({ change }) => change.was === change.text));
  const isCommitted = git.changes.length === 0;
  if (state.merged !== undefined && isWritten && isCommitted) return state;
  const { tip } = state;
  steps.begin(() => tipOf(git, branch) !== tip && git.run(["reset", "--quiet", "--keep", tip]));
  writeVersions(git, planned, sign);
  return tipOf(git, branch) === tip ? state : stateOf(git, units, flow, branch);
}
