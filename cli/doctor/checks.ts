/** What a check is: a question, and what is wrong by what was seen. Each place has its own (machine.ts, project.ts, host.ts). */
import type { Found } from "./report.ts";

export interface Check<Seen> {
  /** A word by which it is known. */
  name: string;
  /** What it looks for, as docs/day-to-day.md has it. */
  asks: string;
  /** What is wrong; nothing where all is right, undefined where it cannot be known by what was seen. */
  look: (seen: Seen) => Found[] | undefined;
}

/** One thing that is wrong, or none. */
export const unless = (right: boolean, what: string, mend: string): Found[] => (right ? [] : [{ what, mend }]);

/** A problem as it is told elsewhere: what is wrong, a semicolon, and the remedy. @param otherwise the remedy where none is told */
export function parted(problem: string, otherwise: string): Found {
  const [what = "", ...mend] = problem.split("; ");
  return { what, mend: mend.join("; ") || otherwise };
}

/** Whether a version, like v24.1.0, is a given one or newer, by its first numbers. */
export function isFrom(version: string, oldest: readonly number[]): boolean {
  const numbers = version.replace(/^v/, "").split(/[.+-]/).map(Number);
  for (const [index, least] of oldest.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}
