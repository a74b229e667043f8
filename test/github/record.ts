/** Stores answers of GitHub, without anything that tells whose they are, as fixtures for the sandbox's GitHub. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Recorded {
  method: string;
  path: string;
  status: number;
  body: unknown;
}

/** Names to replace, and by what. The longest goes first, as one may be part of another. */
export type Names = Record<string, string>;

const replaced = (text: string, names: Names): string =>
  Object.entries(names)
    .sort(([a], [b]) => b.length - a.length)
    .reduce((done, [name, by]) => (name === "" ? done : done.replaceAll(new RegExp(escaped(name), "gi"), by)), text);
const escaped = (text: string): string => text.replace(/[.+*?^${}()|[\]\\]/g, "\\$&");

function cleanText(key: string, text: string, names: Names): string {
  if (/^(node_id|.*_node_id)$/.test(key)) return "NODE_ID";
  if (/^https?:\/\/|^git(:\/\/|@)/.test(text) || /(^|_)url$/.test(key)) return "https://example.com/";
  if (/^(content|key|value|encrypted_value|signature|payload|avatar_id|gravatar_id|token|secret)$/.test(key))
    return "TEXT";
  if (key === "email" || /@/.test(text)) return "someone@example.com";
  if (key === "login") return Object.values(names).includes(replaced(text, names)) ? replaced(text, names) : "SOMEONE";
  return replaced(text, names)
    .replace(/\b(gh[a-z]_|github_pat_)\w+/g, "TOKEN")
    .replace(/\b[0-9a-f]{40}\b/g, "SHA")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, "2026-01-01T00:00:00Z");
}

/** A value with ids, names, addresses, times and texts of people replaced. */
export function clean(value: unknown, names: Names, key = ""): unknown {
  if (typeof value === "string") return cleanText(key, value, names);
  if (typeof value === "number") return /(^|_)id$/.test(key) ? 1 : value;
  if (Array.isArray(value)) return value.map((each) => clean(each, names, key));
  if (typeof value !== "object" || value === null) return value;
  const person = "email" in value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      person && name === "name" ? "Someone" : clean(each, names, name),
    ]),
  );
}

/** A path with its repository, its numbers and its commits replaced, and without its query. */
export const cleanPath = (path: string, names: Names): string =>
  replaced(path.replace(/\?.*/, ""), names)
    .replace(/\/\d+(?=\/|$)/g, "/1")
    .replace(/\b[0-9a-f]{40}\b/g, "SHA");

export class Recorder {
  readonly #folder: string;
  readonly #names: Names;
  readonly #known = new Set<string>();

  constructor(folder: string, names: Names) {
    this.#folder = folder;
    this.#names = names;
    mkdirSync(folder, { recursive: true });
  }

  /** Keeps the first answer to each kind of call below a repository; those about people and accounts are left out. */
  add({ method, path, status, body }: Recorded): void {
    if (!path.startsWith("/repos/")) return;
    const at = cleanPath(path, this.#names);
    const name = `${method} ${at} ${status}`.replace(/[^\w.-]+/g, "-");
    if (this.#known.has(name)) return;
    this.#known.add(name);
    const recorded = { method, path: at, status, body: clean(body, this.#names) };
    writeFileSync(join(this.#folder, `${name}.json`), `${JSON.stringify(recorded, null, 2)}\n`);
  }
}
