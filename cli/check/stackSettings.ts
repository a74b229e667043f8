/** The settings of a stack as they stand in its file, without the passphrase: what is encrypted is known later. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, isMap, isSeq, LineCounter, parseDocument, visit } from "yaml";
import { LATER } from "../../components/policies/facts.ts";
import { at, isMap as isRecord } from "../../components/shared/issues.ts";

export interface StackSettings {
  stack: string;
  /** The file's path, as it is shown. */
  file: string;
  /** What stands below `slipway:`, by name, as the engine hands it over. */
  entries: Record<string, string>;
  /** Names of settings of which a part is encrypted. */
  encrypted: string[];
  problems: string[];
  /** The line of a path below `config`, or of the nearest part of it. */
  lineOf: (path: readonly string[]) => number;
}

const PREFIX = "slipway:";
const FILE = /^Pulumi\.(.+)\.yaml$/;

export interface Project {
  name: string;
  /** The folder of the stacks' files. */
  folder: string;
  /** What the project's file gives to all stacks. */
  config: Record<string, unknown>;
}

/** @throws Error if the current folder has no project */
export function readProject(): Project {
  if (!existsSync("Pulumi.yaml"))
    throw new Error("there is no Pulumi.yaml here; run this in the project's folder (slipway init writes one)");
  const { content, wrong } = contentOf(readFileSync("Pulumi.yaml", "utf8"));
  if (wrong) throw new Error(`Pulumi.yaml:${wrong.line}: ${wrong.why}`);
  const [name, folder, config] = [at(content, ["name"]), at(content, ["stackConfigDir"]), at(content, ["config"])];
  return {
    name: String(name),
    folder: typeof folder === "string" ? folder : ".",
    config: isRecord(config) ? config : {},
  };
}

/** The stacks that have a file. */
export const stacksOf = ({ folder }: Project): string[] =>
  (existsSync(folder) ? readdirSync(folder) : []).flatMap((file) => FILE.exec(file)?.[1] ?? []).sort();

/** @throws Error if the stack has no file */
export function readStack(project: Project, named: string): StackSettings {
  const stack = named.split("/").at(-1)!;
  const file = join(project.folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    const all = stacksOf(project);
    throw new Error(`${file} does not exist; name a stack that has a file (there are ${all.join(", ") || "none"})`);
  }
  return parseStack(project, stack, file, readFileSync(file, "utf8"));
}

export function parseStack({ name, config }: Project, stack: string, file: string, text: string): StackSettings {
  const { content, wrong, document, lineCounter } = contentOf(text);
  const lineOf = (path: readonly string[]): number => lineIn(document, lineCounter, ["config", ...path]);
  const refused = (line: number, why: string): StackSettings => {
    return { stack, file, entries: {}, encrypted: [], lineOf, problems: [`${file}:${line}: ${why}`] };
  };
  if (wrong) return refused(wrong.line, wrong.why);
  const own: unknown = at(content, ["config"]) ?? {};
  if (!isRecord(content ?? {}) || !isRecord(own))
    return refused(lineOf([]), "is no map with `config`; write one, like config: { slipway:hosts: … }");
  const written = { ...inNamespace(mapOfProject(config), name), ...inNamespace(own, name) };
  const entries: Record<string, string> = {};
  const encrypted: string[] = [];
  const problems: string[] = [];
  for (const [key, value] of Object.entries(written)) {
    if (!key.startsWith(PREFIX)) continue;
    const setting = key.slice(PREFIX.length);
    if (isSecure(value)) {
      problems.push(
        `${key}: is encrypted as a whole, so that nothing of it can be checked here; set each of its values by its --path`,
      );
      continue;
    }
    const { opened, isSealed } = open(value);
    entries[setting] = typeof opened === "string" ? opened : JSON.stringify(opened);
    if (isSealed) encrypted.push(setting);
  }
  return { stack, file, entries, encrypted, problems, lineOf };
}

interface Content {
  content: unknown;
  /** Why there is none. */
  wrong?: { line: number; why: string };
  document: Document;
  lineCounter: LineCounter;
}

/** Without a word of the parser's, which quotes the file: what begins with * is an alias for it, and may be a password. */
function contentOf(text: string): Content {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { merge: true, prettyErrors: false, lineCounter });
  const refused = (position: number, why: string): Content => {
    return { content: undefined, wrong: { line: lineCounter.linePos(position).line, why }, document, lineCounter };
  };
  const [error] = document.errors;
  if (error) return refused(error.pos[0], `is not YAML (${error.code}); correct it there`);
  try {
    return { content: document.toJS(), document, lineCounter };
  } catch {
    return refused(
      unresolved(document),
      "an alias cannot be resolved; write text that begins with * or & in quotes, and << for maps alone",
    );
  }
}

/** Where the first alias without an anchor stands; 0 if that is not what is wrong. */
function unresolved(document: Document): number {
  let position = 0;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      position = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return position;
}

/** A key without a namespace is in the project's. */
const inNamespace = (config: Record<string, unknown>, project: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
  );

/** In the project's file a value may stand below `value` or `default`, beside its type. */
const mapOfProject = (config: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => {
      if (!isRecord(value)) return [[key, value]];
      const given = value.value ?? value.default;
      return given === undefined ? [] : [[key, given]];
    }),
  );

const isSecure = (value: unknown): boolean =>
  isRecord(value) && Object.keys(value).join() === "secure" && typeof value.secure === "string";

/** A value with `LATER` for what is encrypted in it. */
function open(value: unknown): { opened: unknown; isSealed: boolean } {
  if (isSecure(value)) return { opened: LATER, isSealed: true };
  const parts = Array.isArray(value) ? value.map(open) : isRecord(value) ? Object.values(value).map(open) : [];
  if (parts.length === 0) return { opened: value, isSealed: false };
  const all = parts.map(({ opened }) => opened);
  return {
    opened: Array.isArray(value)
      ? all
      : Object.fromEntries(Object.keys(value as object).map((key, i) => [key, all[i]])),
    isSealed: parts.some(({ isSealed }) => isSealed),
  };
}

function lineIn(document: Document, counter: LineCounter, path: readonly string[]): number {
  let [node, start]: [unknown, number] = [document.contents, 0];
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === key);
      if (pair === undefined) break;
      start = (pair.key as { range?: [number] }).range?.[0] ?? start;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      start = (node as { range?: [number] } | undefined)?.range?.[0] ?? start;
    } else break;
  }
  return counter.linePos(start).line;
}
