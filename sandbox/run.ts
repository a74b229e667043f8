import { spawn } from "node:child_process";

export interface RunOptions {
  /** Text for the standard input. */
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Seconds after which the command is stopped. Default: none. */
  timeout?: number;
  /** Hand the terminal over instead of collecting the output. */
  inherit?: boolean;
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** An error whose message is meant for the person at the terminal, without a stack trace. */
export class Failure extends Error {}

/** Runs a command and reports how it ended; throws only when it cannot be started. */
export function attempt(command: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: options.inherit ? "inherit" : "pipe",
      ...(options.timeout === undefined ? {} : { timeout: options.timeout * 1000 }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Failure(error.code === "ENOENT" ? `${command}: not found on this machine; install it` : error.message),
      ),
    );
    child.on("close", (code, signal) =>
      resolve({ code: code ?? 1, stdout, stderr: signal === null ? stderr : `${stderr}\nended by ${signal}` }),
    );
  });
}

/** Runs a command and returns its trimmed output; if it fails, throws with its last lines. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const outcome = await attempt(command, args, options);
  if (outcome.code === 0) return outcome.stdout.trim();
  const lastLines = `${outcome.stdout}\n${outcome.stderr}`.trim().split("\n").slice(-25).join("\n  ");
  throw new Failure(`${command} ${args.slice(0, 4).join(" ")} ended with ${outcome.code}:\n  ${lastLines}`);
}

const started = performance.now();

/** One progress line with the seconds since the start. */
export function say(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`[${seconds.padStart(5)} s] ${text}`);
}

export const sleep = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

/** Asks every 0.1 s until the answer is true; throws if that takes longer than `seconds`. */
export async function until(what: string, seconds: number, ready: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await ready())) {
    if (performance.now() > deadline) throw new Failure(`${what}: not ready after ${seconds} s`);
    await sleep(0.1);
  }
}
