/** Credentials of a deployment, from a `.env`: to its environment, and nowhere else. No value is told. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDotenv } from "../../../components/compose/dotenv.ts";
import type { Git } from "../../version/git.ts";
import { commonDir } from "../place.ts";

/** Why git would give it away; undefined where it would not. */
export function dotenvProblem(git: Git, path: string): string | undefined {
  if (git.try(["ls-files", "--error-unmatch", "--", path]).status === 0)
    return `${path} is tracked by git, so everybody who has the repository has what is in it; git rm --cached ${path}, add it to .gitignore, and change the secrets`;
  if (git.try(["check-ignore", "--quiet", "--", path]).status !== 0)
    return `${path} is not ignored by git, so the next commit might take it along; add it to .gitignore`;
  return undefined;
}

/**
 * @returns its variables; of those that are set already, none
 * @throws Error where it is not there, cannot be read, or git would give it away
 */
export function readCredentials(git: Git, path: string): Record<string, string> {
  const problem = dotenvProblem(git, path);
  if (problem !== undefined) throw new Error(problem);
  // A linked worktree has what is tracked, alone.
  const file = [git.root, dirname(commonDir(git))].map((root) => join(root, path)).find(existsSync);
  if (file === undefined) throw new Error(`${path} is not there; write it, or take "env" out of .slipway/hooks.json`);
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
  const { entries, unread } = parseDotenv(text, environment);
  if (unread.length > 0)
    throw new Error(`${path}: line ${unread.join(", ")} cannot be read; write NAME=value, or a # before it`);
  return Object.fromEntries(
    entries.flatMap(({ name, value }) => (Object.hasOwn(environment, name) ? [] : [[name, value]])),
  );
}
