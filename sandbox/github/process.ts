import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { secretFile } from "../places.ts";
import { Failure, say, until } from "../run.ts";

/** The port of the sandbox's GitHub unless another is asked for. */
export const defaultPort = 8930;

/** Everything it keeps: state.json, token, calls.jsonl, log, pid. */
export const githubFile = (...names: string[]): string => secretFile("github", ...names);

const program = join(import.meta.dirname, "main.ts");

export interface GithubAddress {
  /** For the provider's `baseUrl`. */
  url: string;
  /** A file with the token of the organisation's owner. */
  tokenFile: string;
}

/** The process that the pid file names, if it is this program and still runs. */
function runningPid(): number | undefined {
  try {
    const pid = Number(readFileSync(githubFile("pid"), "utf8"));
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return command.includes(program) ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function pidAt(url: string): Promise<number | undefined> {
  const answer = await fetch(`${url}_sandbox/ping`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as { pid: number }).pid : undefined;
}

/** Whether the sandbox's GitHub runs and answers. */
export async function githubAnswers(port = defaultPort): Promise<boolean> {
  const pid = runningPid();
  return pid !== undefined && (await pidAt(`http://127.0.0.1:${port}/`)) === pid;
}

/** Starts GitHub in the background unless it runs, and waits until it answers. What it knew it still knows. */
export async function startGitHub(port = defaultPort): Promise<GithubAddress> {
  const url = `http://127.0.0.1:${port}/`;
  const address = { url, tokenFile: githubFile("token") };
  if (await githubAnswers(port)) return address;
  await stopGitHub();
  mkdirSync(githubFile(), { recursive: true, mode: 0o700 });
  const log = openSync(githubFile("log"), "a", 0o600);
  const child = spawn(process.execPath, [program, "--port", String(port), "--state", githubFile("state.json")], { detached: true, stdio: ["ignore", log, log] });
  let ended = false;
  child.once("exit", () => (ended = true));
  child.unref();
  writeFileSync(githubFile("pid"), String(child.pid), { mode: 0o600 });
  await until("github", 20, async () => {
    if (ended) throw new Failure(`github: ended at once:\n  ${lastLines()}`);
    return (await pidAt(url)) === child.pid;
  });
  say(`github: runs at ${url}`);
  return address;
}

const lastLines = (): string => readFileSync(githubFile("log"), "utf8").trim().split("\n").slice(-10).join("\n  ");

/** Stops GitHub if it runs; with `forget` what it knew goes too. A process that is not ours is left alone. */
export async function stopGitHub(forget = false): Promise<boolean> {
  const pid = runningPid();
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    await until("github's end", 10, async () => runningPid() === undefined);
  }
  rmSync(forget ? githubFile() : githubFile("pid"), { recursive: true, force: true });
  return pid !== undefined;
}
