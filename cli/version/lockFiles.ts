/** Lock files that repeat a package's version: found beside it, or above it where it is one of a workspace. */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { cargoManifest, inLock, type Lock } from "../../components/versions/locks.ts";
import type { Place } from "../../components/versions/places.ts";
import type { Git } from "./git.ts";

/** @param places where the version is written @returns further places, of lock files that git has */
export function locksOf(git: Git, places: Place[]): Place[] {
  const named = new Set(places.map(({ path }) => path));
  return places.flatMap(({ path, pattern }) => {
    const name = pattern === undefined ? posix.basename(path) : "";
    const found =
      name === "Cargo.toml"
        ? nearest(git, path, "Cargo.lock", () => ({ crates: cratesOf(git, path) }))
        : name === "package.json"
          ? nearest(git, path, "package-lock.json", (folder) => ({
              workspace: posix.relative(folder, posix.dirname(path)),
            }))
          : undefined;
    return found && !named.has(found.path) ? [found] : [];
  });
}

/** The first that has an entry for it, from the package's folder upwards. */
function nearest(git: Git, path: string, name: string, lockIn: (folder: string) => Lock): Place | undefined {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    const file = posix.join(folder, name);
    if (existsSync(join(git.root, file)) && git.held([file]).get(file) === "tracked") {
      const lock = lockIn(folder);
      return inLock(readFileSync(join(git.root, file), "utf8"), lock) === undefined ? undefined : { path: file, lock };
    }
    if (folder === ".") return undefined;
  }
}

/** Names of the crates that have their version from a file: its own, and those that inherit it. */
function cratesOf(git: Git, path: string): string[] {
  const read = (file: string) => cargoManifest(readFileSync(join(git.root, file), "utf8"));
  const own = read(path);
  if (own?.isVersioned) return own.name === undefined ? [] : [own.name];
  const files = own?.isWorkspace ? git.filesLike(posix.join(posix.dirname(path), "**/Cargo.toml")) : [];
  return files.flatMap((file) => {
    const member = existsSync(join(git.root, file)) ? read(file) : undefined;
    return member?.inherits && member.name !== undefined ? [member.name] : [];
  });
}
