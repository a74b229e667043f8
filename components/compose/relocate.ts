/**
 * A document of another folder: its relative paths become those of the project's, as Compose does it for what it
 * includes and extends (https://docs.docker.com/reference/compose-file/include/).
 */
import { posix } from "node:path";
import { isMap, type Path } from "../shared/issues.ts";
import { interpolate, isKnown, isUnknown } from "./interpolate.ts";
import { byPlace, lookUp } from "./places.ts";
import { shortParts } from "./shortNotation.ts";

/** How a text of one folder is written in another. */
type Move = (path: string) => string;

const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|github\.com\/|git@|service:)/;

/** Only what leads up is resolved: what follows may hold variables. */
function joined(folder: string, path: string): string {
  let [base, rest] = [folder, path];
  for (;;) {
    const up = /^\.\.(?:\/+|$)/.exec(rest);
    const here = /^\.(?:\/+|$)/.exec(rest);
    if (up) base = posix.join(base, "..");
    else if (!here) break;
    rest = rest.slice((up ?? here)![0].length);
  }
  return rest === "" ? base : base === "." ? rest : `${base}/${rest}`;
}

/** Paths that a folder's own place changes; the variable that one begins with is replaced, where it is known. */
const moving =
  (folder: string, variables: Record<string, string>): Move =>
  (path) => {
    const begins = /^\$(?!\$)/.test(path);
    if (begins && !isKnown(path, variables)) return path;
    const text = begins ? interpolate(path, variables).replaceAll("$", "$$$$") : path;
    if (text === "" || /^[/~]/.test(text)) return path;
    return joined(folder, text);
  };

const asFolder = (path: string): string => (/^(?:\.{0,2}\/|\.{1,2}$|~|\$)/.test(path) ? path : `./${path}`);

/** In the short notation, a plain word is the name of a volume. */
function mount(volume: unknown, move: Move, variables: Record<string, string>): unknown {
  if (isMap(volume))
    return volume.type === "bind" && typeof volume.source === "string"
      ? { ...volume, source: moveFolder(volume.source, move) }
      : volume;
  const [source, ...rest] = shortParts(String(volume));
  const meant = interpolate(source!, variables);
  if (rest.length === 0 || isUnknown(meant) || !/^\.{1,2}(?:\/|$)|^\.[^/]/.test(meant)) return volume;
  return [moveFolder(source!, move), ...rest].join(":");
}

const moveFolder = (source: string, move: Move): string => {
  const moved = move(source);
  return moved === source ? source : asFolder(moved);
};

const file = (path: unknown, move: Move): unknown => {
  if (typeof path === "string") return move(path);
  return isMap(path) && typeof path.path === "string" ? { ...path, path: move(path.path) } : path;
};
const files = (paths: unknown, move: Move): unknown =>
  Array.isArray(paths) ? paths.map((path) => file(path, move)) : file(paths, move);
const context = (path: unknown, move: Move): unknown =>
  typeof path === "string" && !REMOTE.test(path) ? move(path) : path;

type Change = (value: unknown, move: Move, variables: Record<string, string>) => unknown;

const CHANGES = byPlace<Change>({
  "services.*.build": (build, move) =>
    isMap(build) ? { ...build, context: context(build.context ?? ".", move) } : context(build, move),
  "services.*.env_file": files,
  "services.*.label_file": files,
  "services.*.extends": (value, move) =>
    isMap(value) && typeof value.file === "string" ? { ...value, file: move(value.file) } : value,
  "services.*.volumes": (volumes, move, variables) =>
    Array.isArray(volumes) ? volumes.map((volume) => mount(volume, move, variables)) : volumes,
  "configs.*.file": file,
  "secrets.*.file": file,
  "volumes.*.driver_opts": (options, move) =>
    isMap(options) && String(options.o).split(",").includes("bind") && typeof options.device === "string"
      ? { ...options, device: moveFolder(options.device, move) }
      : options,
});

/**
 * @param folder of the document, as seen from the project's
 * @param variables that are known
 */
export function relocated(document: unknown, folder: string, variables: Record<string, string>): unknown {
  if (folder === "" || folder === ".") return document;
  const move = moving(folder, variables);
  const walk = (value: unknown, path: Path): unknown => {
    const change = lookUp(CHANGES, path);
    if (change) return change(value, move, variables);
    if (!isMap(value) || path.length > 3) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walk(entry, [...path, key])]));
  };
  return walk(document, []);
}
