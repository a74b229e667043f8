/** A `.env` file as Compose reads it (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax). */
import { interpolate } from "./interpolate.ts";

const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(?:'((?:\\'|[^'])*)'|"((?:\\[\s\S]|[^"\\])*)"|([^\r\n]*))[^\r\n]*$/gm;

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$$" };

/** @param variables that its values may name */
export function readDotenv(text: string, variables: Record<string, string> = {}): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, single, double, bare] of text.matchAll(LINE)) {
    const replaced = (value: string): string => interpolate(value, { ...found, ...variables });
    if (single !== undefined) found[name!] = single.replaceAll("\\'", "'");
    else if (double !== undefined)
      found[name!] = replaced(double.replace(/\\([\s\S])/g, (whole, letter) => ESCAPES[letter] ?? whole));
    else found[name!] = replaced(bare!.replace(/(?:^|[ \t])#.*$/, "").trim());
  }
  return found;
}
