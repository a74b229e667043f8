/**
 * Prints the next version of the repository around this folder, or says why there is none. The workflow `release` runs it:
 * `node toolchain/writeNextScript.ts` puts it, with all that it needs, into components/github/workflows/nextScript.ts.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STYLES } from "../../components/versions/commits.ts";
import { IDENTIFIER, lineOf, RULES, type Rules } from "../../components/versions/next.ts";
import { decide, requireAll } from "./decide.ts";
import { Git } from "./git.ts";

const FILE = ".slipway/version.json";

function rulesIn(file: string): Rules {
  if (!existsSync(file)) return RULES;
  const { packages, tag = RULES.tag, commits, prereleases, branches } = JSON.parse(readFileSync(file, "utf8"));
  if (packages !== undefined || tag !== RULES.tag)
    throw new Error(`${FILE} names packages or other tags, of which a version must be named by hand`);
  // No schema is here; what it would not let through must not make another version.
  const identifiers: unknown[] = Object.values(prereleases ?? {});
  if (
    !STYLES.includes(commits ?? RULES.commits) ||
    identifiers.some((id) => typeof id !== "string" || !IDENTIFIER.test(id))
  )
    throw new Error(`${FILE} says what cannot be; slipway version tells what`);
  return {
    tag,
    commits: commits ?? RULES.commits,
    prereleases: prereleases ?? RULES.prereleases,
    branches: branches ?? [],
  };
}

try {
  const git = new Git(".");
  requireAll(git);
  const rules = rulesIn(join(git.root, FILE));
  const decided = decide(git, { path: ".", rules }, lineOf(git.branch, git.tags, rules));
  if ("nothing" in decided) process.stderr.write(`::notice::${decided.nothing}: there is nothing to release.\n`);
  else process.stdout.write(`${decided.version}\n`);
} catch (error) {
  process.stderr.write(`::error::${(error as Error).message.replace(/[\r\n]+/g, " ")}\n`);
  process.exitCode = 1;
}
