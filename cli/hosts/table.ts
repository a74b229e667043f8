/** What is printed of hosts: tables, times and ages as people read them. */
import { stripVTControlCharacters, styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];
/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** By the rules of terminals: none into a file or a pipe, or where NO_COLOR is set. */
export const paintOn =
  (stream: NodeJS.WriteStream): Paint =>
  (style, text) =>
    styleText(style, text, { stream });

/** Of another machine's text what may stand in a line: no character that moves a terminal's cursor. */
export const plain = (text: string): string => stripVTControlCharacters(text).replace(/[\p{Cc}\u2028\u2029]+/gu, " ");

const widthOf = (cell: string): number => [...stripVTControlCharacters(cell)].length;

/** Columns as wide as their widest cell; the last is never filled up. */
export function renderTable(rows: string[][]): string {
  const widths = rows.reduce<number[]>((all, row) => {
    row.forEach((cell, column) => {
      all[column] = Math.max(all[column] ?? 0, widthOf(cell));
    });
    return all;
  }, []);
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        column === row.length - 1 ? cell : cell + " ".repeat(widths[column]! - widthOf(cell)),
      );
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

/** What stands for a value that is not known. */
export const UNKNOWN = "-";

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
] as const;

/** @example "3 d", "5 h", "12 min", "8 s" */
export function age(seconds: number): string {
  const [size, unit] = UNITS.find(([least]) => seconds >= least) ?? [1, "s"];
  return `${Math.max(0, Math.floor(seconds / size))} ${unit}`;
}

/** @example "8.5 s", "2 min 5 s", "1 h 3 min" */
export function lasted(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
