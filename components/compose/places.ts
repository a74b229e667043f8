/** Places within a Compose document. */
import type { Path } from "../shared/issues.ts";

/** Whether a place is one of a pattern's, like `services.*.volumes`: `*` is any key. */
export const matches = (path: Path, pattern: readonly string[]): boolean =>
  path.length === pattern.length && pattern.every((part, index) => part === "*" || part === String(path[index]));

/** A table by places, with its patterns in parts. */
export const byPlace = <T>(table: Record<string, T>): [string[], T][] =>
  Object.entries(table).map(([pattern, value]) => [pattern.split("."), value]);

export const lookUp = <T>(table: [string[], T][], path: Path): T | undefined =>
  table.find(([pattern]) => matches(path, pattern))?.[1];

/** What cannot be put together, with its place. */
export class MergeProblem extends Error {
  readonly path: Path;
  constructor(path: Path, message: string) {
    super(message);
    this.path = path;
  }
}
