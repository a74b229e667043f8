/** Other Compose files that one includes, each a project of its own (https://docs.docker.com/reference/compose-file/include/). */
import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isMap } from "../shared/issues.ts";
import { shown } from "../shared/text.ts";
import { readDotenv } from "./dotenv.ts";
import { interpolate, substituteAll, written } from "./interpolate.ts";
import { fileError, localPath, type Reading, reason } from "./reading.ts";
import { relocated } from "./relocate.ts";

interface Including {
  file: string;
  /** Folder that the file's own paths are relative to. */
  home: string;
  reading: Reading;
  /** Files that led here, with this one. */
  including: string[];
  /** Reads files that belong to a folder as one document. */
  combined: (files: string[], home: string, reading: Reading, including: string[]) => unknown;
}

const PARTS = ["services", "volumes", "networks", "secrets", "configs", "models"] as const;
type Document = Record<string, Record<string, unknown> | undefined>;

/** @throws FileError */
export function included(document: unknown, at: Including): unknown {
  if (!isMap(document) || !("include" in document)) return document;
  const { include, ...own } = document;
  if (include === null || include === undefined) return own;
  if (!Array.isArray(include)) throw fileError(at.file, ["include"], 'is not a list; write a list, like ["db.yaml"]');
  return include.reduce<unknown>((sofar, entry, index) => {
    const found = one(entry, ["include", String(index)], at) as Document;
    return imported(sofar as Document, found, at.file);
  }, own);
}

/** A list of texts, or one, with its variables replaced. */
const texts = (value: unknown, { variables }: Reading): string[] =>
  (value === undefined || value === null ? [] : [value].flat()).map((text) => interpolate(String(text), variables));

function one(entry: unknown, place: string[], at: Including): unknown {
  const { file, home, reading, including } = at;
  const given = isMap(entry) ? entry : { path: entry };
  const paths = texts(given.path, reading).map((path) => localPath(file, place, home, path));
  if (paths.length === 0) throw fileError(file, place, 'names no file; write { path: "db.yaml" }');
  if (including.includes(paths[0]!))
    throw fileError(file, place, `leads back to itself: ${[...including, paths[0]].join(" → ")}; take one of them out`);
  const [directory] = texts(given.project_directory, reading);
  const folder = directory === undefined ? posix.dirname(paths[0]!) : localPath(file, place, home, directory);
  const named = texts(given.env_file, reading).map((path) => localPath(file, place, home, path));
  const variables = ownVariables(folder, named, at);
  const within = { ...reading, variables: { ...variables, ...reading.variables } };
  const document = at.combined(paths, folder, within, including);
  const told = handedOn(substituteAll(document ?? {}, variables), variables);
  return relocated(told, posix.relative(home, folder), within.variables);
}

/** A value that is called so belongs among the secrets: it is not written into a release, but asked for. */
const PRIVATE = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|SALT|DSN|_PW$/i;

/** What only the included files see: their own file of variables. */
function ownVariables(folder: string, named: string[], { file, home, reading }: Including): Record<string, string> {
  const found: Record<string, string> = {};
  // In the including file's own folder it is the project's, in whose place a release has the settings.
  const usual = posix.relative(home, folder) === "" ? [] : [posix.join(folder, ".env")];
  for (const path of named.length > 0 ? named : usual) {
    let text: string;
    try {
      text = reading.readFile(path);
    } catch (error) {
      if (named.length === 0) return {};
      throw fileError(file, ["include"], `${shown(path)} cannot be read: ${reason(error)}`);
    }
    Object.assign(found, readDotenv(text, { ...found, ...reading.variables }));
  }
  const isOwn = (name: string): boolean => !PRIVATE.test(name) && !Object.hasOwn(reading.variables, name);
  return Object.fromEntries(Object.entries(found).filter(([name]) => isOwn(name)));
}

/** `environment: [NAME]` gets the value that is known there. */
function handedOn(document: unknown, variables: Record<string, string>): unknown {
  const services = isMap(document) ? document.services : undefined;
  if (!isMap(services)) return document;
  const told = Object.entries(services).map(([name, service]) => {
    if (!isMap(service) || !Array.isArray(service.environment)) return [name, service];
    const environment = service.environment.map((entry) =>
      typeof entry === "string" && Object.hasOwn(variables, entry) ? `${entry}=${written(variables[entry]!)}` : entry,
    );
    return [name, { ...service, environment }];
  });
  return { ...(document as object), services: Object.fromEntries(told) };
}

/** What is included is added; what is there already must be the same. */
function imported(document: Document, found: Document, file: string): Document {
  const added = PARTS.flatMap((part) => {
    const theirs = found[part];
    if (!isMap(theirs)) return [];
    const ours = document[part] ?? {};
    for (const [name, value] of Object.entries(theirs)) {
      if (Object.hasOwn(ours, name) && !isDeepStrictEqual(ours[name], value))
        throw fileError(
          file,
          [part, name],
          "is in a file that is included, too; rename one of them, or change it in another file on top: `compose: [a, b]`",
        );
    }
    return [[part, { ...ours, ...theirs }]];
  });
  return { ...document, ...Object.fromEntries(added) };
}
