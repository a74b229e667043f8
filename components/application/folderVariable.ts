/** `${PWD}` in a Compose file: the folder that Compose runs in, which is the project's. */
import { mentionedVariables, substitute } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { isMap } from "../shared/issues.ts";

/** Where a path begins with it, what is meant lies beside the file. */
const PATHS = ["volumes", "env_file", "label_file", "file", "source", "path", "device"];
const LEADING = /^\$(?:PWD\b|\{PWD[:}?+-])/;

/** @param directory the application's folder on the host */
export function withFolder(document: ComposeDocument, directory: string): ComposeDocument {
  if (!mentionedVariables(document).includes("PWD")) return document;
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === "string")
      return PATHS.includes(key) && LEADING.test(value)
        ? substitute(value, { PWD: "." })
        : substitute(value, { PWD: directory });
    if (Array.isArray(value)) return value.map((entry) => walk(entry, key));
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, walk(entry, name)]));
  };
  return walk(document, "") as ComposeDocument;
}
