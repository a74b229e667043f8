import type { z } from "zod";
import { didYouMean, shown } from "../shared/text.ts";

/** One thing to mend: where, and what to do. */
export interface Problem {
  path: PropertyKey[];
  message: string;
}

/** `slipway:applications.shop.hosts[0]`; a key that is no plain word is quoted: `slipway:hosts["../x"]`. */
export function place(path: readonly PropertyKey[]): string {
  return `slipway:${path.map(step).join("")}`;
}

function step(key: PropertyKey, index: number): string {
  if (typeof key === "number") return `[${key}]`;
  const text = String(key);
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(text)) return index === 0 ? text : `.${text}`;
  return `[${shown(text)}]`;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Whether a value at this path may be a secret, and so is never shown. */
export function isSecret(path: Path): boolean {
  if (path[0] === "secrets") return true;
  if (path[0] === "applications" && path[2] === "environment") return path.length > 3;
  if (path[0] === "github") return path.length === 1 || path[1] === "token" || path[1] === "keySeed";
  if (path[0] === "repositories")
    return path.length < 3 || path[2] === "secrets" || (path[2] === "variables" && path.length > 3);
  return path.some((key) => key === "privateKey" || key === "privateKeyPassword" || key === "password");
}

/** A value's part of an error: the value, or that it is hidden. */
export const display = (path: Path, value: unknown): string =>
  isSecret(path) && typeof value !== "object" ? "(a hidden value)" : shown(value);

/** The value at a path of the raw settings; undefined where there is none. */
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

/** Names and values of the map at a path of the raw settings; none if there is no map. */
export function entries(raw: unknown, path: Path): [string, unknown][] {
  const value = at(raw, path);
  return isMap(value) ? Object.entries(value) : [];
}

/** How a wrong name is mended: the one that was meant, or all that there are. */
export function wayOut(word: string, known: string[], where: string): string {
  const meant = didYouMean(word, known);
  if (meant) return `; did you mean ${JSON.stringify(meant)}?`;
  return known.length === 0 ? `; add it to ${where}` : `; ${where} has ${known.map((k) => shown(k)).join(", ")}`;
}

/** One line per problem: place, value, way out. Sorted by place, so that the same settings give the same text. */
export function render(problems: readonly Problem[]): string[] {
  const lines = problems.map(({ path, message }) => `${place(path)}: ${message}`);
  return [...new Set(lines)].sort();
}

/** Translates what zod found. `known` gives the keys an object at a path may have. */
export function fromIssues(
  issues: readonly Issue[],
  raw: unknown,
  known: (path: Path) => string[],
  prefix: Path = [],
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = [...prefix, ...issue.path];
    const value = at(raw, path);
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, known(path)));
    if (issue.code === "invalid_union") {
      const branch = issue.errors.find(
        (errors) => !errors.some((e) => e.code === "invalid_type" && e.path.length === 0),
      );
      return branch
        ? fromIssues(branch, raw, known, path)
        : [{ path, message: `is ${kind(value)}; write text or a list` }];
    }
    if (issue.code === "invalid_type" && !issue.message.startsWith("is "))
      return [{ path, message: wrongType(path, value, issue.expected) }];
    if (issue.code === "invalid_value" && !issue.message.startsWith("is ")) {
      return [
        {
          path,
          message: `${display(path, value)} is not allowed; write ${issue.values.map((v) => JSON.stringify(v)).join(" or ")}`,
        },
      ];
    }
    return [
      {
        path,
        message:
          value === undefined || Array.isArray(value) ? issue.message : `${display(path, value)} ${issue.message}`,
      },
    ];
  });
}

function unknownKey(path: Path, key: string, candidates: string[]): Problem {
  const meant = didYouMean(key, candidates);
  const wayOut = meant ? `did you mean ${JSON.stringify(meant)}?` : `known: ${candidates.join(", ")}`;
  return { path: [...path, key], message: `is no setting; ${wayOut}` };
}

const EXPECTED: Record<string, string> = {
  string: "text",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  array: "a list",
  object: "a map",
  record: "a map",
};

function wrongType(path: Path, value: unknown, expected: string): string {
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    const isVersion = path[0] === "applications" && path[2] === "version";
    const example = isVersion ? '"1.4.0"' : isSecret(path) ? '"…"' : JSON.stringify(String(value));
    const why = isVersion ? " (YAML reads 1.40 as 1.4)" : "";
    return `${display(path, value)} is ${typeof value === "number" ? "a number" : "true or false"}${why}; write it in quotes, like ${example}`;
  }
  const subject = typeof value === "object" || value === undefined ? "" : `${display(path, value)} `;
  return `${subject}is ${kind(value)}; write ${EXPECTED[expected] ?? expected}`;
}

function kind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? "text" : typeof value === "boolean" ? "true or false" : "a number";
}
