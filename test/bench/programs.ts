/** Which programs the SSH sessions of a sandbox host start, as the kernel of this machine traces them. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expectOk, run } from "../support/run.ts";
import type { Host } from "../support/ssh.ts";

export type Programs =
  | { total: number; by_name: Record<string, number> }
  /** Where the kernel's tracing is out of reach. */
  | { total: null; reason: string };

const TRACING = "/sys/kernel/tracing";
/** A trace of the bench's own, beside which others go on. */
const INSTANCE = join(TRACING, "instances/slipway-bench");

/** Counts until `stop`: each `exec` of what sshd starts. What dockerd and cron start is not among it. */
export async function countPrograms(target: Host): Promise<{ stop(): Programs }> {
  try {
    await trace(await sshd(target));
  } catch (error) {
    remove();
    return { stop: () => ({ total: null, reason: (error as Error).message }) };
  }
  return {
    stop: () => {
      const by_name = programsIn(readFileSync(join(INSTANCE, "trace"), "utf8"));
      remove();
      return { total: Object.values(by_name).reduce((sum, count) => sum + count, 0), by_name };
    },
  };
}

/** Ids of the host's sshd on this machine. */
async function sshd({ container }: Host): Promise<string[]> {
  const { stdout } = expectOk(await run("docker", ["top", container, "-eo", "pid,comm"]));
  const ids = [...stdout.matchAll(/^\s*(\d+)\s+sshd/gm)].map(([, id]) => id!);
  if (ids.length === 0) throw new Error(`no sshd runs in ${container}`);
  return ids;
}

async function trace(ids: string[]): Promise<void> {
  if (!existsSync(join(TRACING, "instances"))) expectOk(await run("mount", ["-t", "tracefs", "tracefs", TRACING]));
  remove();
  mkdirSync(INSTANCE);
  const set = (file: string, value: string): void => writeFileSync(join(INSTANCE, file), value);
  set("options/event-fork", "1");
  set("set_event_pid", ids.join(" "));
  set("events/sched/sched_process_exec/enable", "1");
}

function remove(): void {
  if (existsSync(INSTANCE)) rmdirSync(INSTANCE);
}

/** Names of the started programs in the text of a trace, and how often each was started; the most frequent first. */
export function programsIn(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, file] of text.matchAll(/ sched_process_exec: filename=(\S+) /g)) {
    const name = basename(file!);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}
