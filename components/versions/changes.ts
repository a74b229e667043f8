/** What commits say to those who read a changelog. */
import { bumpOf, type Commit, FOOTER, HEADER, inEffect, revertedBy, type Style, wordsOf } from "./commits.ts";

/** In the order of Keep a Changelog (https://keepachangelog.com/en/1.1.0/). */
export const KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"] as const;
export type Kind = (typeof KINDS)[number];

export interface Entry {
  kind: Kind;
  /** Markdown, one line. */
  text: string;
  /** The hash of the commit that says it. */
  commit: string;
}

/** A version as a changelog tells it. */
export interface Release {
  /** Undefined for what is not released yet: it stands under [Unreleased]. */
  version?: string;
  /** "2026-01-31". */
  date: string;
  tag: string;
  /** Tag of the version before; undefined for the first one. */
  before?: string;
  entries: Pick<Entry, "kind" | "text">[];
  /** Whether it is tagged: what stands of it then stays, and what stands under [Unreleased] is of a later one. */
  isTagged?: boolean;
  /** The repository's page, like https://github.com/anna/shop; undefined where it has none. */
  page?: string;
}

/** Of conventional commits. */
const TYPES: Record<string, Kind> = {
  add: "Added",
  deprecate: "Deprecated",
  feat: "Added",
  fix: "Fixed",
  perf: "Changed",
  remove: "Removed",
  revert: "Changed",
  security: "Security",
};

/** Nobody who uses the program notices them, unless they break something. */
const QUIET = ["build", "chore", "ci", "docs", "refactor", "style", "test", "tests"];

/** What a message begins with that is in no such form. All others are changes. */
const WORDS: [RegExp, Kind][] = [
  [/^(?:add|adds|added|adding|allow|allows|create|implement|implements|introduce|introduces)\b/i, "Added"],
  [/^(?:correct|corrects|fix|fixes|fixed|mend|mends|repair|repairs|resolve|resolves)\b/i, "Fixed"],
  [/^(?:delete|deletes|drop|drops|remove|removes|removed)\b/i, "Removed"],
  [/^(?:deprecate|deprecates|deprecated)\b/i, "Deprecated"],
  [/^(?:secure|secures|security)\b/i, "Security"],
];

const VULNERABILITY = /\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})\b/i;
const SKIPPED = /\[(?:(?:skip|no)[ -]changelog|changelog[ -]skip)\]/i;
const MARKERS = /\s*\[(?:major|minor|patch|(?:skip|no)[ -](?:ci|actions)|(?:ci|actions)[ -]skip)\]/gi;
/** What `slipway version` writes itself, and what git joins with another commit. */
const OWN = /^(?:Release |chore\(release\): )\S*\d+\.\d+\.\d+\S*(?:, \S+)*$|^(?:amend|fixup|squash)! /;

/**
 * What a changelog says of commits, the oldest first, each thing once. One that was reverted, and what reverted it, say
 * nothing; nor does a merge, but for what was written below its first line where that asks for a version.
 * @param commits newest first
 */
export function entriesOf(commits: Commit[], style: Style): Entry[] {
  const all = inEffect(commits)
    .toReversed()
    .flatMap((commit) => entryOf(commit, style) ?? []);
  return all.filter(({ text }, index) => all.findIndex((other) => other.text === text) === index);
}

function entryOf(commit: Commit, style: Style): Entry | undefined {
  const message = wordsOf(commit).trim();
  const subject = message.split(/\r?\n/, 1)[0]!.trim();
  const reverts = revertedBy(commit) !== undefined;
  if (subject === "" || SKIPPED.test(commit.message) || OWN.test(subject)) return undefined;
  if (!reverts && bumpOf(commit, style) === undefined && !isHeard(subject, style)) return undefined;
  const header = style === "markers" || reverts ? null : HEADER.exec(subject);
  const { type = "", scope, breaking } = header?.groups ?? {};
  const known = TYPES[type.toLowerCase()];
  const isQuiet = QUIET.includes(type.toLowerCase());
  const breaks = breaksIn(message, breaking, style);
  if (isQuiet && !breaks && !isMarked(message, style)) return undefined;
  const isTyped = header !== null && (known !== undefined || isQuiet);
  const said = (isTyped ? subject.slice(header[0].length) : subject).replace(MARKERS, "").replace(/\s+/g, " ").trim();
  if (said === "") return undefined;
  const kind = kindOf({ subject: said, message, isTyped, ...(known && { known }), ...(scope && { scope }) });
  const place = isTyped && scope ? `**${escaped(scope)}:** ` : "";
  const first = isTyped && place === "" ? said[0]!.toUpperCase() + said.slice(1) : said;
  return { kind, text: `${breaks ? "**Breaking:** " : ""}${place}${escaped(first)}`, commit: commit.hash };
}

/** Types that ask for no version, and are told all the same. */
const isHeard = (subject: string, style: Style): boolean =>
  style !== "markers" && (HEADER.exec(subject)?.groups?.type?.toLowerCase() ?? "") in TYPES;

const isMarked = (message: string, style: Style): boolean =>
  style !== "conventional" && /\[(?:major|minor)\]/.test(message);

const breaksIn = (message: string, breaking: string | undefined, style: Style): boolean =>
  (style !== "conventional" && message.includes("[major]")) ||
  (style !== "markers" && (breaking !== undefined || FOOTER.test(message)));

interface Said {
  subject: string;
  message: string;
  isTyped: boolean;
  known?: Kind;
  scope?: string;
}

function kindOf({ subject, message, isTyped, known, scope }: Said): Kind {
  if (VULNERABILITY.test(message) || scope?.toLowerCase() === "security") return "Security";
  if (isTyped) return known ?? "Changed";
  return WORDS.find(([pattern]) => pattern.test(subject))?.[1] ?? "Changed";
}

/** What would be HTML, or more than one line of a list; what stands in `code` stays. */
const escaped = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll("<", "\\<") : part))
    .join("")
    .replace(/^(?=[#>+*-](?:\s|$)|#{2,}|-{2,}|={2,})/, "\\")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
