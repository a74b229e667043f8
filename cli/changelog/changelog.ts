/** `slipway changelog`: what a version changes, by its commits; told, or written into CHANGELOG.md. */
import type { Unit } from "../../components/versions/config.ts";
import { tagOf } from "../../components/versions/next.ts";
import { withoutInterruption } from "../interrupted.ts";
import { requireAll } from "../version/decide.ts";
import { type FileChange, Files } from "../version/files.ts";
import { Git } from "../version/git.ts";
import { type Planned, plan, readUnits } from "../version/plan.ts";
import { Replaced } from "../version/replace.ts";
import type { ChangelogReport } from "./report.ts";
import { isPrerelease, refuseShared, sectionOf } from "./section.ts";

export interface ChangelogOptions {
  /** Writes it into the file, and changes nothing else. */
  write?: boolean;
  /** The version; one that is tagged is told by the commits before its tag. @default the next one */
  set?: string;
  /** Of several packages, this one alone. */
  package?: string;
}

/** @throws Error with the way out, after which everything is as it was */
export function changelog(folder: string, { write = false, set, package: name }: ChangelogOptions): ChangelogReport {
  const git = new Git(folder);
  const units = readUnits(git);
  const files = new Files(git);
  const told = plannedOf(git, units, set, name).map(({ unit, version, ...planned }) => {
    const named = unit.name === undefined ? {} : { name: unit.name };
    if (version === undefined)
      return { change: undefined, report: { ...named, nothing: planned.nothing!, entries: [] } };
    const change = files.changelogOf(unit);
    const { text, with: _, ...section } = sectionOf(git, unit, { ...planned, version }, change);
    const tag = tagOf(version, unit.rules.tag);
    // A pre-release that is tagged has no section: it can be told, not written.
    const isChanged = text !== change.was && !(isPrerelease(version) && git.tags.includes(tag));
    if (isChanged) change.text = text;
    const { path } = unit.changelog;
    const report = { ...named, tag, path, isWritten: write && isChanged, ...section };
    return { change: isChanged ? change : undefined, report };
  });
  if (write)
    replaceAll(
      git,
      told.flatMap(({ change }) => change ?? []),
    );
  return { changelogs: told.map(({ report }) => report) };
}

/** All of them, or none. */
function replaceAll(git: Git, changes: FileChange[]): void {
  const replaced = new Replaced(git.root);
  try {
    withoutInterruption(() => {
      for (const change of changes) replaced.replace(change);
    });
  } catch (error) {
    const failed = replaced.giveBack(changes);
    const left =
      failed.length === 0 ? "Everything is as it was before." : `Not all could be taken back: ${failed.join("; ")}`;
    throw new Error(`${(error as Error).message}\n${left}`);
  }
}

type Told = Pick<Planned, "version" | "before" | "released" | "nothing"> & { unit: Unit };

function plannedOf(git: Git, units: Unit[], set: string | undefined, name: string | undefined): Told[] {
  requireAll(git);
  const chosen = units.filter((unit) => name === undefined || unit.name === name);
  refuseShared(chosen);
  const [only] = chosen;
  const version = set?.replace(/^v/, "");
  if (version !== undefined && only && chosen.length === 1 && git.tags.includes(tagOf(version, only.rules.tag)))
    return [{ unit: only, version, released: [] }];
  const wanted = { ...(set === undefined ? {} : { set }), ...(name === undefined ? {} : { package: name }) };
  return plan(git, units, wanted).map((planned, index) => ({ ...planned, unit: chosen[index]! }));
}
