/** A changelog's lines: its sections and the links at its end. All that is not asked for stays as it is. */
import valid from "semver/functions/valid.js";

export interface Section {
  /** Undefined for what is not released yet. */
  version?: string;
  /** Its heading as it stands there, and how many `#` it has. */
  heading: string;
  level: number;
  /** Indices of the heading's line, and of the first that is no more of the section. */
  begin: number;
  end: number;
}

/** A line like `[1.5.0]: https://…`. */
export interface Link {
  index: number;
  label: string;
  url: string;
}

export interface Lines {
  all: string[];
  sections: Section[];
  /** Those below everything else; where they begin, or would. */
  links: Link[];
  foot: number;
  /** What ends a line. */
  end: "\n" | "\r\n";
}

const HEADING = /^(#{1,3}) +\[?(?:(unreleased)|v?(\d+\.\d+\.\d+[\w.+-]*))(?=[\]\s(]|$)/i;
const LINK = /^\[([^\]]+)\]:\s*(\S+)\s*$/;

/** Without the carriage returns at their ends; `textOf` gives them back. */
export function linesOf(text: string): Lines {
  const all = text.split("\n");
  // The text ends with a line's end: what is behind it is no line.
  const count = all.at(-1) === "" ? all.length - 1 : all.length;
  const isPlain = plainLines(all);
  let foot = count;
  const links: Link[] = [];
  for (let index = count - 1; index >= 0; index--) {
    const [, label, url] = (isPlain[index] && LINK.exec(all[index]!)) || [];
    if (label !== undefined) {
      links.unshift({ index, label, url: url! });
      foot = index;
    } else if (all[index]!.trim() !== "") break;
  }
  return { all, links, foot, sections: sectionsOf(all, isPlain, foot), end: text.includes("\r\n") ? "\r\n" : "\n" };
}

function sectionsOf(all: string[], isPlain: boolean[], foot: number): Section[] {
  const found: Section[] = [];
  const open: Section[] = [];
  for (let index = 0; index < foot; index++) {
    const line = all[index]!;
    const level = (isPlain[index] && /^(#{1,6})(?:\s|$)/.exec(line)?.[1]?.length) || 0;
    if (level === 0) continue;
    const [, , unreleased, version] = HEADING.exec(line) ?? [];
    const isSection = unreleased !== undefined || (version !== undefined && valid(version) !== null);
    while (open.length > 0 && (isSection || open.at(-1)!.level >= level)) open.pop()!.end = index;
    if (!isSection) continue;
    const section = {
      ...(version === undefined ? {} : { version }),
      heading: line.trimEnd(),
      level,
      begin: index,
      end: foot,
    };
    found.push(section);
    open.push(section);
  }
  return found;
}

/** Whether a line is Markdown: not within a fence or a comment. One that nothing closes is none. */
export function plainLines(all: string[], unclosed: number[] = []): boolean[] {
  let fence: string | undefined;
  let isComment = false;
  let begun = 0;
  const isPlain = all.map((line, index) => {
    const was = fence === undefined && !isComment;
    if (unclosed.includes(index)) return was;
    const mark = isComment ? undefined : /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) [fence, begun] = [mark, index];
      else if (mark.startsWith(fence) && line.trim() === mark) fence = undefined;
      return false;
    }
    if (fence === undefined) {
      const [begin, close] = [line.lastIndexOf("<!--"), line.lastIndexOf("-->")];
      if (begin > close && !isComment) [isComment, begun] = [true, index];
      else if (close > begin) isComment = false;
    }
    return was;
  });
  return fence === undefined && !isComment ? isPlain : plainLines(all, [...unclosed, begun]);
}

export interface Edit {
  /** Lines from here to before there are replaced. */
  from: number;
  to: number;
  lines: string[];
}

/** With edits, none of which meets another; of two at one place the first stands first. */
export function edited({ all, end }: Lines, edits: Edit[]): string {
  const lines = [...all];
  const isMissingEnd = all.at(-1) !== "";
  edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => b.from - a.from || b.order - a.order)
    .forEach(({ from, to, lines: other }) => {
      const last = isMissingEnd && from >= all.length && other.length > 0;
      // What is added behind a last line that has no end gives it one.
      if (last && end === "\r\n" && lines.length > 0) lines[all.length - 1] += "\r";
      lines.splice(from, to - from, ...other.map((line) => (end === "\r\n" ? `${line.replace(/\r$/, "")}\r` : line)));
      if (last) lines.push("");
    });
  return lines.join("\n");
}
