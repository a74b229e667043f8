/** This package, as a project depends on it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Package } from "./render.ts";

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const read = (file: string | URL): Manifest => JSON.parse(readFileSync(file, "utf8")) as Manifest;

/** The package's own package.json: beside the sources, or above `dist`. */
export function ownManifest(): Manifest {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return read(file);
  }
}

/**
 * @param from tarball or Git URL that the command line names
 * @throws Error if neither says where the package comes from
 */
export function libraryOf(project: string, from: string | undefined): Package {
  const { name, devDependencies } = ownManifest();
  const file = join(project, "package.json");
  const dependsOn = existsSync(file) ? read(file).dependencies?.[name] : undefined;
  const spec = dependsOn ?? (from === undefined ? undefined : specOf(project, from));
  if (spec === undefined)
    throw new Error(
      `${file} does not depend on ${name} yet; install it there first (npm install, with the tarball or the Git URL), or name that with --from`,
    );
  return { name, spec, typescript: devDependencies!.typescript! };
}

/** A file is named from the project's folder. */
const specOf = (project: string, from: string): string =>
  existsSync(from) ? `file:${relative(project, resolve(from))}` : from;
