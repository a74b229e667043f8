/** Where a version is written: read and replaced in the text of a file, of which all else stays as it is. */
import { applyEdits, findNodeAtLocation, type JSONPath, modify, type Node, parseTree } from "jsonc-parser";
import valid from "semver/functions/valid.js";
import { parse as parseToml } from "smol-toml";
import { shown } from "../shared/text.ts";
import { inLock, type Lock, type Written } from "./locks.ts";

/** A file from the repository's root, and where in it: text around `{version}` that is there once. @default by its name */
export interface Place {
  path: string;
  pattern?: string;
  /** Of a lock file, the entries that are the package's. */
  lock?: Lock;
}

/** A file that has no version where one could be: it is none of those that have one. */
export class NoVersion extends Error {}

/** @throws NoVersion, or Error, that names the file, what is wrong and the way out */
export function written({ path, pattern, lock }: Place, text: string): Written {
  const locked = lock && inLock(text, lock);
  if (locked) return locked;
  if (lock) throw new NoVersion(`${path}: the package that has the version is not there; lock it anew`);
  if (pattern !== undefined) return byPattern(path, text, exactly(pattern));
  const name = path.split("/").at(-1)!;
  if (/\.json$/.test(name))
    return inJson(path, text, /^(?:package-lock|npm-shrinkwrap)\.json$/.test(name) ? LOCK : [["version"]]);
  if (/\.toml$/.test(name)) return inToml(path, text);
  if (/\.go$/.test(name)) return byPattern(path, text, GO);
  if (/\.py$/.test(name)) return byPattern(path, text, PYTHON);
  if (/^version(?:\.txt)?$/i.test(name)) {
    if (!new RegExp(WHOLE).test(text) && /^\s*v?\d/.test(text)) throw notSemantic(path, text.trim());
    return byPattern(path, text, WHOLE);
  }
  throw new Error(
    `${path}: where its version is, its name does not tell; write { "path": ${shown(path)}, "pattern": "version = {version}" }`,
  );
}

/** A version that is followed by no more of one; `v` before it stays. */
const VERSION = String.raw`(?<version>\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)`;
const GO = new RegExp(String.raw`(?<before>\bVersion(?:\s+string)?\s*=\s*["\`]v?)${VERSION}(?<after>["\`])`, "g");
const PYTHON = new RegExp(String.raw`(?<before>^__version__\s*=\s*["'])${VERSION}(?<after>["'])`, "gm");
const WHOLE = new RegExp(String.raw`(?<before>^\s*v?)${VERSION}(?<after>\s*$)`, "g");

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function exactly(pattern: string): RegExp {
  const [before = "", after = ""] = pattern.split("{version}");
  return new RegExp(`(?<before>${escaped(before)})${VERSION}(?<after>${escaped(after)})`, "g");
}

const notSemantic = (path: string, version: string): Error =>
  new Error(
    `${path}: ${shown(version)} is not a semantic version; write one like 1.4.0, or leave the file out, by "files" in .slipway/version.json`,
  );

function byPattern(path: string, text: string, pattern: RegExp): Written {
  const found = [...text.matchAll(pattern)];
  const way = `where one is expected; name the text around it: { "path": ${shown(path)}, "pattern": "…{version}…" }`;
  if (found.length === 0) throw new NoVersion(`${path}: there is no version ${way}`);
  if (found.length > 1) throw new Error(`${path}: ${found.length} versions are ${way}`);
  const { version } = found[0]!.groups as { version: string };
  if (valid(version) === null) throw notSemantic(path, version);
  return {
    version,
    with: (version) =>
      text.replace(pattern, (...all) => {
        const { before, after } = all.at(-1) as Record<string, string>;
        return `${before}${version}${after}`;
      }),
  };
}

/** npm writes the package's own version twice (https://docs.npmjs.com/cli/configuring-npm/package-lock-json). */
const LOCK: JSONPath[] = [["version"], ["packages", "", "version"]];

function inJson(path: string, text: string, places: JSONPath[]): Written {
  const tree = parseTree(text);
  const nodes = places.flatMap((place) => (tree && findNodeAtLocation(tree, place)) ?? []);
  const there = places.filter((place) => tree !== undefined && isVersion(findNodeAtLocation(tree, place)));
  if (tree === undefined || there.length === 0) {
    const message = `${path}: it has no "version" with a semantic version; write one, like "version": "0.1.0"`;
    // What is no JSON, or says something else, has been overlooked rather than left out.
    throw tree !== undefined && nodes.length === 0 ? new NoVersion(message) : new Error(message);
  }
  if (nodes.some(isTwice))
    throw new Error(`${path}: "version" is there twice, of which programs take the last; remove one`);
  return {
    version: findNodeAtLocation(tree, there[0]!)!.value as string,
    with: (version) => there.reduce((all, place) => applyEdits(all, modify(all, place, version, {})), text),
  };
}

const isVersion = (node: Node | undefined): boolean => typeof node?.value === "string" && valid(node.value) !== null;

/** A property whose object has another of the same name. */
const isTwice = ({ parent: property }: Node): boolean =>
  (property?.parent?.children ?? []).filter((other) => other.children?.[0]?.value === property?.children?.[0]?.value)
    .length > 1;

/** Tables of which the version is a package's: Python's, Poetry's, Cargo's. */
const TABLES = ["project", "tool.poetry", "package", "workspace.package"];

function inToml(path: string, text: string): Written {
  const held = tomlIn(path, text);
  const table = TABLES.find((name) => typeof versionIn(held, name) === "string");
  if (table === undefined)
    throw new NoVersion(
      `${path}: none of ${TABLES.map((name) => `[${name}]`).join(", ")} has a version; write one, like version = "0.1.0"`,
    );
  const head = new RegExp(String.raw`^[ \t]*\[[ \t]*${escaped(table)}[ \t]*\][^\n]*$`, "m").exec(text);
  const begin = head === null ? 0 : head.index + head[0].length;
  const rest = text.slice(begin);
  const end = /^[ \t]*\[/m.exec(rest)?.index ?? rest.length;
  const pattern = new RegExp(String.raw`(?<before>^[ \t]*version[ \t]*=[ \t]*["'])${VERSION}(?<after>["'])`, "gm");
  const part = rest.slice(0, end);
  if (part.search(pattern) < 0) {
    const version = versionIn(held, table) as string;
    if (valid(version) === null) throw notSemantic(path, version);
    throw new Error(
      `${path}: the version has no line of its own in [${table}]; write one, like version = "${version}"`,
    );
  }
  const found = byPattern(path, part, pattern);
  return { ...found, with: (version) => text.slice(0, begin) + found.with(version) + rest.slice(end) };
}

function tomlIn(path: string, text: string): unknown {
  try {
    return parseToml(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Error(`${path} is no TOML: ${(error as Error).message.split("\n", 1)[0]}`);
  }
}

const versionIn = (held: unknown, table: string): unknown =>
  [...table.split("."), "version"].reduce(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    held as unknown,
  );

/** Files that tell a version by their name, where nobody named any: those of them that are there. */
export const USUAL = [
  "package.json",
  "package-lock.json",
  "pyproject.toml",
  "Cargo.toml",
  "VERSION",
  "internal/version/version.go",
  "version/version.go",
  "pkg/version/version.go",
];
