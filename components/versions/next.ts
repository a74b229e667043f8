/** The next version of what a branch holds, by its tags and its commits. Nothing here asks git. */
import compare from "semver/functions/compare.js";
import inc from "semver/functions/inc.js";
import parse from "semver/functions/parse.js";
import { type Asked, asked, atMost, type Bump, type Commit, type Style } from "./commits.ts";

export interface Rules {
  /** How a tag is called: `v{version}`. */
  tag: string;
  commits: Style;
  /** Identifiers of pre-releases, by branch or pattern of branches: `{ "release/*": "rc" }`. */
  prereleases: Record<string, string>;
  /** Branches, or patterns of branches, whose versions are tagged. */
  branches: string[];
}

export const RULES: Rules = {
  tag: "v{version}",
  commits: "both",
  prereleases: { develop: "beta", "release/*": "rc" },
  branches: ["main", "master", "develop", "release/*", "hotfix/*", "support/*"],
};

/** An identifier of pre-releases: "rc". */
export const IDENTIFIER = /^(?=.*[a-z])[0-9a-z-]+$/i;

/** The version of something that never had one. */
export const FIRST = "0.1.0";

/** What a branch continues. */
export interface Line {
  /** The version before; undefined where there is none. */
  before?: string;
  /** Tags whose commits are part of a version: all others are new. */
  released: string[];
  /** What its versions are until they are done: "rc". */
  prerelease?: string;
  /** The version that the branch's name says it prepares: "1.5.0". */
  prepares?: string;
  /** The most that its commits can ask for: more would leave the versions that the branch's name says. */
  most?: Bump;
}

const isSemantic = (text: string): boolean => parse(text)?.version === text;

/** The version that a tag is of; undefined for one that is of none. */
export function versionOf(tag: string, pattern: string): string | undefined {
  const [before = "", after = ""] = pattern.split("{version}");
  if (!tag.startsWith(before) || !tag.endsWith(after)) return undefined;
  const version = tag.slice(before.length, tag.length - after.length);
  return isSemantic(version) ? version : undefined;
}

export const tagOf = (version: string, pattern: string): string => pattern.replace("{version}", () => version);

const isStable = (version: string): boolean => parse(version)!.prerelease.length === 0;

/** In the order of their precedence. */
const versionsIn = (tags: string[], { tag }: Rules): string[] =>
  tags.flatMap((name) => versionOf(name, tag) ?? []).sort(compare);

/** Whether a branch has the name, or fits the pattern, in which `*` stands for anything. In steps, so that no pattern takes long. */
export function fits(branch: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return branch === pattern;
  let at = branch.startsWith(first) ? first.length : -1;
  for (const part of others) {
    if (at < 0) return false;
    const found = branch.indexOf(part, at);
    at = found < 0 ? -1 : found + part.length;
  }
  return at >= 0 && branch.length - last.length >= at && branch.endsWith(last);
}

/** `release/1.5`, `hotfix/v1.5.1`, `support/1.x`. */
const SERIES = /^(?:release|hotfix|support)\/v?(?<major>\d+)(?:\.(?<minor>\d+|x)(?:\.(?<patch>\d+|x))?)?$/;

/** What `slipway release` begins, and what is done by hand as it. */
export const RELEASE_BRANCH = "release/";
export const isReleaseBranch = (branch: string | undefined): boolean => branch?.startsWith(RELEASE_BRANCH) ?? false;

/** @param branch undefined where no branch is checked out */
export function lineOf(branch: string | undefined, tags: string[], rules: Rules): Line {
  const stable = versionsIn(tags, rules).filter(isStable);
  const line = (versions: string[]): Pick<Line, "before" | "released"> => ({
    ...(versions.length > 0 ? { before: versions.at(-1)! } : {}),
    released: versions.map((version) => tagOf(version, rules.tag)),
  });
  if (branch === undefined) return line(stable);
  const id = Object.entries(rules.prereleases).find(([pattern]) => fits(branch, pattern))?.[1];
  const prerelease = id === undefined ? {} : { prerelease: id };
  const { major, minor = "x", patch = "x" } = SERIES.exec(branch)?.groups ?? {};
  if (major === undefined) return { ...line(stable), ...prerelease };
  const own = stable.filter((version) => {
    const of = parse(version)!;
    return of.major === Number(major) && (minor === "x" || of.minor === Number(minor));
  });
  if (own.length > 0) {
    return { ...line(own), ...prerelease, most: minor === "x" ? "minor" : "patch" };
  }
  const prepares = `${major}.${minor === "x" ? 0 : minor}.${patch === "x" ? 0 : patch}`;
  return { ...line(stable), ...prerelease, prepares };
}

export interface Next {
  version: string;
  /** What asked for it; absent where nothing was counted. */
  because?: Asked;
}

/** Why there is no next version, in words. */
export interface Nothing {
  nothing: string;
}

export interface Here {
  /** That no version of the line has, newest first. */
  commits: Commit[];
  /** All of them. */
  tags: string[];
  /** Those of commits that the branch has, and of its newest commit. */
  merged: string[];
  newest: string[];
}

export function next(line: Line, { commits, tags, merged, newest }: Here, rules: Rules): Next | Nothing {
  const { before, prepares, prerelease } = line;
  if (before !== undefined && commits.length === 0) return { nothing: `no commit since ${tagOf(before, rules.tag)}` };
  const because = asked(commits, rules.commits);
  if (because === undefined && before !== undefined && prepares === undefined)
    return { nothing: `no commit since ${tagOf(before, rules.tag)} asks for a version` };
  const core = prepares ?? (before === undefined ? FIRST : raised(before, because!, line, versionsIn(merged, rules)));
  const counted = prepares === undefined && before !== undefined && because ? { because } : {};
  if (prerelease === undefined) return { version: core, ...counted };
  const here = versionsIn(newest, rules).find((version) => version.startsWith(`${core}-${prerelease}.`));
  if (here !== undefined) return { nothing: `the newest commit is ${tagOf(here, rules.tag)}` };
  return { version: numbered(core, prerelease, versionsIn(tags, rules)), ...counted };
}

/** What was tried as 1.5.0-rc.2 is 1.5.0, whatever the commits ask for. @param versions that the branch has */
function raised(before: string, { bump }: Asked, { most = "major" }: Line, versions: string[]): string {
  const core = inc(before, atMost(bump, most));
  if (core === null || !isSemantic(core))
    throw new Error(`the numbers of ${before} are too large to come after them; delete that tag`);
  const tried = versions
    .filter((version) => !isStable(version))
    .map(coreVersion)
    .sort(compare)
    .at(-1);
  return tried !== undefined && compare(tried, core) > 0 ? tried : core;
}

/** Without what makes it a pre-release. */
export function coreVersion(version: string): string {
  const { major, minor, patch } = parse(version)!;
  return `${major}.${minor}.${patch}`;
}

/** The next number of a pre-release: "1.5.0-rc.3" after "1.5.0-rc.2". */
function numbered(core: string, id: string, versions: string[]): string {
  const numbers = versions
    .filter((version) => version.startsWith(`${core}-${id}.`))
    .map((version) => Number(version.slice(`${core}-${id}.`.length)))
    .filter(Number.isSafeInteger);
  return `${core}-${id}.${Math.max(0, ...numbers) + 1}`;
}
