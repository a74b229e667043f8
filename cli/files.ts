/** Writes the files that a repository's declaration generates into a checkout. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkPaths } from "../components/github/repository/files.ts";
import { withGenerated } from "../components/github/repository/generated.ts";
import { shapeProblems } from "../components/github/repository/shape.ts";
import type { RepositorySpec } from "../components/github/repository/spec.ts";
import { Problems } from "../components/shared/problems.ts";
import { declarationOf } from "./declarations.ts";

/**
 * @param check only reports differences, and writes nothing
 * @returns how many files differed
 * @throws Error if there is no such repository, no checkout to write into, or the declaration has problems
 */
export async function files(repository: string, into: string, check: boolean): Promise<number> {
  if (!check && !existsSync(join(into, ".git")))
    throw new Error(`${into} is not a checkout of a repository; name one with --into`);
  const differing = Object.entries(filesOf(await declarationOf(repository))).filter(
    ([path, content]) => !isWritten(join(into, path), content),
  );
  for (const [path, content] of differing) {
    if (!check) write(join(into, path), content);
    process.stdout.write(`${check ? "differs" : "written"}: ${path}\n`);
  }
  if (differing.length === 0) process.stdout.write("all files are as declared\n");
  return differing.length;
}

function filesOf(spec: RepositorySpec): Record<string, string> {
  const misshapen = shapeProblems(spec);
  if (misshapen.length > 0) throw new Error(misshapen.join("\n"));
  const problems = Problems.ofRepository(spec.name);
  const content = withGenerated(problems, spec).files?.content ?? {};
  checkPaths(problems, Object.keys(content));
  if (problems.found.length > 0) throw problems.error();
  return content;
}

const isWritten = (path: string, content: string): boolean =>
  existsSync(path) && readFileSync(path, "utf8") === content;

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
