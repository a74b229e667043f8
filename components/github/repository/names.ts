/** GitHub's rules for names, and what is told when they are broken. */
import { valueNameProblem } from "../../shared/names.ts";
import type { Problems } from "../../shared/problems.ts";

export const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
/** Logins of users; those of an enterprise have a `_` and its short code. */
export const LOGIN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
export const SLUG = /^[a-z0-9][a-z0-9_.-]{0,99}$/;

/** What occurs more than once, letters of either case taken as the same; each once, as written first. */
export function duplicates(names: string[]): string[] {
  const folded = names.map((name) => name.toLowerCase());
  return names.filter(
    (_, index) => folded.indexOf(folded[index]!) === index && folded.lastIndexOf(folded[index]!) !== index,
  );
}

/**
 * Secrets and variables. GitHub takes small letters for capitals: two names that differ only in that would be one,
 * and a rename between them would delete what it has just written.
 * Source: docs.github.com, "Naming your secrets".
 */
export function checkValueNames(problems: Problems, place: string, names: string[]): void {
  for (const name of names) {
    const wrong = valueNameProblem(name);
    if (wrong) problems.add(place, name, wrong);
  }
  for (const name of duplicates(names)) problems.add(place, name, "is named twice; remove one");
}

/** Names and patterns of branches and tags, without `refs/…/`. Source: git-check-ref-format, and fnmatch for patterns. */
export function checkPatterns(problems: Problems, place: string, patterns: string[], { wildcards = true } = {}): void {
  for (const pattern of patterns) {
    const wrong = patternProblem(pattern, wildcards);
    if (wrong) problems.add(place, pattern, wrong);
  }
  for (const pattern of duplicates(patterns).filter(
    (candidate) => patterns.indexOf(candidate) !== patterns.lastIndexOf(candidate),
  )) {
    problems.add(place, pattern, "is named twice; remove one");
  }
}

function patternProblem(pattern: string, wildcards: boolean): string | undefined {
  const prefix = /^refs\/(heads|tags)\//.exec(pattern)?.[0];
  if (prefix) return `begins with ${prefix}; write it without`;
  if (!wildcards && /[*?[\]]/.test(pattern)) return "is a pattern; name one branch";
  const isRef = pattern !== "" && !/[\x00-\x20\x7f~^:\\]|\.\.|\/\/|^[/.-]|[/.]$|\.lock$|@\{/.test(pattern);
  return isRef ? undefined : 'is no name or pattern of git; write one like "main" or "release/*"';
}

/** A name as a part of a resource's name. */
export const part = (name: string): string => name.replaceAll("::", ":");
