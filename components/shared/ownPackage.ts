/** This package itself, wherever it runs from. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Manifest {
  name: string;
  version: string;
  homepage?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** The folder with its package.json: that of the sources, or above `dist`. */
export function ownFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder))
    if (existsSync(join(folder, "package.json"))) return folder;
}

export const ownManifest = (): Manifest =>
  JSON.parse(readFileSync(join(ownFolder(), "package.json"), "utf8")) as Manifest;

/** Whether it runs as others install it; a clone runs from its sources. */
export const isBuilt = import.meta.filename.endsWith(".js");
