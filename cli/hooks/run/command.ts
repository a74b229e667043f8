/** Runs a line of `.slipway/hooks.json`, and waits for its end, whatever comes meanwhile. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { HOOK_RUNNING } from "../../version/apply.ts";
import type { Git } from "../../version/git.ts";

/** Ended by Ctrl-C. */
export const INTERRUPTED = 130;

/** A terminal sends Ctrl-C to all that runs there: what was started ends by itself, and is waited for. */
export function outliving(): { wasInterrupted: () => boolean; end: () => void } {
  let interrupted = false;
  const note = (): void => void (interrupted = true);
  process.on("SIGINT", note);
  return { wasInterrupted: () => interrupted, end: () => process.off("SIGINT", note) };
}

/** @param extra variables for it @returns its exit code; 130 after Ctrl-C */
export async function runLine(
  git: Git,
  line: string,
  name: string,
  extra: Record<string, string> = {},
): Promise<number> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...extra, [HOOK_RUNNING]: name };
  // Of this repository, and of what git is doing: not for what the line does in others.
  for (const variable of git.run(["rev-parse", "--local-env-vars"]).split("\n")) delete env[variable];
  const watch = outliving();
  // The standard output is git's own: `git push --porcelain`.
  const child = spawn("sh", ["-c", line], { cwd: git.root, env, stdio: ["ignore", 2, 2] });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGTERM", pass).on("SIGHUP", pass);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return watch.wasInterrupted() || signal === "SIGINT" ? INTERRUPTED : (code ?? 1);
  } finally {
    watch.end();
    process.off("SIGTERM", pass).off("SIGHUP", pass);
  }
}
