/** Checks whether node_modules matches package-lock.json: exits with 0, or with 1 and the first difference. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

export interface LockedPackage {
  version?: string;
  optional?: boolean;
  devOptional?: boolean;
  peer?: boolean;
}
export type Packages = Record<string, LockedPackage>;

/** The first package that is missing or has a different version, as a sentence; undefined if everything is in place. */
export function difference(locked: Packages, installed: Packages): string | undefined {
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === "") continue;
    const found = installed[path];
    if (found === undefined) {
      if (wanted.optional || wanted.devOptional) continue;
      return `${path} is not installed`;
    }
    if (found.version !== wanted.version) return `${path} is ${found.version}, not ${wanted.version}`;
  }
  return undefined;
}

function packages(file: string): Packages {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { packages: Packages }).packages;
  } catch {
    return {};
  }
}

if (import.meta.main) {
  const root = process.argv[2] ?? ".";
  const firstDifference = difference(
    packages(join(root, "package-lock.json")),
    packages(join(root, "node_modules/.package-lock.json")),
  );
  if (firstDifference !== undefined) {
    console.error(firstDifference);
    process.exitCode = 1;
  }
}
