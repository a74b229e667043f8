/** Runs the commands that tell secrets: each once, all at the same time. What they print is never shown. */
import { spawn } from "node:child_process";
import type { Told } from "./commands.ts";
import { place } from "./problems.ts";

/** Milliseconds that a command may take: a password manager may ask for a finger. */
const PATIENCE_MS = 60_000;
/** Bytes of a secret at most. */
const MOST = 1024 * 1024;

type Answer = { value: string } | { problem: string };

/** @returns what each command told, in their order; problems name the entry and the reason, and never what was printed */
export async function tellAll(
  commands: Told[],
  patience = PATIENCE_MS,
): Promise<{ values: string[]; problems: string[] }> {
  const asked: Record<string, Promise<Answer>> = {};
  const answers = await Promise.all(commands.map(({ command }) => (asked[command] ??= ask(command, patience))));
  return {
    values: answers.map((answer) => ("value" in answer ? answer.value : "")),
    problems: answers.flatMap((answer, index) =>
      "problem" in answer ? [`${place(commands[index]!.path)}: its command ${answer.problem}`] : [],
    ),
  };
}

function ask(command: string, patience: number): Promise<Answer> {
  return new Promise((resolve) => {
    // In a group of its own, so that what it started ends with it. Nothing is asked of whoever sits at the terminal by stdin.
    const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let [out, said, late] = [Buffer.alloc(0), "", false];
    const end = (): void => {
      try {
        process.kill(-child.pid!, "SIGKILL");
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(() => {
      late = true;
      end();
    }, patience);
    child.stdout.on("data", (part: Buffer) => {
      out = Buffer.concat([out, part]);
      if (out.length > MOST) end();
    });
    child.stderr.on("data", (part: Buffer) => {
      said = (said + part.toString()).slice(0, 1000);
    });
    child.once("error", ({ message }) => {
      clearTimeout(timer);
      resolve({ problem: `cannot be run: ${message}` });
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve(answerOf(out, said, { code, signal, late, patience }));
    });
  });
}

function answerOf(
  out: Buffer,
  said: string,
  { code, signal, late, patience }: { code: number | null; signal: string | null; late: boolean; patience: number },
): Answer {
  if (late) return { problem: `did not end within ${patience / 1000} s; run it by hand` };
  if (out.length > MOST) return { problem: `printed more than ${MOST / 1024 / 1024} MiB, which is no secret` };
  if (code !== 0)
    return { problem: `${code === null ? `was ended by ${signal}` : `ended with ${code}`}${reason(said)}` };
  const value = out.toString("utf8").replace(/\r?\n$/, "");
  return value === "" ? { problem: `printed nothing; run it by hand` } : { value };
}

/** The first line of what it said of its failure. */
function reason(said: string): string {
  const line = said.split("\n").find((text) => text.trim() !== "");
  return line === undefined
    ? "; run it by hand"
    : `: ${line
        .replace(/[^\x20-\x7e]/g, " ")
        .trim()
        .slice(0, 200)}`;
}
