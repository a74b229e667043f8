/** The state of a stack, asked of `pulumi` whatever its backend and condition. */
import { spawnSync } from "node:child_process";
import type { Resource } from "../../components/state/kept.ts";
import { readStateFile, type StackState } from "../../components/state/stateFile.ts";
import type { Project } from "../check/stackSettings.ts";

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

/** @throws Error if the state of a stack cannot be read */
export function resourcesOf({ name }: Project, stack: string): Resource[] {
  const state = readStateFile({ project: name, stack }, process.cwd()) ?? exported(stack);
  return state.deployment?.resources ?? [];
}

function exported(stack: string): StackState {
  try {
    return JSON.parse(stateNow(stack)) as StackState;
  } catch (error) {
    throw new Error(
      `what ${stack} has confirmed cannot be read: ${(error as Error).message}; mend that, and run this again`,
    );
  }
}
