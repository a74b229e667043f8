/** `slipway release start`: a release branch of develop, with the next version and its changelog written in it. */
import type { Bump } from "../../components/versions/commits.ts";
import { type Unit, unitsOf } from "../../components/versions/config.ts";
import { isReleaseBranch } from "../../components/versions/next.ts";
import { withoutInterruption } from "../interrupted.ts";
import { refuseFiles } from "../version/apply.ts";
import { Git } from "../version/git.ts";
import { type Planned, plan, readVersionConfig } from "../version/plan.ts";
import { pushRefs } from "../version/push.ts";
import { type Flow, flowOf, refOf, requireCalm, tipOf } from "./flow.ts";
import { isIn, Steps } from "./refs.ts";
import { notesOf, remoteNow, requireNewest } from "./remote.ts";
import { type ReleaseReport, reportOf } from "./report.ts";
import { dueOn, nameOf, tagsOf, versionsOf, writeVersions } from "./versions.ts";

export interface StartOptions {
  /** The version, instead of the next one. */
  version?: string;
  /** The part that is raised, whatever the commits ask for. */
  level?: Bump;
  /** Of several packages, this one alone. */
  package?: string;
  push?: boolean;
  /** Signs the commit, as git is told to. */
  sign?: boolean;
  /** Tells, and changes nothing. */
  dryRun?: boolean;
}

interface Begin {
  git: Git;
  units: Unit[];
  flow: Flow;
  branch: string;
  planned: Planned[];
}

/** @throws Error with the remedy, after which everything is as it was */
export function start(folder: string, options: StartOptions): ReleaseReport {
  const { push = false, sign = false, dryRun = false } = options;
  const git = new Git(folder);
  requireCalm(git);
  const config = readVersionConfig(git);
  const units = unitsOf(config);
  const flow = flowOf(git, config);
  const begin = isReleaseBranch(git.branch) ? resumed(git, units, flow, options) : begun(git, units, flow, options);
  const { branch, planned } = begin;
  const tags = planned.map(({ tag }) => tag!);
  const remote = remoteNow(git, [flow.main, flow.develop, branch], tags, push);
  if (remote) {
    requireNewest(git, remote, [flow.develop, branch]);
    const taken = tags.find((tag) => remote.refs?.has(`refs/tags/${tag}`));
    if (taken !== undefined)
      throw new Error(`${remote.name} has ${taken} already; git fetch --tags, then run this again`);
  }
  const notes = notesOf(remote);
  const common = { branch, flow, planned, notes };
  if (dryRun) return reportOf({ ...common, done: "nothing" });
  const isPushed = remote?.refs?.get(refOf(branch)) !== undefined;
  const made = planned.length > 0 ? make(begin, push, sign) : pushed(git, branch, push && !isPushed);
  return reportOf({ ...common, ...made });
}

/** From develop, or of a branch that was made and not switched to. */
function begun(git: Git, units: Unit[], flow: Flow, { version, level, package: name }: StartOptions): Begin {
  if (git.branch !== flow.develop)
    throw new Error(
      `a release begins on ${flow.develop}, and ${git.branch ?? "no branch"} is checked out; git switch ${flow.develop}`,
    );
  if (version !== undefined && level !== undefined)
    throw new Error(`${version} and --level ${level} name two versions; leave one out`);
  if (version?.includes("-"))
    throw new Error(`${version} is a pre-release, and a release is of a version; write ${version.replace(/-.*$/, "")}`);
  const wanted = {
    ...(version !== undefined
      ? { set: version, option: "slipway release start" }
      : level !== undefined
        ? { level }
        : { prerelease: "none" }),
    ...(name === undefined ? {} : { package: name }),
  };
  const all = plan(git, units, wanted);
  const planned = all.filter((one) => one.version !== undefined);
  if (planned.length === 0)
    throw new Error(
      `there is nothing to release: ${all.map((one) => `${one.name === undefined ? "" : `${one.name}: `}${one.nothing}`).join("; ")}`,
    );
  refuseFiles(git, planned);
  const branch = nameOf(planned, new Date().toISOString().slice(0, 10));
  const there = tipOf(git, branch);
  if (there !== undefined && there !== git.head)
    throw new Error(
      `${branch} is there already; git switch ${branch} and slipway release finish end it, git branch -D ${branch} removes it`,
    );
  return { git, units, flow, branch, planned };
}

/** On a release branch: one that was not begun to the end is; of another, nothing is left to do. */
function resumed(git: Git, units: Unit[], flow: Flow, { version }: StartOptions): Begin {
  const branch = git.branch!;
  const versions = versionsOf(git, units, branch);
  if (version !== undefined && ![...(versions?.values() ?? [])].includes(version.replace(/^v/, "")))
    throw new Error(`${branch} is under way; slipway release finish ends it, before another begins on ${flow.develop}`);
  const isBegun = !isIn(git, git.head!, tipOf(git, flow.develop)!);
  const isTagged = tagsOf(units, versions).some((tag) => git.tags.includes(tag));
  return { git, units, flow, branch, planned: isBegun || isTagged ? [] : dueOn(git, units, versions) };
}

function make(
  { git, units, flow, branch }: Begin,
  push: boolean,
  sign: boolean,
): Pick<ReleaseReport, "done" | "commit"> {
  const steps = new Steps();
  const before = git.branch!;
  const tip = git.head!;
  const wasThere = tipOf(git, branch) !== undefined;
  return withoutInterruption(() => {
    try {
      steps.begin(() => {
        if (git.head !== tip) git.run(["reset", "--quiet", "--keep", tip]);
        if (git.branch !== before) git.run(["switch", "--quiet", before]);
        if (!wasThere && tipOf(git, branch) === tip) git.run(["branch", "--quiet", "-D", branch]);
      });
      if (before !== branch)
        git.run(
          wasThere
            ? ["switch", "--quiet", branch]
            : ["switch", "--quiet", "--no-track", "--create", branch, flow.develop],
        );
      const commit = writeVersions(git, dueOn(git, units, versionsOf(git, units, branch)), sign)!;
      return { commit, done: pushed(git, branch, push).done };
    } catch (error) {
      throw steps.takeBack(error);
    }
  });
}

function pushed(git: Git, branch: string, push: boolean): { done: "started" | "pushed" } {
  if (!push) return { done: "started" };
  pushRefs(git, [{ name: refOf(branch), object: git.head }], "git fetch, then run this again");
  return { done: "pushed" };
}
