/** What stands in a section of a changelog: texts, and lists by the kind of change. */
import { plainLines } from "./changelogLines.ts";
import { type Entry, KINDS } from "./changes.ts";

export interface Block {
  /** Undefined for what stands before the first kind. */
  kind?: string;
  /** With its heading, without empty lines around it. */
  lines: string[];
}

/** @param level of the section's heading. Kinds of which nothing stands there are left out. */
export function blocksOf(lines: string[], level: number): Block[] {
  const blocks: Block[] = [{ lines: [] }];
  const heading = new RegExp(`^#{${level + 1}}\\s+(.*?)\\s*$`);
  const isPlain = plainLines(lines);
  for (const [index, line] of lines.entries()) {
    const kind = isPlain[index] ? heading.exec(line)?.[1] : undefined;
    if (kind === undefined) blocks.at(-1)!.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  return blocks
    .map((block) => ({ ...block, lines: trimmed(block.lines) }))
    .filter((block) => contentOf(block).length > 0);
}

const contentOf = ({ kind, lines }: Block): string[] => (kind === undefined ? lines : trimmed(lines.slice(1)));

export function trimmed(lines: string[]): string[] {
  const isFull = (line: string): boolean => line.trim() !== "";
  return lines.slice(
    lines.findIndex(isFull) === -1 ? lines.length : lines.findIndex(isFull),
    lines.findLastIndex(isFull) + 1,
  );
}

/** What stands in both, each kind once; further kinds come in the order of Keep a Changelog. */
export function joined(blocks: Block[], others: Block[]): Block[] {
  const all = [...blocks];
  for (const other of others) {
    const index = all.findIndex(({ kind }) => kind?.toLowerCase() === other.kind?.toLowerCase());
    const one = all[index];
    if (one === undefined) all.splice(placeOf(all, other.kind), 0, other);
    else all[index] = { ...one, lines: [...one.lines, ...between(one, other), ...contentOf(other)] };
  }
  return all;
}

/** Two lists are one list; two texts stay two. */
const between = (one: Block, other: Block): string[] =>
  isItem(one.lines.at(-1)!) && isItem(contentOf(other)[0]!) ? [] : [""];

const isItem = (line: string): boolean => /^(?:[-*+]\s|\s+\S)/.test(line);

function placeOf(all: Block[], kind: string | undefined): number {
  const rank = (name: string | undefined): number =>
    name === undefined ? -1 : (KINDS as readonly string[]).findIndex((one) => one.toLowerCase() === name.toLowerCase());
  const own = rank(kind);
  // One of the file's own kinds comes last.
  if (own === -1) return kind === undefined ? 0 : all.length;
  const before = all.findLastIndex(
    (block) => rank(block.kind) < own && (block.kind === undefined || rank(block.kind) >= 0),
  );
  return before + 1;
}

/** Lists of entries, a kind each. @param bullet as the file writes it */
export const blocksWith = (entries: Pick<Entry, "kind" | "text">[], level: number, bullet: string): Block[] =>
  KINDS.flatMap((kind) => {
    const own = entries.filter((entry) => entry.kind === kind);
    if (own.length === 0) return [];
    return [{ kind, lines: [`${"#".repeat(level + 1)} ${kind}`, "", ...own.map(({ text }) => `${bullet} ${text}`)] }];
  });

export const linesWith = (blocks: Block[]): string[] =>
  blocks.flatMap(({ lines }, index) => (index === 0 ? lines : ["", ...lines]));
