/** What a deployment costs beside its time. */
import { readFileSync } from "node:fs";
import type { Host } from "../support/ssh.ts";
import { countPrograms, type Programs } from "./programs.ts";

export interface Costly<T> {
  value: T;
  /** When the work began, in milliseconds since 1970. */
  begun: number;
  /** Processor seconds, user and system, of the programs that this process started and that ended meanwhile. */
  client_cpu: number;
  programs: Programs;
}

/** Does the work and says what it cost here and on the host. */
export async function withCost<T>(host: Host, work: () => Promise<T>): Promise<Costly<T>> {
  const programs = await countPrograms(host);
  const [begun, before] = [Date.now(), endedChildren(readFileSync("/proc/self/stat", "utf8"))];
  try {
    const value = await work();
    const client_cpu = endedChildren(readFileSync("/proc/self/stat", "utf8")) - before;
    return { value, begun, client_cpu, programs: programs.stop() };
  } catch (error) {
    programs.stop();
    throw error;
  }
}

/** Processor seconds of a process's children that have ended, and of theirs, from its `stat` (proc_pid_stat(5)). */
export function endedChildren(stat: string): number {
  // After the program's name, which may contain blanks: cutime and cstime are fields 16 and 17, in hundredths.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
