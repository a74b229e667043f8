/** Files replaced whole, and given back. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileChange } from "./files.ts";

/** Files of a repository that are replaced together, or not at all. */
export class Replaced {
  readonly #root: string;
  /** Folders that were not there, the outermost first. */
  readonly #folders: string[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  replace({ path, text, encoding }: FileChange): void {
    const file = join(this.#root, path);
    this.#makeFolder(dirname(file));
    replaceFile(file, text, encoding);
  }

  /** @returns what could not be given back */
  giveBack(files: FileChange[]): string[] {
    const failed: string[] = [];
    for (const { path, was, encoding } of files) {
      try {
        const file = join(this.#root, path);
        const isThere = existsSync(file);
        if (was === undefined) rmSync(file, { force: true });
        else if (!isThere || readFileSync(file, encoding) !== was) this.replace({ path, was, text: was, encoding });
      } catch (error) {
        failed.push((error as Error).message);
      }
    }
    for (const folder of this.#folders.toReversed()) {
      try {
        rmdirSync(folder);
      } catch {
        // Somebody has put something there, or git has removed it.
      }
    }
    return failed;
  }

  #makeFolder(folder: string): void {
    if (existsSync(folder)) return;
    this.#makeFolder(dirname(folder));
    mkdirSync(folder);
    this.#folders.push(folder);
  }
}

/** Replaces a file in one step: whatever ends this, it has its whole old or its whole new text, or is not there yet. */
function replaceFile(file: string, text: string, encoding: FileChange["encoding"]): void {
  const beside = join(dirname(file), `.${basename(file)}.slipway`);
  const old = lstatSync(file, { throwIfNoEntry: false });
  try {
    rmSync(beside, { force: true });
    writeFileSync(beside, text, { encoding, flag: "wx" });
    if (old) chmodSync(beside, old.mode);
    // Whoever may give files away keeps them the owner's.
    if (old && process.getuid?.() === 0) chownSync(beside, old.uid, old.gid);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new Error(`${file} cannot be written: ${(error as Error).message}`);
  }
}
