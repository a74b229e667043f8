/** GitHub's rules for names, and the problems reported when they are broken. */
import { valueNameProblem } from "../../shared/names.ts";
import type { Problems } from "../../shared/problems.ts";

export const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
/** Logins of users; an enterprise's users have a `_` and its short code. */
export const LOGIN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
export const SLUG = /^[a-z0-9][a-z0-9_.-]{0,99}$/;

/** Names that occur more than once, ignoring case; each is returned once, as first written. */
export function duplicates(names: string[]): string[] {
  const folded = names.map((name) => name.toLowerCase());
  return names.filter(
    (_, index) => folded.indexOf(folded[index]!) === index && folded.lastIndexOf(folded[index]!) !== index,
  );
}

/**
 * Secrets and variables. GitHub ignores case: two names that differ only in case would be one, and renaming one to the
 * other would delete what has just been written.
 * Source: docs.github.com, "Naming your secrets".
 */
export function checkValueNames(problems: Problems, place: string, names: string[]): void {
  for (const name of names) {
    const problem = valueNameProblem(name);
    if (problem) problems.add(place, name, problem);
  }
  for (const name of duplicates(names)) problems.add(place, name, "is listed twice; remove one");
}

/** Names and patterns of branches and tags, without `refs/…/`. Source: git-check-ref-format, and fnmatch for patterns. */
export function checkPatterns(problems: Problems, place: string, patterns: string[], { wildcards = true } = {}): void {
  for (const pattern of patterns) {
    const problem = patternProblem(pattern, wildcards);
    if (problem) problems.add(place, pattern, problem);
  }
  for (const pattern of duplicates(patterns).filter(
    (candidate) => patterns.indexOf(candidate) !== patterns.lastIndexOf(candidate),
  )) {
    problems.add(place, pattern, "is listed twice; remove one");
  }
}

function patternProblem(pattern: string, wildcards: boolean): string | undefined {
  const prefix = /^refs\/(heads|tags)\//.exec(pattern)?.[0];
  if (prefix) return `starts with ${prefix}; leave that out`;
  if (!wildcards && /[*?[\]]/.test(pattern)) return "is a pattern; name one branch";
  const isRef = pattern !== "" && !/[\x00-\x20\x7f~^:\\]|\.\.|\/\/|^[/.-]|[/.]$|\.lock$|@\{/.test(pattern);
  return isRef ? undefined : 'is not a Git ref name or pattern; write one like "main" or "release/*"';
}

/** Whether a pattern of branches means one of this name, as GitHub reads it: fnmatch, in which a `*` means no slash. */
export function coversBranch(pattern: string, branch: string): boolean {
  const expression = pattern.replaceAll(/\*\*\/|\*+|\?|[^*?[\]\w/-]/g, (part) =>
    part === "**/" ? "(?:.*/)?" : part.startsWith("*") ? "[^/]*" : part === "?" ? "[^/]" : `\\${part}`,
  );
  return new RegExp(`^${expression}$`).test(branch);
}

/** A name made fit to be part of a resource's name. */
export const resourceNamePart = (name: string): string => name.replaceAll("::", ":");
