/** A version's section of a changelog, by the commits that git knows. Nothing is changed. */
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import { shown } from "../../components/shared/text.ts";
import { bare, isFrame, withRelease } from "../../components/versions/changelog.ts";
import { linesOf } from "../../components/versions/changelogLines.ts";
import { type Entry, entriesOf } from "../../components/versions/changes.ts";
import { CONFIG_FILE, type Unit } from "../../components/versions/config.ts";
import { tagOf, versionOf } from "../../components/versions/next.ts";
import { remoteAt } from "../init/remote.ts";
import type { FileChange } from "../version/files.ts";
import type { Git } from "../version/git.ts";

export interface Due {
  version: string;
  /** The version before; undefined for the first one. */
  before?: string;
  /** Tags whose commits are part of a version already. */
  released: string[];
}

export interface Section {
  /** Undefined where it stands under [Unreleased]: a pre-release has no section. */
  version?: string;
  heading: string;
  /** What stands below the heading. */
  notes: string;
  link?: string;
  /** What commits say that did not stand there before. */
  entries: Entry[];
  /** The file as it would be, and as it would be made of another text. */
  text: string;
  with: (text: string | undefined) => string;
}

/**
 * @param due of a tag that is there, the commits before it count; else those of the branch
 * @param file as it is, with what else is due
 */
export function sectionOf(git: Git, unit: Unit, due: Due, file: FileChange): Section {
  const { rules, path: folder } = unit;
  const tag = tagOf(due.version, rules.tag);
  const isTagged = git.commitOf(`refs/tags/${tag}`) !== undefined;
  const { before, released } = isTagged ? beforeTag(git, unit, due.version) : due;
  const until = isTagged ? `refs/tags/${tag}` : undefined;
  const told = git.changesOf(file.path, released, until);
  const stood = new Set([...told.values()].flatMap(({ added }) => added.map(bare)));
  const all = entriesOf(git.commits(released, folder, until), rules.commits);
  const entries = all.filter(
    // Who writes into the changelog has said there what a commit is; and what once stood there was reworded, or is not wanted.
    ({ commit, text }) => !stood.has(text) && !hasSaid(git, file.path, commit, told.get(commit), all),
  );
  const page = pageOf(git);
  const release = {
    tag,
    ...(before === undefined ? {} : { before: tagOf(before, rules.tag) }),
    date: isTagged ? git.dateOf(tag) : new Date().toISOString().slice(0, 10),
    entries,
    isTagged,
    ...(page === undefined ? {} : { page }),
  };
  const of = (text: string | undefined) => {
    const version = isTagged ? due.version : headed(text, due.version);
    const common = version === undefined ? {} : { version };
    return { ...common, ...withRelease(text, { ...common, ...release }) };
  };
  const now = file.was === undefined && file.text === "" ? undefined : file.text;
  return { ...of(now), entries, with: (text) => of(text).text };
}

/**
 * Whether a commit has in the changelog what it is: in words of its own, not only those that `slipway changelog --write` has
 * put there of others, and that were committed with it.
 */
function hasSaid(
  git: Git,
  path: string,
  commit: string,
  change: { added: string[]; removed: string[] } | undefined,
  entries: Entry[],
): boolean {
  if (change === undefined) return false;
  const others = new Set(entries.flatMap((entry) => (entry.commit === commit ? [] : entry.text)));
  const moved = new Set(change.removed.map(bare));
  const { added } = change;
  const own = added.filter((line) => !isFrame(line) && !others.has(bare(line)) && !moved.has(bare(line)));
  return added.length === 0 || own.length > 0 || git.filesOf(commit).every((file) => file === path);
}

export const isPrerelease = (version: string): boolean => parse(version)!.prerelease.length > 0;

/** What a pre-release brings stands in the section of its version where there is one, else under [Unreleased]. */
function headed(text: string | undefined, version: string): string | undefined {
  if (!isPrerelease(version)) return version;
  const core = version.replace(/-.*$/, "");
  return linesOf(text ?? "").sections.some((section) => section.version === core) ? core : undefined;
}

/** Versions whose commits a tagged one has. */
function beforeTag(git: Git, { rules }: Unit, version: string): Omit<Due, "version"> {
  const earlier = git
    .tagsIn(`refs/tags/${tagOf(version, rules.tag)}`)
    .flatMap((tag) => versionOf(tag, rules.tag) ?? [])
    .filter((one) => !isPrerelease(one) && compare(one, version) < 0)
    .sort(compare);
  const before = earlier.at(-1);
  return { ...(before === undefined ? {} : { before }), released: earlier.map((one) => tagOf(one, rules.tag)) };
}

/** The repository's page, by where it is pushed to. */
function pageOf(git: Git): string | undefined {
  const url = git.remote === undefined ? "" : git.try(["remote", "get-url", git.remote]).stdout.trim();
  const { host, owner, name } = remoteAt(url) ?? {};
  // A name without a dot is one of ~/.ssh/config.
  return host?.includes(".") && !url.startsWith("file:") ? `https://${host}/${owner}/${name}` : undefined;
}

/** @throws Error where two packages have one file: what one writes, the other would not know */
export function refuseShared(units: Unit[]): void {
  for (const [index, { name, changelog: own }] of units.entries()) {
    const other = units.slice(0, index).find((unit) => unit.changelog.path === own.path);
    if (other)
      throw new Error(
        `${CONFIG_FILE}: packages ${shown(other.name)} and ${shown(name)} have one changelog, ${own.path}; give each its own by "changelog"`,
      );
  }
}
