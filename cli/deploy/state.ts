/** The state of a stack, asked of `pulumi` whatever its backend and condition. */
import { spawnSync } from "node:child_process";

/** @throws Error with what `pulumi` says */
export function askPulumi(words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync("pulumi", [...words, "--non-interactive", "--color", "never"], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new Error(`pulumi ${words[0]} failed: ${error?.message ?? stderr.trim()}`);
}

/** As text, secrets encrypted. */
export const stateNow = (stack: string): string => askPulumi(["stack", "export", "--stack", stack]);
