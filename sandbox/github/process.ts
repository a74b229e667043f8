import { spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { secretFile } from "../places.ts";
import { Failure, say, until } from "../run.ts";

/** The port of the sandbox's GitHub unless another is asked for. */
export const defaultPort = 8930;

/** Everything it keeps: state.json, token, calls.jsonl, log, pid. */
export const githubFolder = secretFile("github");

const program = join(import.meta.dirname, "main.ts");

export interface GithubAddress {
  /** For the provider's `baseUrl`. */
  url: string;
  /** A file with the token of the organisation's owner. */
  tokenFile: string;
}

export interface GithubPlace {
  /** Default: 8930. */
  port?: number;
  /** Default: `.sandbox/github` of the checkout. */
  folder?: string;
}

const urlOf = ({ port = defaultPort }: GithubPlace): string => `http://127.0.0.1:${port}/`;
const fileOf = ({ folder = githubFolder }: GithubPlace, name: string): string => join(folder, name);

/** Where it is reached, whether or not it runs. */
export const addressOf = (place: GithubPlace = {}): GithubAddress => ({ url: urlOf(place), tokenFile: fileOf(place, "token") });

/** The words of a process's command; none when there is no such process. */
function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** The process that the pid file names, if it is this program with this state and still runs. */
function runningPid(place: GithubPlace): number | undefined {
  try {
    const pid = Number(readFileSync(fileOf(place, "pid"), "utf8"));
    const command = commandOf(pid);
    return command.includes(program) && command.includes(fileOf(place, "state.json")) ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function pidAt(url: string): Promise<number | undefined> {
  const answer = await fetch(`${url}_sandbox/ping`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as { pid: number }).pid : undefined;
}

/** Whether the sandbox's GitHub runs and answers. */
export async function githubAnswers(place: GithubPlace = {}): Promise<boolean> {
  const pid = runningPid(place);
  return pid !== undefined && (await pidAt(urlOf(place))) === pid;
}

/** Starts GitHub in the background unless it runs, and waits until it answers. What it knew it still knows. */
export async function startGitHub(place: GithubPlace = {}): Promise<GithubAddress> {
  const address = addressOf(place);
  // Somebody else may be starting it right now.
  if (runningPid(place) !== undefined) await until("github", 10, () => githubAnswers(place)).catch(() => {});
  if (await githubAnswers(place)) return address;
  await stopGitHub(place);
  await makeRoom(address.url);
  mkdirSync(place.folder ?? githubFolder, { recursive: true, mode: 0o700 });
  const log = openSync(fileOf(place, "log"), "a", 0o600);
  const saidBefore = fstatSync(log).size;
  const options = ["--port", String(place.port ?? defaultPort), "--state", fileOf(place, "state.json")];
  const child = spawn(process.execPath, [program, ...options], { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  let ended = false;
  child.once("exit", () => (ended = true));
  child.unref();
  writeFileSync(fileOf(place, "pid"), String(child.pid), { mode: 0o600 });
  await until("github", 20, async () => {
    if (ended) throw new Failure(whyEnded(readFileSync(fileOf(place, "log")).subarray(saidBefore).toString()));
    return (await pidAt(address.url)) === child.pid;
  });
  say(`github: runs at ${address.url}`);
  return address;
}

/** Ends the GitHub of another checkout on the same port, whose state stays; anything else there is left alone. */
async function makeRoom(url: string): Promise<void> {
  const pid = await pidAt(url);
  const other = pid === undefined ? undefined : commandOf(pid).find((word) => word.endsWith(join(sep, "sandbox", "github", "main.ts")));
  if (pid === undefined || other === undefined) return;
  say(`github: that of ${join(other, "../../..")} runs at ${url}; ending it first (what it knows stays)`);
  process.kill(pid, "SIGTERM");
  await until("the other github's end", 10, async () => !existsSync(`/proc/${pid}`));
}

function whyEnded(said: string): string {
  const [, missing] = /Cannot find package '([^']+)'/.exec(said) ?? [];
  if (missing !== undefined) return `github: the npm package ${missing} is missing; install all of them: npm ci`;
  return `github: ended at once:\n  ${said.trim().split("\n").slice(-10).join("\n  ")}`;
}

/** Stops GitHub if it runs, and tells whether it did. A process that is not ours is left alone. */
export async function stopGitHub(place: GithubPlace = {}): Promise<boolean> {
  const pid = runningPid(place);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    await until("github's end", 10, async () => runningPid(place) === undefined);
  }
  rmSync(fileOf(place, "pid"), { force: true });
  return pid !== undefined;
}

/** Forgets everything that a stopped GitHub knew, tokens included. */
export const forgetGitHub = (place: GithubPlace = {}): void => rmSync(place.folder ?? githubFolder, { recursive: true, force: true });
