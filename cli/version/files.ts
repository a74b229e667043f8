/** The files of a repository that a version changes: found, read, and put together. */
import { isUtf8 } from "node:buffer";
import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, posix, relative } from "node:path";
import compare from "semver/functions/compare.js";
import { shown } from "../../components/shared/text.ts";
import { CONFIG_FILE, type Unit } from "../../components/versions/config.ts";
import { coreVersion } from "../../components/versions/next.ts";
import { NoVersion, type Place, USUAL, written } from "../../components/versions/places.ts";
import type { Git } from "./git.ts";
import { locksOf } from "./lockFiles.ts";

export interface FileChange {
  path: string;
  /** The file's text now, and with all versions that are due; undefined where there is no such file yet. */
  was: string | undefined;
  text: string;
  /** A byte is a character where the file is not in UTF-8: what is not the version stays, whatever it means. */
  encoding: "utf8" | "latin1";
}

/** A place in a file. */
export interface Found {
  place: Place;
  /** Of the file itself, also behind a link. */
  path: string;
  change: FileChange;
}

/** @returns the text, a character for each byte where it is not in UTF-8 */
export function decoded(bytes: Buffer): Pick<FileChange, "text" | "encoding"> {
  const encoding = isUtf8(bytes) ? "utf8" : "latin1";
  return { text: bytes.toString(encoding), encoding };
}

/** What is read once and changed together: of two versions in one file, none is lost. */
export class Files {
  readonly #changes = new Map<string, FileChange>();
  readonly #git: Git;

  /** Packages' changelogs, by the file itself. */
  readonly #changelogs = new Map<string, string>();

  constructor(git: Git) {
    this.#git = git;
  }

  /** @throws Error where a named file is not there, is not the repository's, or has no version where one is expected */
  placesOf({ files, path }: Unit): Found[] {
    const found = files === undefined ? this.#usual(path) : files.map((place) => this.#checked(place));
    const locks = locksOf(
      this.#git,
      found.map(({ place }) => place),
    );
    return [...found, ...locks.map((place) => this.#checked(place))];
  }

  /** Those that tell a version by their name. */
  #usual(path: string): Found[] {
    const paths = USUAL.map((name) => posix.join(path, name));
    const held = this.#git.held(paths);
    // Of those that nobody named, one without a version is none of them.
    return paths.flatMap((usual) => {
      const how = held.get(usual);
      if (how === "outside")
        throw new Error(
          `${usual} is outside of what is checked out, and would not get the version; git sparse-checkout disable`,
        );
      if (how === undefined || !existsSync(join(this.#git.root, usual))) return [];
      try {
        return [this.#checked({ path: usual })];
      } catch (error) {
        if (error instanceof NoVersion) return [];
        throw error;
      }
    });
  }

  /** @throws Error where it is not the repository's, or has no version */
  #checked(place: Place): Found {
    if (!existsSync(join(this.#git.root, place.path)))
      throw new Error(`${place.path} is not there; correct "files" in ${CONFIG_FILE}`);
    const path = this.#behind(place.path, "files");
    const change = this.#change(path);
    written(place, change.text);
    return { place, path, change };
  }

  /** @throws Error where it is not the repository's, or is another package's, or is no text that can be added to */
  changelogOf({ changelog: { path: named } }: Unit): FileChange {
    const path = this.#behind(named, "changelog");
    const other = this.#changelogs.get(path);
    if (other !== undefined)
      throw new Error(`${other} and ${named} are one file; give each package its own by "changelog" of ${CONFIG_FILE}`);
    this.#changelogs.set(path, named);
    const change = this.#change(path);
    if (change.was === undefined && this.#git.held([path]).get(path) === "outside")
      throw new Error(
        `${named} is outside of what is checked out, and would not get the version; git sparse-checkout disable`,
      );
    if (change.encoding !== "utf8" || change.text.includes("\0"))
      throw new Error(`${named} is no text in UTF-8, as what commits say is; save it in UTF-8`);
    return change;
  }

  /** The file itself, also behind a link. @throws Error where it is not the repository's */
  #behind(named: string, key: "files" | "changelog"): string {
    const { root } = this.#git;
    const path = relative(realpathSync(root), whole(join(root, named)));
    if (/^\.\.(?:\/|$)/.test(path) || path.split("/").some((part) => part.toLowerCase() === ".git"))
      throw new Error(
        `${named} leads to ${shown(path)}, which is not part of the repository; name another in "${key}" of ${CONFIG_FILE}`,
      );
    const there = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (there && !there.isFile()) throw new Error(`${named} is no file; correct "${key}" in ${CONFIG_FILE}`);
    return path;
  }

  #change(path: string): FileChange {
    const known = this.#changes.get(path);
    if (known !== undefined) return known;
    const file = join(this.#git.root, path);
    const isNew = !existsSync(file);
    const { text, encoding } = decoded(isNew ? Buffer.from("") : readFileSync(file));
    const change: FileChange = { path, was: isNew ? undefined : text, text, encoding };
    this.#changes.set(path, change);
    return change;
  }
}

/**
 * Puts a version into the text of the file.
 * @param how `option` names a version, in errors; with `isReleasing` the file may say already what pre-releases lead to: 1.5.0 before 1.5.0-rc.1
 * @throws Error where the file is ahead
 */
export function put({ place, change }: Found, version: string, { option = "--set", isReleasing = false } = {}): void {
  const held = written(place, change.text);
  const isAim = isReleasing && held.version === coreVersion(version);
  if (held.version !== undefined && compare(held.version, version) > 0 && !isAim)
    throw new Error(
      `${place.path} says ${held.version}, which comes after ${version}; release that by ${option} ${held.version}, or correct the file`,
    );
  change.text = held.with(version);
}

/** A path without links, also of a file that is not there yet. */
function whole(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  const link = lstatSync(file, { throwIfNoEntry: false });
  if (link?.isSymbolicLink()) throw new Error(`${file} is a link to what is not there; remove or correct it`);
  return join(whole(dirname(file)), basename(file));
}

/** All files of versions, each once. */
export const filesOf = (planned: { places: Found[]; changelog?: { change: FileChange } }[]): FileChange[] => [
  ...new Set(
    planned.flatMap(({ places, changelog }) => [
      ...places.map(({ change }) => change),
      ...(changelog ? [changelog.change] : []),
    ]),
  ),
];

/** Files that get another text. */
export const changesOf = (planned: Parameters<typeof filesOf>[0]): FileChange[] =>
  filesOf(planned).filter(({ was, text }) => was !== text);
