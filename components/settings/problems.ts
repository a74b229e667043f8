import { at, isMap, kind, type Path, place as placeOf, type Wording } from "../shared/issues.ts";
import { didYouMean, shown } from "../shared/text.ts";
import { hasLogin } from "./backupSchema.ts";

/** `slipway:applications.shop.hosts[0]`. */
export const place = (path: Path): string => `slipway:${placeOf(path)}`;

/** Whether a value at this path may be a secret, and so is never shown. */
export function isSecret(path: Path): boolean {
  if (path[0] === "secrets" || (path[0] === "registries" && path.length < 3)) return true;
  if (path[0] === "applications" && path[2] === "environment") return true;
  if (path[0] === "github") return path.length === 1 || path[1] === "token" || path[1] === "keySeed";
  if (path[0] === "repositories") return path.length < 3 || path[2] === "secrets" || path[2] === "variables";
  if (path[0] === "notifications") return path.length < 3 || path[2] === "url";
  if (path[0] === "backups") return path.length < 3 || path[2] === "password" || path[2] === "environment";
  if (path.includes("dns") && (path.includes("token") || path.includes("secretOptions"))) return true;
  return path.some((key) => key === "privateKey" || key === "privateKeyPassword" || key === "password");
}

/** A value's part of an error: the value, or that it is hidden. */
export const display = (path: Path, value: unknown): string =>
  (isSecret(path) && typeof value !== "object") || carriesLogin(path, value) ? "(a hidden value)" : shown(value);

const carriesLogin = (path: Path, value: unknown): boolean =>
  path[0] === "backups" && typeof value === "string" && hasLogin(value);

/** Names and values of the map at a path of the raw settings; none if there is no map. */
export function entries(raw: unknown, path: Path): [string, unknown][] {
  const value = at(raw, path);
  return isMap(value) ? Object.entries(value) : [];
}

/** How a wrong name is mended: the one that was meant, or all that there are. */
export function wayOut(word: string, known: string[], where: string): string {
  const meant = didYouMean(word, known);
  if (meant) return `; did you mean ${JSON.stringify(meant)}?`;
  return known.length === 0 ? `; add it to ${where}` : `; ${where} has ${known.map((k) => shown(k)).join(", ")}`;
}

/** How settings speak of what is wrong. `known` gives the keys that an object at a path may have. */
export const wording = (known: (path: Path) => string[]): Wording => ({
  display,
  unknownKey: (path, key) => {
    const candidates = known(path);
    const meant = didYouMean(key, candidates);
    const way = meant ? `did you mean ${JSON.stringify(meant)}?` : `known: ${candidates.join(", ")}`;
    return `is not a setting; ${way}`;
  },
  wrongType: (path, value, expected) => {
    if (expected.join() !== "string" || (typeof value !== "number" && typeof value !== "boolean")) return undefined;
    const isVersion = path[0] === "applications" && path[2] === "version";
    if (!isVersion && !isSecret(path)) return undefined;
    const why = isVersion ? " (YAML reads 1.40 as 1.4)" : "";
    return `${display(path, value)} is ${kind(value)}${why}; write it in quotes, like ${isVersion ? '"1.4.0"' : '"…"'}`;
  },
});
