/** This package, as a project depends on it. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Manifest, ownManifest } from "../../components/shared/ownPackage.ts";
import type { Package } from "./render.ts";

/**
 * @param from tarball or Git URL that the command line names
 * @throws Error if neither says where the package comes from
 */
export function libraryOf(project: string, from: string | undefined): Package {
  const { name, devDependencies } = ownManifest();
  const file = join(project, "package.json");
  const dependsOn = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Manifest).dependencies?.[name]
    : undefined;
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
