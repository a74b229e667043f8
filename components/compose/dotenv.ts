/** A `.env` file as Compose reads it (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax). */
import { interpolate, neededVariables } from "./interpolate.ts";

const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(?:'((?:\\'|[^'])*)'|"((?:\\[\s\S]|[^"\\])*)"|([^\r\n]*))([^\r\n]*)$/gm;

const ESCAPES: Record<string, string> = {
  ...{ n: "\n", r: "\r", t: "\t", a: "\x07", b: "\b", f: "\f", v: "\v" },
  ...{ '"': '"', "\\": "\\", $: "$$" },
};

export interface DotenvEntry {
  name: string;
  value: string;
  /** Whether its value names a variable that has none: nothing stands in its place. */
  isIncomplete: boolean;
}

export interface Dotenv {
  /** In the file's order; of a name that comes twice the last one counts. */
  entries: DotenvEntry[];
  /** Numbers of lines that are neither a variable nor a comment, or that have a quote without an end, or more after it. */
  unread: number[];
}

/** @param variables that its values may name */
export function parseDotenv(written: string, variables: Record<string, string> = {}): Dotenv {
  const text = written.replace(/^\uFEFF/, "");
  const found: Record<string, string> = {};
  const unread: number[] = [];
  const entries: DotenvEntry[] = [];
  for (const { index, 1: name = "", 2: single, 3: double, 4: bare = "", 5: after = "" } of text.matchAll(LINE)) {
    const scope = { ...found, ...variables };
    const meant =
      double?.replace(/\\([\s\S])/g, (whole, letter) => ESCAPES[letter] ?? whole) ?? bare.replace(/ #.*/, "").trim();
    const needed = single === undefined ? neededVariables(meant, Object.keys(scope)) : [];
    const value = single?.replaceAll("\\'", "'") ?? interpolate(meant, scope);
    entries.push({ name, value, isIncomplete: needed.some((one) => !Object.hasOwn(scope, one)) });
    found[name] = value;
    if (/^["']/.test(bare) || !/^\s*(#|$)/.test(after)) unread.push(lineAt(text, index));
  }
  const rest = text.replace(LINE, (whole) => whole.replace(/[^\n]/g, ""));
  for (const [index, line] of rest.split("\n").entries()) if (!/^\s*(#|$)/.test(line)) unread.push(index + 1);
  return { entries, unread: unread.sort((a, b) => a - b) };
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;

/** Its values by name. */
export const readDotenv = (text: string, variables: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(parseDotenv(text, variables).entries.map(({ name, value }) => [name, value]));
