/** What the host's scripts read of what is sent to them, found in their text. */
import { globSync, readFileSync } from "node:fs";
import { z } from "zod";

const FOLDER = "components/host/scripts";

/** All scripts by path. */
export const scripts = (): Record<string, string> =>
  Object.fromEntries(
    globSync([`${FOLDER}/**/*.sh`, `${FOLDER}/slipway`])
      .sort()
      .map((path) => [path, readFileSync(path, "utf8")]),
  );

const all = (pattern: RegExp, pick: (match: RegExpMatchArray) => string): string[] => [
  ...new Set(
    Object.values(scripts()).flatMap((text) => Array.from(text.replaceAll("\\\n", " ").matchAll(pattern), pick)),
  ),
];

/** Paths in a manifest that the scripts look up, like `.verification.checks.*.path`; `*` stands for a variable. */
export function manifestPaths(): string[] {
  const plain = all(/\b(?:manifest "\$\w+" ["']?|MANIFEST\["\$\w+)(\.[^\s"')]+)/g, ([, path]) => path!);
  const ofServices = all(/\bservice_value "\$\w+" "\$\w+" ["']?(\.[^\s"')]+)/g, ([, path]) => `.services.*${path}`);
  // The journal has each service as the manifest has it.
  const ofJournal = all(
    /\bJ\["(?:\.(?:before|after|\$\w+)\.services\.\$\w+|\$at|\$1)(\.[\w.]+)"\]/g,
    ([, path]) => `.services.*${path}`,
  );
  return [...new Set([...plain, ...ofServices, ...ofJournal])]
    .map((path) => path.replace(/\$\{[^}]*\}|\$\w+/g, "*"))
    .filter((path) => path !== ".whole" && !/^\.services(\*|\.\*)(\*)?\[?\]?$/.test(path))
    .sort();
}

/** Paths that jq reads of a file that a variable names, like `.files.compose` of "$REQUEST". */
export const jqPaths = (variable: string): string[] =>
  pathsIn(
    all(
      new RegExp(`\\bjq (?:-\\w+ |--arg \\w+ "\\$\\w+" )*(?:'([^']+)'|(\\.[\\w.]+)) "\\$${variable}"`, "g"),
      (match) => (match[1] ?? match[2])!,
    ),
  );

/** Paths that a jq program in a variable reads. */
export const programPaths = (variable: string): string[] =>
  pathsIn(all(new RegExp(`^${variable}='([^']+)'`, "gm"), ([, program]) => program!));

function pathsIn(filters: string[]): string[] {
  const paths = filters.flatMap((filter) =>
    Array.from(
      filter.replace(/"(?:[^"\\]|\\.)*"/g, "").matchAll(/(?<![\w\])])\.[A-Za-z]\w*(?:\.\w+)*(?:\[\])?/g),
      ([path]) => path,
    ),
  );
  return [...new Set(paths)].sort();
}

/** Options of the host's commands, from the table in lib/arguments.sh: patterns by name, and names by command. */
export function hostOptions(): { patterns: Record<string, string>; commands: Record<string, string[]> } {
  const table = /^OPTIONS='\n([^']*)'/m.exec(scripts()[`${FOLDER}/lib/arguments.sh`]!)![1]!;
  const rows = Array.from(table.matchAll(/^(\S+) +\S+ +\S+ +(\S+) +(.+)$/gm), ([, name, commands, pattern]) => ({
    name: name!,
    commands: commands!.replaceAll("!", "").split(","),
    pattern: pattern!,
  }));
  const commands = [...new Set(rows.flatMap((row) => row.commands))];
  return {
    patterns: Object.fromEntries(rows.map(({ name, pattern }) => [name, pattern])),
    commands: Object.fromEntries(
      commands.map((command) => [
        command,
        rows.filter((row) => row.commands.includes(command)).map(({ name }) => name),
      ]),
    ),
  };
}

interface Shape {
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  items?: Shape;
  anyOf?: Shape[];
}

/** Whether a path, as the scripts write it, leads to something in a schema. `[]` and `.length` belong to lists. */
export function leadsSomewhere(schema: z.ZodType, path: string): boolean {
  const parts = path
    .replace(/(\[\]|@)$/, ".$1")
    .split(".")
    .slice(1);
  const step = (shape: Shape | undefined, [part, ...rest]: string[]): boolean => {
    if (shape === undefined) return false;
    if (part === undefined) return true;
    if (shape.anyOf) return shape.anyOf.some((each) => step(each, [part, ...rest]));
    if (shape.items !== undefined && (part === "[]" || part === "length")) return rest.length === 0;
    if (shape.items !== undefined && (part === "*" || /^\d+$/.test(part))) return step(shape.items, rest);
    // The names in an object.
    if (part === "@") return rest.length === 0 && shape.additionalProperties !== undefined;
    if (shape.properties && part === "*") return Object.values(shape.properties).some((each) => step(each, rest));
    const own = shape.properties && Object.hasOwn(shape.properties, part) ? shape.properties[part] : undefined;
    const others = typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined;
    return step(own ?? others, rest);
  };
  return step(z.toJSONSchema(schema, { unrepresentable: "any" }) as Shape, parts);
}
