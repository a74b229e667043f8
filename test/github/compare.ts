/** Compares answers: with what was declared by value, with recorded ones by their shape. */
import { isDeepStrictEqual } from "node:util";

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where an answer is not what was declared; fields that nobody declared may be anything. */
export function differences(declared: unknown, seen: unknown, at = ""): string[] {
  if (isMap(declared) && isMap(seen))
    return Object.entries(declared).flatMap(([key, value]) =>
      differences(value, seen[key], at === "" ? key : `${at}.${key}`),
    );
  if (Array.isArray(declared) && Array.isArray(seen) && declared.length === seen.length)
    return declared.flatMap((value, index) => differences(value, seen[index], `${at}[${index}]`));
  return isDeepStrictEqual(declared, seen)
    ? []
    : [`${at || "it"} is ${JSON.stringify(seen)}, not ${JSON.stringify(declared)}`];
}

/**
 * What a recorded answer has that another one lacks, or has otherwise. What may be null is not told from one answer, and
 * of lists the entries count, not their number.
 */
export function shapeDifferences(recorded: unknown, own: unknown, at = "body"): string[] {
  if (recorded === null || own === null) return [];
  if (Array.isArray(recorded) && Array.isArray(own)) {
    const [first] = own;
    return first === undefined ? [] : recorded.slice(0, 1).flatMap((each) => shapeDifferences(each, first, `${at}[]`));
  }
  if (isMap(recorded) && isMap(own))
    return Object.entries(recorded).flatMap(([key, value]) =>
      key in own ? shapeDifferences(value, own[key], `${at}.${key}`) : [`${at}.${key} is missing`],
    );
  const [kind, ownKind] = [recorded, own].map((value) => (Array.isArray(value) ? "list" : typeof value));
  return kind === ownKind ? [] : [`${at} is a ${ownKind}, not a ${kind}`];
}
