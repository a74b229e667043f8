/**
 * The library as the package has it: what throw-away projects load, as those of users do. In a folder of the tests, as
 * `npm pack`, which one of them runs, builds `dist/` anew while others deploy.
 */
import { execFileSync } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RepositorySpec } from "../../components/github/repository/spec.ts";
import { CHECKOUT } from "./run.ts";

const SOURCES = ["components/**/*", "policies/**/*", "toolchain/build.mjs", "package-lock.json"];
/** Below the checkout. */
export const BUILT = ".sandbox/built";
/** The last that the build writes. */
const LAST = `${BUILT}/components/library.js`;

const written = (path: string): number => statSync(join(CHECKOUT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Builds it if a source was changed since. */
export function ensureBuilt(): void {
  if (SOURCES.flatMap((pattern) => globSync(pattern, { cwd: CHECKOUT })).every((path) => written(path) < written(LAST)))
    return;
  // One project of vitest after the other asks.
  const stdio = ["ignore", "ignore", "inherit"] as const;
  execFileSync(process.execPath, ["toolchain/build.mjs", BUILT], { cwd: CHECKOUT, stdio: [...stdio] });
}

/** The files that a declaration generates, as the package writes them: they name the folder of its policies. */
export async function filesByPackage(key: string, spec: RepositorySpec): Promise<Record<string, string>> {
  const load = (path: string) => import(pathToFileURL(join(CHECKOUT, BUILT, "components", path)).href);
  const [{ generatedFiles }, { Problems }] = await Promise.all([
    load("github/repository/generated.js"),
    load("shared/problems.js"),
  ]);
  return generatedFiles(Problems.ofRepository(key), spec);
}

export default ensureBuilt;
