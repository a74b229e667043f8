/** Peak memory of a running `pulumi`, of the program that it runs, and of its plugins. */
import { readdirSync, readFileSync } from "node:fs";

/** Mebibytes. */
export interface Memory {
  engine: number;
  program: number;
  plugins: number;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function descendants(pid: number): number[] {
  let threads: string[] = [];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  const children = threads.flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function kind(pid: number): keyof Memory {
  const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
  if (/pulumi-(language|resource)-/.test(command.split(" ")[0]!)) return "plugins";
  return /@pulumi\/pulumi\/cmd\/run/.test(command) ? "program" : "engine";
}

/** Looks every 200 ms until `stop`, which gives the highest peak of each kind of process (VmHWM). */
export function watchMemory(pid: number): { stop(): Memory } {
  const peaks = new Map<number, { kind: keyof Memory; kib: number }>();
  const look = (): void => {
    for (const one of [pid, ...descendants(pid)]) {
      const kib = Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${one}/status`))?.[1] ?? 0);
      if (kib > 0) peaks.set(one, { kind: one === pid ? "engine" : kind(one), kib });
    }
  };
  look();
  const timer = setInterval(look, 200);
  return {
    stop: () => {
      clearInterval(timer);
      const memory: Memory = { engine: 0, program: 0, plugins: 0 };
      for (const entry of peaks.values())
        memory[entry.kind] = Math.max(memory[entry.kind], Math.round(entry.kib / 1024));
      return memory;
    },
  };
}
