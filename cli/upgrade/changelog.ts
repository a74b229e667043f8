/** What the changelog of a version has that the one of another does not. */
import gt from "semver/functions/gt.js";

export interface Section {
  /** Absent for what is not released yet. */
  version?: string;
  /** As it stands in the heading. */
  title: string;
  /** Entries, by the kind of change. */
  kinds: Map<string, string[]>;
}

/** The kind of an entry that says what a user does by hand. */
export const BY_HAND = "To do";

/** In the file's order; what stands before the first version, and between headings and lists, is left out. */
export function readChangelog(text: string): Section[] {
  const sections: Section[] = [];
  let entries: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const heading = /^## \[?v?([^\]\s]+)\]?(?: - (.*))?$/.exec(line);
    const kind = /^### (.*?)\s*$/.exec(line)?.[1];
    if (heading) {
      const [, name, date] = heading;
      const version = /^\d+\.\d+\.\d+/.test(name!) ? name! : undefined;
      sections.push({
        ...(version !== undefined && { version }),
        title: version === undefined ? "not released yet" : `${version}${date ? ` (${date})` : ""}`,
        kinds: new Map(),
      });
      entries = undefined;
    } else if (kind !== undefined) sections.at(-1)?.kinds.set(kind, (entries = []));
    else if (/^[-*] /.test(line)) entries?.push(line.slice(2).trim());
    else if (/^\s+\S/.test(line) && entries && entries.length > 0) entries[entries.length - 1] += ` ${line.trim()}`;
  }
  return sections;
}

/**
 * What is new to somebody who has a version, with its own changelog: a build between two releases has entries of the
 * next one.
 */
export function newIn(wanted: Section[], installed: { version: string; changelog: Section[] }): Section[] {
  const known = new Set(installed.changelog.flatMap(({ kinds }) => [...kinds.values()].flat()));
  return wanted
    .filter(({ version }) => version === undefined || !gt(installed.version, version))
    .map((section) => ({
      ...section,
      kinds: new Map(
        [...section.kinds]
          .map(([kind, entries]): [string, string[]] => [kind, entries.filter((entry) => !known.has(entry))])
          .filter(([, entries]) => entries.length > 0),
      ),
    }))
    .filter(({ kinds }) => kinds.size > 0);
}
