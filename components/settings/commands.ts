/** Secrets that a command tells: `{ command: "op read op://shop/token" }` in the place of a value. */
import { isMap, type Path } from "../shared/issues.ts";

/** Where one may stand. */
const PLACES = [
  ["secrets", "*", "*"],
  ["registries", "*", "password"],
  ["github", "token"],
  ["github", "keySeed"],
  ["notifications", "*", "url"],
  ["backups", "*", "password"],
  ["backups", "*", "environment", "*"],
  ["repositories", "*", "secrets", "*"],
  ...["privateKey", "privateKeyPassword"].flatMap((key) => [
    ["hosts", "*", key],
    ["hosts", "*", "bastion", key],
  ]),
  ["hosts", "*", "proxy", "dns", "token"],
  ["hosts", "*", "proxy", "dns", "secretOptions", "*"],
];

export interface Told {
  path: Path;
  /** A line for the shell. */
  command: string;
}

const mayStand = (path: Path): boolean =>
  PLACES.some(
    (place) => place.length === path.length && place.every((key, index) => key === "*" || key === path[index]),
  );

function commandOf(value: unknown): string | undefined {
  if (!isMap(value) || Object.keys(value).join() !== "command") return undefined;
  return typeof value.command === "string" && value.command.trim() !== "" ? value.command : undefined;
}

/** All of them. @param value what stands at the path */
export function commandsIn(value: unknown, path: Path = []): Told[] {
  const command = mayStand(path) ? commandOf(value) : undefined;
  if (command !== undefined) return [{ path, command }];
  return isMap(value) ? Object.entries(value).flatMap(([key, one]) => commandsIn(one, [...path, key])) : [];
}

/** The same settings with what was told. @param tell what stands in the place of a command, by its path */
export function withTold(value: unknown, tell: (path: Path) => string, path: Path = []): unknown {
  if (mayStand(path) && commandOf(value) !== undefined) return tell(path);
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withTold(one, tell, [...path, key])]))
    : value;
}

/** Settings as the engine hands them over: objects as JSON text. What is no JSON is checked elsewhere. */
export const parsedEntries = (entries: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).map(([key, text]) => [key, parsed(text)]));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same with what was told; what has no command in it stays as it was written. */
export const toldEntries = (entries: Record<string, string>, tell: (path: Path) => string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parsedEntries(entries)).map(([key, value]) => [
      key,
      commandsIn(value, [key]).length === 0 ? entries[key]! : JSON.stringify(withTold(value, tell, [key])),
    ]),
  );
