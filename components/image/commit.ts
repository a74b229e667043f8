/** The commit that is built, for tags and labels. */
import { execFileSync } from "node:child_process";

/** Of the CI run, otherwise of the checkout that holds the folder; undefined outside a checkout. */
export function commitOf(folder: string, variables: NodeJS.ProcessEnv = process.env): string | undefined {
  if (variables.GITHUB_SHA) return variables.GITHUB_SHA;
  try {
    return execFileSync("git", ["-C", folder, "rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}
