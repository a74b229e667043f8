/** A changelog with one more version, in the format of Keep a Changelog 1.1.0 (https://keepachangelog.com/en/1.1.0/). */
import compare from "semver/functions/compare.js";
import { blocksOf, blocksWith, joined, linesWith, trimmed } from "./changelogBlocks.ts";
import { type Edit, edited, type Lines, linesOf, type Section } from "./changelogLines.ts";
import { linksWith, pageOf } from "./changelogLinks.ts";
import type { Release } from "./changes.ts";

export interface Written {
  /** The whole file. */
  text: string;
  /** The section's heading and what stands below it. */
  heading: string;
  notes: string;
  /** Where GitHub shows all that it changes. */
  link?: string;
}

const NEW = `# Changelog

All notable changes to this project will be documented in this file.

The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/),
and this project adheres to [Semantic Versioning](https://semver.org/spec/v2.0.0.html).

## [Unreleased]
`;

/** @param old undefined where there is no file yet */
export function withRelease(old: string | undefined, release: Release): Written {
  const lines = linesOf(old || NEW);
  const unreleased = lines.sections.find(({ version }) => version === undefined);
  const target =
    release.version === undefined ? unreleased : lines.sections.find(({ version }) => version === release.version);
  const link = pageOf(lines, release);
  const common = link === undefined ? {} : { link };
  if (target && release.version !== undefined && release.isTagged)
    return { text: old!, heading: target.heading, notes: notesOf(bodyOf(lines, target)), ...common };

  const level = target?.level ?? styleOf(lines).level;
  const moved =
    unreleased && unreleased !== target && !release.isTagged
      ? blocksOf(bodyOf(lines, unreleased), unreleased.level)
      : [];
  const held = target ? blocksOf(bodyOf(lines, target), target.level) : [];
  const told = new Set([...held, ...moved].flatMap((block) => block.lines.map(bare)));
  const entries = release.entries.filter(({ text }) => !told.has(text));
  const leveled = moved.map((block) =>
    block.kind === undefined
      ? block
      : { ...block, lines: [`${"#".repeat(level + 1)} ${block.kind}`, ...block.lines.slice(1)] },
  );
  const blocks = joined(joined(held, leveled), blocksWith(entries, level, bulletOf(lines)));
  const heading = headingOf(lines, target, release);
  const body = linesWith(blocks);
  const isMore = moved.length > 0 || entries.length > 0;
  const edits: Edit[] = [
    ...(moved.length > 0 ? [emptied(lines, unreleased!)] : []),
    ...(target
      ? replaced(lines, target, heading, isMore ? body : undefined)
      : [inserted(lines, release, heading, body)]),
    ...linksWith(lines, release),
  ];
  return { text: edited(lines, edits), heading, notes: notesOf(body), ...common };
}

const notesOf = (body: string[]): string => trimmed(body.map((line) => line.replace(/\r$/, ""))).join("\n");

const bodyOf = ({ all }: Lines, { begin, end }: Section): string[] => all.slice(begin + 1, end);

/** An item's text, however it begins. */
export const bare = (line: string): string => line.trim().replace(/^[-*+]\s+/, "");

/** What stands around the items: headings, links, what a new file begins with. */
export const isFrame = (line: string): boolean =>
  /^\s*$|^#|^\[[^\]]+\]:\s*\S+\s*$/.test(line) || NEW.split("\n").includes(line.trimEnd());

const bulletOf = ({ all }: Lines): string => all.map((line) => /^([-*+]) \S/.exec(line)?.[1]).find(Boolean) ?? "-";

/** As the newest version of the file is written. */
function styleOf({ sections }: Lines): { level: number; before: string; after: string } {
  const newest = sections.find(({ version }) => version !== undefined) ?? sections[0];
  if (newest === undefined) return { level: 2, before: "[", after: "]" };
  const [, open = "", v = ""] = /^#+ +(\[?)(v?)\d/.exec(newest.heading) ?? [undefined, "["];
  return { level: newest.level, before: `${open}${v}`, after: open === "" ? "" : "]" };
}

function headingOf(lines: Lines, target: Section | undefined, { version, date }: Release): string {
  if (version === undefined) return target?.heading ?? "## [Unreleased]";
  const { level, before, after } = styleOf(lines);
  if (target === undefined) return `${"#".repeat(level)} ${before}${version}${after} - ${date}`;
  // Not released yet: of the day on which it will be.
  return target.heading.replace(/(?<= - |\()\d{4}-\d{2}-\d{2}/, date);
}

function replaced(lines: Lines, { begin, end, heading }: Section, now: string, body: string[] | undefined): Edit[] {
  const edits = now === heading ? [] : [{ from: begin, to: begin + 1, lines: [now] }];
  if (body === undefined) return edits;
  return [...edits, { from: begin + 1, to: end, lines: ["", ...body, ...(end < lastOf(lines) ? [""] : [])] }];
}

/** Nothing stands there any more. */
const emptied = (lines: Lines, { begin, end }: Section): Edit => ({
  from: begin + 1,
  to: end,
  lines: end < lastOf(lines) ? [""] : [],
});

const lastOf = ({ all }: Lines): number => (all.at(-1) === "" ? all.length - 1 : all.length);

/** Before the first version that is older, else below all others. */
function inserted(lines: Lines, { version }: Release, heading: string, body: string[]): Edit {
  const { sections, foot, all } = lines;
  const versions = sections.filter((section) => section.version !== undefined);
  const older =
    version === undefined ? versions[0] : versions.find((section) => compare(section.version!, version) < 0);
  const at = older?.begin ?? foot;
  const isEnd = at >= lastOf(lines);
  const isAfterText = at > 0 && all[at - 1]!.trim() !== "";
  return {
    from: at,
    to: at,
    lines: [...(isAfterText ? [""] : []), heading, ...(body.length > 0 ? ["", ...body] : []), ...(isEnd ? [] : [""])],
  };
}
