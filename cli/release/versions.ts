/** Which versions a release branch is of, and that they are written in it. */
import parse from "semver/functions/parse.js";
import type { Unit } from "../../components/versions/config.ts";
import { RELEASE_BRANCH, tagOf, versionOf } from "../../components/versions/next.ts";
import { apply, refuseFiles } from "../version/apply.ts";
import type { Git } from "../version/git.ts";
import { type Planned, plan } from "../version/plan.ts";
import { tipOf } from "./flow.ts";
import { isIn } from "./refs.ts";

/** By package; the repository's own is under undefined. */
export type Versions = Map<string | undefined, string>;

const isStable = (version: string | undefined): version is string =>
  version !== undefined && parse(version)?.version === version && parse(version)!.prerelease.length === 0;

/** What a release is called: by its version, its package's tag, or, of several packages, by the day (UTC). */
export function nameOf(planned: Planned[], day: string): string {
  const [one, ...others] = planned;
  return `${RELEASE_BRANCH}${others.length > 0 ? day : one!.name === undefined ? one!.version : one!.tag}`;
}

/** By the branch's name, else by the commit that began it; undefined where neither tells, and the rule does. */
export function versionsOf(git: Git, units: Unit[], branch: string): Versions | undefined {
  const name = branch.slice(RELEASE_BRANCH.length);
  const named = units.flatMap((unit): [string | undefined, string][] => {
    const version = unit.name === undefined && isStable(name) ? name : versionOf(name, unit.rules.tag);
    return isStable(version) ? [[unit.name, version]] : [];
  });
  return named.length > 0 ? new Map(named) : begun(git, units, branch);
}

/** As the messages of `slipway version` and `slipway release` name them. */
const OWN = /^(?:Release |chore\(release\): )(\S+(?:, \S+)*)$/;
/** Nobody puts more commits on a release branch. */
const MOST = "1000";

function begun(git: Git, units: Unit[], branch: string): Versions | undefined {
  const tip = tipOf(git, branch)!;
  const subjects = git.run(["-c", "log.showSignature=false", "log", `-${MOST}`, "--format=%s", tip]).split("\n");
  for (const subject of subjects) {
    const tags = OWN.exec(subject)?.[1]?.split(", ") ?? [];
    const found = units.flatMap((unit): [string | undefined, string][] =>
      tags.flatMap((tag) => {
        const version = versionOf(tag, unit.rules.tag);
        return isStable(version) ? [[unit.name, version] as [string | undefined, string]] : [];
      }),
    );
    if (found.length === 0) continue;
    // An earlier release is tagged before this branch.
    const isOwn = tags.every((tag) => {
      const commit = git.commitOf(`refs/tags/${tag}`);
      return commit === undefined || isIn(git, tip, commit);
    });
    return isOwn ? new Map(found) : undefined;
  }
  return undefined;
}

/** Tags of versions, in their order. */
export const tagsOf = (units: Unit[], versions: Versions | undefined): string[] =>
  [...(versions ?? [])].map(([name, version]) => tagOf(version, units.find((unit) => unit.name === name)!.rules.tag));

/** Those that have no tag yet. */
export function untagged(git: Git, units: Unit[], versions: Versions): Versions {
  const there = new Set(git.tags);
  return new Map([...versions].filter((one) => !there.has(tagsOf(units, new Map([one]))[0]!)));
}

/** What is due on the release branch that is checked out. @throws Error where nothing is */
export function dueOn(git: Git, units: Unit[], versions: Versions | undefined): Planned[] {
  const planned = plan(git, units, versions === undefined ? { prerelease: "none" } : { versions });
  const due = planned.filter(({ version }) => version !== undefined);
  if (due.length === 0)
    throw new Error(
      `there is nothing to release: ${planned.map(({ name, nothing }) => `${name === undefined ? "" : `${name}: `}${nothing}`).join("; ")}`,
    );
  refuseFiles(git, due);
  return due;
}

/** Writes them, the changelog too, and commits that. */
export const writeVersions = (git: Git, due: Planned[], sign: boolean): string | undefined =>
  apply(git, due, { write: true, commit: true, tag: false, push: false, sign });
