/** What zod finds wrong with a value, as sentences: the value, what it is, the way out. */

import { shown } from "./text.ts";
import type { z } from "./zod.ts";

/** One thing to mend: where, and what to do. */
export interface Problem {
  path: PropertyKey[];
  message: string;
}

export type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** What one kind of document says in its own words. */
export interface Wording {
  /** A value, as it may be shown. @default as it is */
  display?: (path: Path, value: unknown) => string;
  /** What is wrong with a key that the schema does not have. */
  unknownKey?: (path: Path, key: string) => string;
  /** In place of the usual sentence; undefined for that one. */
  wrongType?: (path: Path, value: unknown, expected: string[]) => string | undefined;
}

/** `applications.shop.hosts[0]`; a key that is not a plain word is quoted: `hosts["../x"]`. */
export function place(path: Path): string {
  return path.map(step).join("");
}

function step(key: PropertyKey, index: number): string {
  if (typeof key === "number") return `[${key}]`;
  const text = String(key);
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(text)) return index === 0 ? text : `.${text}`;
  return `[${shown(text)}]`;
}

/** The value at a path; undefined where there is none. */
export function at(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Messages of a schema that begin with "is " stand for the usual ones. */
export function fromIssues(
  issues: readonly Issue[],
  raw: unknown,
  wording: Wording = {},
  prefix: Path = [],
): Problem[] {
  const display = wording.display ?? ((_, value) => shown(value));
  return issues.flatMap((issue): Problem[] => {
    const path = [...prefix, ...issue.path];
    const value = at(raw, path);
    const own = issue.message.startsWith("is ");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: wording.unknownKey?.(path, key) ?? "is unknown",
      }));
    const expected = own ? undefined : expectedTypes(issue);
    if (expected !== undefined)
      return [
        {
          path,
          message: wording.wrongType?.(path, value, expected) ?? wrongType(display(path, value), value, expected),
        },
      ];
    if (issue.code === "invalid_union" && !own) {
      const meant = issue.errors.find((branch) => typesOf(branch) === undefined);
      if (meant) return fromIssues(meant, raw, wording, path);
    }
    if (issue.code === "invalid_value" && !own) {
      const allowed = issue.values.map((each) => JSON.stringify(each)).join(" or ");
      return [{ path, message: `${display(path, value)} is not allowed; write ${allowed}` }];
    }
    const subject = value === undefined || Array.isArray(value) ? "" : `${display(path, value)} `;
    return [{ path, message: `${subject}${issue.message}` }];
  });
}

/** The types of which a value itself has none; undefined if it is not its type that is wrong. */
function expectedTypes(issue: Issue): string[] | undefined {
  if (issue.code === "invalid_type") return [issue.expected];
  if (issue.code !== "invalid_union") return undefined;
  const branches = issue.errors.map(typesOf);
  return branches.every((types) => types !== undefined) ? [...new Set(branches.flat())] : undefined;
}

function typesOf(branch: readonly Issue[]): string[] | undefined {
  const itself = branch.find((issue) => issue.path.length === 0 && expectedTypes(issue) !== undefined);
  return itself && expectedTypes(itself);
}

const EXPECTED: Record<string, string> = {
  string: "text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
};

function wrongType(displayed: string, value: unknown, expected: string[]): string {
  const scalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const subject = scalar ? `${displayed} ` : "";
  if (expected.length === 1 && expected[0] === "string" && scalar)
    return `${subject}is ${kind(value)}; write it in quotes, like ${JSON.stringify(String(value))}`;
  const words = [...new Set(expected.map((type) => EXPECTED[type] ?? type))];
  // A value that may not be shown makes no example either.
  const listed = expected.includes("array") && typeof value !== "boolean" && displayed === shown(value);
  const example = scalar && listed ? `, like [${shown(String(value))}]` : "";
  return `${subject}is ${kind(value)}; write ${alternatives(words)}${example}`;
}

const alternatives = (words: string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)!}`;

export function kind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? "text" : typeof value === "boolean" ? "true or false" : "a number";
}
