/** Values as a review holds them: maps by name instead of lists, so that a plan names what changed within. */

import { isMap } from "../shared/issues.ts";
import type { Plain } from "../shared/records.ts";

/** The words of a command, as one line. */
export const line = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");

const KEYS = ["path", "target", "name", "host", "service", "source"];

/** The name of an entry of a list: what it is about, where it says so. */
function nameOf(entry: Record<string, unknown>, index: number): string {
  const key = KEYS.find((candidate) => ["string", "number"].includes(typeof entry[candidate]));
  return key === undefined ? String(index + 1) : String(entry[key]);
}

/** A map by names, of which none is lost: a second one of the same name is "80 (2)". */
export function byName<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const found = new Map<string, T>();
  for (const [name, value] of entries) {
    let own = name;
    for (let count = 2; found.has(own); count++) own = `${name} (${count})`;
    found.set(own, value);
  }
  return Object.fromEntries(found);
}

/** @param show what is shown of a text */
export function plain(value: unknown, show: (text: string) => string): Plain {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (value === null || value === undefined) return "";
  if (isMap(value)) {
    const entries = Object.entries(value).filter(
      ([, entry]) => entry !== undefined && !(Array.isArray(entry) && entry.length === 0),
    );
    return Object.fromEntries(entries.map(([name, entry]) => [name, plain(entry, show)]));
  }
  if (!Array.isArray(value)) return show(String(value));
  if (!value.some((entry) => typeof entry === "object" && entry !== null))
    return show(line(value.map((entry) => show(String(entry)))));
  return byName(
    value.map((entry, index): [string, Plain] =>
      isMap(entry)
        ? [show(nameOf(entry, index)), plain(entry, show)]
        : [
            show(Array.isArray(entry) ? String(index + 1) : String(entry)),
            plain(Array.isArray(entry) ? entry : true, show),
          ],
    ),
  );
}
