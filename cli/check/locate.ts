/** Where what is said of a place stands: the file, and the line as far as it is found without a parser. */

export interface Location {
  /** As it is seen from the current folder. */
  file: string;
  line: number;
}

interface Sources {
  /** Declarations by path: "apps/shop.ts". */
  texts: Record<string, string>;
  /** The stack's file. */
  file: string;
  lineOf: (path: readonly string[]) => number;
}

const FOLDERS = { "apps: ": "apps", "repositories: ": "repositories" } as const;

/** The place at the beginning of a line: "apps: shop.services.web: …", "slipway:hosts.web-1.address: …". */
export function placeIn(line: string): string | undefined {
  const [whole] = /^(?:apps: |repositories: |slipway:)(?:"(?:[^"\\]|\\.)*"|[^\s:"])+/.exec(line) ?? [];
  return whole;
}

/** `["hosts", "web-1", "proxy"]`, of "hosts.web-1.proxy"; numbers of lists and quoted names are keys, too. */
const keysIn = (path: string): string[] =>
  Array.from(path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g), ([, quoted, number, word]) =>
    quoted !== undefined ? (JSON.parse(`"${quoted}"`) as string) : (number ?? word!),
  );

/** @param place as findings and problems name it; anything else is somewhere in the stack's file */
export function locate(place: string, { texts, file, lineOf }: Sources): Location {
  for (const [prefix, folder] of Object.entries(FOLDERS)) {
    if (!place.startsWith(prefix)) continue;
    // What follows a colon is a file of the repository.
    const rest = place.slice(prefix.length).split(": ")[0]!;
    const path = declarationOf(rest, folder, texts);
    if (path === undefined) break;
    const text = texts[path]!;
    const base = path.slice(folder.length + 1, -3);
    const keys = keysIn(rest.startsWith(`${base}.`) ? rest.slice(base.length) : rest.slice(rest.search(/\.|$/)));
    return { file: path, line: lineOfKeys(text, keys) };
  }
  const [key = "", ...keys] = place.startsWith("slipway:") ? keysIn(place.slice("slipway:".length)) : [];
  return { file, line: lineOf(key === "" ? [] : [`slipway:${key}`, ...keys]) };
}

/** The file that is named after it, or the one that says its name. */
function declarationOf(rest: string, folder: string, texts: Record<string, string>): string | undefined {
  const paths = Object.keys(texts).filter((path) => path.startsWith(`${folder}/`));
  const bare = (path: string): string => path.slice(folder.length + 1, -3);
  const named = paths
    .filter((path) => rest === bare(path) || rest.startsWith(`${bare(path)}.`))
    .sort((a, b) => b.length - a.length)[0];
  if (named !== undefined) return named;
  const name = rest.split(".")[0]!;
  const says = new RegExp(`\\b(?:name|key)\\s*:\\s*["'\`](?:[^"'\`/]+/)?${escaped(name)}["'\`]`);
  return paths.find((path) => says.test(texts[path]!)) ?? paths.find((path) => path.endsWith("/index.ts"));
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** One key after the other, as far as they are found. */
function lineOfKeys(text: string, keys: string[]): number {
  let at = Math.max(0, text.search(/export default/));
  for (const key of keys) {
    const next = /^\d+$/.test(key) ? nth(text, at, Number(key)) : after(text, at, key);
    if (next === undefined) break;
    at = next;
  }
  return text.slice(0, at).split("\n").length;
}

function after(text: string, at: number, key: string): number | undefined {
  const found = new RegExp(`(?<![\\w$-])["']?${escaped(key)}["']?\\s*:`).exec(text.slice(at));
  return found ? at + found.index : undefined;
}

/** The entry of a list of maps. */
function nth(text: string, at: number, index: number): number | undefined {
  let found: number | undefined = at;
  for (let count = 0; count <= index; count++) {
    const next: number = text.indexOf("{", found + (count > 0 ? 1 : 0));
    if (next < 0) return undefined;
    found = next;
  }
  return found;
}
