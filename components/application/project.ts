/** Files of a project, as a release takes them along. */
import { posix } from "node:path";
import { exclusions } from "../compose/ignore.ts";
import type { Entry } from "./entry.ts";
import type { PlanContext } from "./model.ts";

/** A file of a folder, by its path there. */
export interface FoundFile {
  path: string;
  size: number;
  executable: boolean;
  content: () => Uint8Array;
}

export type Found =
  | { kind: "nothing" }
  | { kind: "file" | "folder"; files: FoundFile[] }
  /** It cannot go along; the text follows the value. */
  | { kind: "problem"; remedy: string };

export const IGNORE_FILE = ".slipwayignore";

/** More are hardly meant. */
const MOST_FILES = 2000;
const DEEPEST = 40;

/** Two releases of one project are the same wherever they are made, so a file's name decides where it comes, not the folder's order. */
const byPath = (a: FoundFile, b: FoundFile): number => (a.path < b.path ? -1 : 1);

/** What git knows of a path: a developer's own files are ignored there, and a pipeline has none of them. */
const isAmong = (path: string, ignored: string[]): boolean =>
  ignored.some((one) => (one.endsWith("/") ? `${path}/`.startsWith(one) : path === one));

export class Project {
  private readonly context: PlanContext;
  /** The folder of the Compose file; of a declaration that of the program. */
  private readonly folder: string;
  private excluded: ((path: string) => boolean) | undefined;

  constructor(context: PlanContext, folder: string) {
    this.context = context;
    this.folder = folder;
  }

  /** @param path within the project, as `insideOf` gives it */
  entry(path: string): Entry | undefined {
    return this.context.entry(posix.join(this.folder, path), this.folder);
  }

  /**
   * What a mount of a path would bring along; nothing for what is not there, empty or excluded.
   * @param isWritten the application writes there, too: then what git ignores is a developer's own
   */
  mounted(path: string, isWritten: boolean): Found {
    if (path !== "." && this.isExcluded(path)) return { kind: "nothing" };
    const entry = this.entry(path);
    if (entry === undefined) return { kind: "nothing" };
    if (entry.kind === "file") return { kind: "file", files: [{ ...entry, path: posix.basename(path) }] };
    if (entry.kind !== "folder") return problem(entry, path);
    const found = this.within(path, entry.names, isWritten);
    return "remedy" in found
      ? { kind: "problem", ...found }
      : found.files.length > 0
        ? { kind: "folder", ...found }
        : { kind: "nothing" };
  }

  private isExcluded(path: string): boolean {
    this.excluded ??= exclusions(this.textOf(IGNORE_FILE));
    return this.excluded(path);
  }

  private textOf(path: string): string | undefined {
    const entry = this.entry(path);
    return entry?.kind === "file" ? Buffer.from(entry.content()).toString("utf8") : undefined;
  }

  private within(folder: string, names: string[], isWritten: boolean): { files: FoundFile[] } | { remedy: string } {
    const ignored = (isWritten && this.context.ignored?.(posix.join(this.folder, folder))) || [];
    const files: FoundFile[] = [];
    const waiting = names.map((name) => ({ path: name, depth: 1 }));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { path, depth } = next;
      const whole = posix.join(folder, path);
      if (this.isExcluded(whole) || isAmong(path, ignored)) continue;
      const entry = this.entry(whole);
      if (entry === undefined) continue;
      if (entry.kind === "folder") {
        if (depth >= DEEPEST)
          return { remedy: `has folders within folders, ${DEEPEST} deep; take ${JSON.stringify(whole)} out` };
        waiting.push(...entry.names.map((name) => ({ path: `${path}/${name}`, depth: depth + 1 })));
      } else if (entry.kind === "file") {
        if (!isPlain(path))
          return { remedy: `has a file whose name cannot be sent: ${JSON.stringify(path)}; rename it` };
        files.push({ ...entry, path });
      } else {
        const { remedy } = problem(entry, whole);
        return { remedy: `has ${JSON.stringify(path)} within, which ${remedy}` };
      }
      if (files.length > MOST_FILES)
        return {
          remedy: `has more than ${MOST_FILES} files; put them into the image, or name in ${IGNORE_FILE} what is not needed`,
        };
    }
    return { files: files.sort(byPath) };
  }
}

/** Paths that both sides and every tool in between take as they are. */
const isPlain = (path: string): boolean =>
  /^[^\\\p{Cc}]{1,1000}$/u.test(path) && path.split("/").every((part) => part.length <= 200);

const problem = (entry: Extract<Entry, { kind: "outside" | "other" }>, path: string) =>
  ({
    kind: "problem",
    remedy:
      entry.kind === "outside"
        ? `is a link to a place outside of the project, and nothing from there goes along; copy it, or take it out`
        : `cannot be sent: ${entry.why}; mend that, or name ${JSON.stringify(path)} in ${IGNORE_FILE}`,
  }) as const;

/** A path within the project, without `./` in front; undefined for one that leads out of it. */
export function insideOf(path: string): string | undefined {
  const normal = posix.normalize(path).replace(/(?<=.)\/+$/, "");
  return normal === ".." || normal.startsWith("../") || normal.startsWith("/") ? undefined : normal;
}
