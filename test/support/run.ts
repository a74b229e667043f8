import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The checkout that is tested. */
export const CHECKOUT = join(import.meta.dirname, "../..");

export interface Result {
  command: string;
  /** The exit code; 128 + signal number after a signal, 124 after the time limit. */
  code: number;
  stdout: string;
  stderr: string;
  seconds: number;
}

export interface RunOptions {
  cwd?: string;
  /** Added to this process's environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** Given on standard input, which is then closed. */
  input?: string;
  /** Leaves standard input open after `input`, until `endInput`. */
  keepInput?: boolean;
  /** After it the whole process group is killed. Default 300. */
  timeoutSeconds?: number;
}

export interface Running {
  pid: number;
  result: Promise<Result>;
  /** Standard output and error so far. */
  output(): string;
  /** Resolves once the output matches; rejects when the process ends first. */
  until(pattern: RegExp): Promise<void>;
  endInput(): void;
  /** Gives it this on standard input; see `keepInput`. */
  write(text: string): void;
  /** Signals the process alone (default), or the group of all that it started. */
  kill(signal?: NodeJS.Signals, scope?: "process" | "group"): void;
}

/** Exited processes whose children keep the pipes open are not waited for longer than this. */
const PIPE_GRACE_MS = 2000;
const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
const alive = new Set<number>();

/** Ends every process that runs, with what it started. */
export const endAll = (): void => alive.forEach((pid) => signalGroup(pid, "SIGKILL"));
process.on("exit", endAll);

/** Starts a process in a group of its own, which ends with this process. */
export function start(command: string, args: string[], options: RunOptions = {}): Running {
  const { cwd = CHECKOUT, env = {}, input = "", keepInput = false, timeoutSeconds = 300 } = options;
  const startedAt = performance.now();
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: "pipe" });
  const pid = child.pid ?? 0;
  if (pid > 0) alive.add(pid);
  const text = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      text[stream] += chunk;
      watchers.forEach((watcher) => watcher());
    });
  }
  child.stdin.on("error", () => undefined);
  if (keepInput) child.stdin.write(input);
  else child.stdin.end(input);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    signalGroup(pid, "SIGKILL");
  }, timeoutSeconds * 1000);
  const result = ending(child).then(({ code, signal }) => {
    clearTimeout(timer);
    alive.delete(pid);
    const exit = timedOut ? 124 : (code ?? 128 + (SIGNAL_NUMBERS[signal ?? "SIGTERM"] ?? 0));
    return {
      command: [command, ...args].join(" "),
      code: exit,
      ...text,
      seconds: (performance.now() - startedAt) / 1000,
    };
  });
  result.catch(() => undefined);
  const output = (): string => text.stdout + text.stderr;
  return {
    pid,
    result,
    output,
    endInput: () => child.stdin.end(),
    write: (text) => void child.stdin.write(text),
    kill: (signal = "SIGTERM", scope = "process") =>
      scope === "group" ? signalGroup(pid, signal) : void child.kill(signal),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(output())) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        result.then(
          ({ code }) => reject(new Error(`ended with ${code} before ${pattern} was seen:\n${output()}`)),
          reject,
        );
      }),
  };
}

/** Runs a process to its end. Rejects only when it cannot be started. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Result> {
  return start(command, args, options).result;
}

/** The result itself when the code is 0; throws with the command and all its output otherwise. */
export function expectOk<T extends Result>(result: T): T {
  if (result.code === 0) return result;
  throw new Error(
    `exit code ${result.code} after ${result.seconds.toFixed(1)} s: ${result.command}\n${result.stdout}${result.stderr}`,
  );
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(-pid, signal);
  } catch {
    alive.delete(pid);
  }
}

function ending(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
    child.once(
      "exit",
      (code, signal) => void sleep(PIPE_GRACE_MS, undefined, { ref: false }).then(() => resolve({ code, signal })),
    );
  });
}
