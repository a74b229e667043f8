/** What runs once beside a deployment. */
import type { Problems } from "../shared/problems.ts";
import type { OneOffSpec } from "./declaration.ts";
import type { OneOff } from "./model.ts";

/** @param own names of the application's own services; undefined where they are not known */
export function oneOff(
  problems: Problems,
  path: string,
  value: OneOffSpec | string[] | undefined,
  own: string[] | undefined,
): OneOff | undefined {
  if (value === undefined) return undefined;
  const given = Array.isArray(value) ? { command: value } : value;
  const service = given.service ?? own?.[0] ?? "";
  if (own !== undefined && !own.includes(service))
    problems.add(`${path}.service`, service, `is not one of its own services: ${own.join(", ") || "none"}`);
  checkWords(problems, `${path}.command`, given.command);
  return { service, command: given.command, timeout: problems.time(`${path}.timeout`, given.timeout, 300_000) };
}

/** A command, as the words of its line. */
export function checkWords(problems: Problems, path: string, value: string[]): void {
  if (value.length === 0 || value.some((word) => word.includes("\n")))
    problems.add(path, value, "must be words without line breaks");
}
