import { spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, sep } from "node:path";
import { folderHash } from "../folderHash.ts";
import { secretFile } from "../places.ts";
import { Failure, say, until } from "../run.ts";

/** The default port of the sandbox's GitHub. */
export const defaultPort = 8930;

/** Folder for everything it keeps: state.json, token, calls.jsonl, log. */
export const githubFolder = secretFile("github");

const program = join(import.meta.dirname, "main.ts");

interface GithubAddress {
  /** For the provider's `baseUrl`. */
  url: string;
  /** A file with the token of the organisation's owner. */
  tokenFile: string;
}

export interface GithubPlace {
  /** Default: 8930. */
  port?: number;
  /** Default: `.sandbox/github` in the checkout. */
  folder?: string;
}

const urlOf = ({ port = defaultPort }: GithubPlace): string => `http://127.0.0.1:${port}/`;
const fileOf = ({ folder = githubFolder }: GithubPlace, name: string): string => join(folder, name);

/** Where to reach it, whether or not it runs. */
export const addressOf = (place: GithubPlace = {}): GithubAddress => ({
  url: urlOf(place),
  tokenFile: fileOf(place, "token"),
});

/** The words of a process's command line; empty if there is no such process, or only its exit code is left. */
function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** The processes that run this program with this state, and are therefore ours to stop. */
function running(place: GithubPlace): number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => {
    const [, script, ...options] = commandOf(pid);
    return script === program && options.includes(fileOf(place, "state.json"));
  });
}

/** What the server at an address says about itself; undefined if it is not a sandbox's GitHub. */
async function ping(url: string): Promise<{ pid: number; sources?: string } | undefined> {
  try {
    const answer = await fetch(`${url}_sandbox/ping`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? ((await answer.json()) as { pid: number; sources?: string }) : undefined;
  } catch {
    return undefined;
  }
}

/** What the server with this state says about itself, if it answers. */
async function answerOf(place: GithubPlace): Promise<{ sources?: string } | undefined> {
  const found = await ping(urlOf(place));
  return found && running(place).includes(found.pid) ? found : undefined;
}

/** Whether the sandbox's GitHub runs and answers. */
export const githubAnswers = async (place: GithubPlace = {}): Promise<boolean> => (await answerOf(place)) !== undefined;

/** Whether it also runs this checkout's sources, and still has its files. */
const isCurrent = async (place: GithubPlace): Promise<boolean> =>
  (await answerOf(place))?.sources === (await folderHash(import.meta.dirname)) && existsSync(fileOf(place, "token"));

/** Starts GitHub in the background unless it already runs properly, and waits until it answers. Its state is kept. */
export async function startGitHub(place: GithubPlace = {}): Promise<GithubAddress> {
  const address = addressOf(place);
  const found = running(place);
  // Someone else may be starting it right now.
  if (found.length > 0) await until("github", 10, () => githubAnswers(place)).catch(() => {});
  if (await isCurrent(place)) return address;
  await end(found, place);
  await makeRoom(place);
  mkdirSync(place.folder ?? githubFolder, { recursive: true, mode: 0o700 });
  const log = openSync(fileOf(place, "log"), "a", 0o600);
  const offset = fstatSync(log).size;
  const options = ["--port", String(place.port ?? defaultPort), "--state", fileOf(place, "state.json")];
  const child = spawn(process.execPath, [program, ...options], { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  let ended = false;
  child.once("exit", () => (ended = true));
  child.unref();
  await until("github", 20, async () => {
    // Another one, started at the same time, may have been first.
    if (ended && running(place).length === 0)
      throw new Failure(exitReason(readFileSync(fileOf(place, "log")).subarray(offset).toString()));
    return githubAnswers(place);
  });
  say(`github: runs at ${address.url}`);
  return address;
}

/** Stops another checkout's GitHub on the same port, and keeps its state; anything else there is left alone. */
async function makeRoom(place: GithubPlace): Promise<void> {
  const url = urlOf(place);
  const pid = (await ping(url))?.pid;
  if (pid === undefined || running(place).includes(pid)) return;
  const programOf = (): string | undefined =>
    commandOf(pid).find((word) => word.endsWith(join(sep, "sandbox", "github", "main.ts")));
  const other = programOf();
  if (other === undefined) return;
  say(`github: that of ${join(other, "../../..")} runs at ${url}; ending it first (what it knows stays)`);
  process.kill(pid, "SIGTERM");
  await until("the other github's end", 10, async () => programOf() === undefined);
}

function exitReason(output: string): string {
  const [, missing] = /Cannot find package '([^']+)'/.exec(output) ?? [];
  if (missing !== undefined) return `github: the npm package ${missing} is missing; install all of them: npm ci`;
  return `github: ended at once:\n  ${output.trim().split("\n").slice(-10).join("\n  ")}`;
}

async function end(pids: number[], place: GithubPlace): Promise<void> {
  const left = (): number[] => running(place).filter((pid) => pids.includes(pid));
  for (const pid of left()) process.kill(pid, "SIGTERM");
  await until("github's end", 10, async () => left().length === 0);
}

/** Stops GitHub if it runs, and returns whether it did. A process that is not ours is left alone. */
export async function stopGitHub(place: GithubPlace = {}): Promise<boolean> {
  const found = running(place);
  await end(found, place);
  return found.length > 0;
}

/** Removes the complete state of a stopped GitHub, including tokens. */
export const forgetGitHub = (place: GithubPlace = {}): void =>
  rmSync(place.folder ?? githubFolder, { recursive: true, force: true });
