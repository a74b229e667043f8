/** Reads an existing Compose file: anchors, merge keys, profiles and extension fields as Compose itself understands them. */
import { parse, type Tags } from "yaml";
import type { ComposeDocument, ComposeService } from "../application/spec.ts";

/** Scalars as Compose reads them: `0440` is octal and `1_000` a number, but `yes` is text and `1:30` no number. */
const scalars = (tags: Tags): Tags => [
  ...tags.filter(
    (tag) =>
      typeof tag === "string" ||
      typeof tag.tag !== "string" ||
      !(/:(bool|timestamp|binary|omap|pairs|set)$/.test(tag.tag) || ("format" in tag && tag.format === "TIME")),
  ),
  "bool",
  "intOct",
];

/** An integer that a number would round is text: Compose takes either. */
const exact = (_: unknown, value: unknown): unknown =>
  typeof value !== "bigint" ? value : Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

/** @throws Error naming the file and the place */
export function parseComposeFile(path: string, text: string): ComposeDocument {
  let document: unknown;
  try {
    document = parse(text, exact, { schema: "yaml-1.1", merge: true, customTags: scalars, intAsBigInt: true });
  } catch (error) {
    throw new Error(`${path} is not valid YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const services = (document as ComposeDocument | null)?.services;
  if (typeof services !== "object" || services === null || Object.keys(services).length === 0) {
    throw new Error(`${path} declares no services; a Compose file needs a "services:" with at least one entry`);
  }
  return document as ComposeDocument;
}

/** A default may hold variables of its own, in braces. */
const VARIABLE =
  /\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Replaces variables as Compose does
 * (https://docs.docker.com/reference/compose-file/interpolation/): `$NAME`, `${NAME}`, `${NAME:-default}`, `$$`.
 */
export function interpolate(text: string, variables: Record<string, string>): string {
  return text.replace(VARIABLE, (_, dollar, braced, operator, operand, bare) => {
    if (dollar) return "$";
    const value = variables[(braced ?? bare) as string];
    const missing = value === undefined || (String(operator ?? "").startsWith(":") && value === "");
    if (operator?.endsWith("-")) return missing ? interpolate(operand, variables) : value;
    if (operator?.endsWith("+")) return missing ? "" : interpolate(operand, variables);
    return value ?? "";
  });
}

/** Variables that a document needs: used somewhere without a default. Sorted. `known` are those that have a value. */
export function neededVariables(document: unknown, known: string[] = []): string[] {
  const inText = (text: string): string[] =>
    Array.from(text.matchAll(VARIABLE)).flatMap(([, dollar, braced, operator, operand, bare]) => {
      const name = (braced ?? bare)!;
      if (dollar) return [];
      if (operator?.endsWith("-")) return known.includes(name) ? [] : inText(operand!);
      if (operator?.endsWith("+")) return known.includes(name) ? inText(operand!) : [];
      return [name];
    });
  return [...new Set(inText(JSON.stringify(document)))].sort();
}

/** Names of the services that run with these profiles active. */
export function activeServices(document: ComposeDocument, profiles: string[]): string[] {
  return Object.keys(document.services).filter((name) => {
    const own = document.services[name]!.profiles as string[] | undefined;
    return own === undefined || own.length === 0 || own.some((profile) => profiles.includes(profile));
  });
}

/** Files of variables that a service names. */
function environmentFiles(service: ComposeService): { path: string; required?: boolean }[] {
  const files = [service.env_file ?? []].flat() as (string | { path: string; required?: boolean })[];
  return files.map((file) => (typeof file === "string" ? { path: file } : file));
}

/** The file of a release's variables is the only one that comes with it. */
const isReleased = (path: string): boolean => path.replace(/^\.\//, "") === ".env";

/** Whether a service gets all of a release's variables, as a file. */
export const readsAllVariables = (service: ComposeService): boolean =>
  environmentFiles(service).some(({ path }) => isReleased(path));

/** Files beside the Compose file that it needs, with the place that names each: a release does not carry them. */
export function filesBeside(document: ComposeDocument): { place: string; file: string }[] {
  const found = Object.entries(document.services).flatMap(([name, service]) => {
    const extended = (service.extends as { file?: string } | undefined)?.file;
    return [
      ...environmentFiles(service)
        .filter(({ required }) => required !== false)
        .map(({ path }) => ({ place: `services.${name}.env_file`, file: path })),
      ...(extended === undefined ? [] : [{ place: `services.${name}.extends`, file: extended }]),
    ];
  });
  for (const kind of ["secrets", "configs"]) {
    for (const [name, entry] of Object.entries((document[kind] ?? {}) as Record<string, { file?: string } | null>)) {
      if (entry?.file !== undefined) found.push({ place: `${kind}.${name}.file`, file: entry.file });
    }
  }
  const included = [document.include ?? []]
    .flat()
    .map((entry) => ({ place: "include", file: typeof entry === "string" ? entry : JSON.stringify(entry) }));
  return [...included, ...found].filter(({ file }) => !file.startsWith("/") && !isReleased(file));
}
