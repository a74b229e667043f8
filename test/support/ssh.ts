import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT, expectOk, type Result, type Running, type RunOptions, run, start } from "./run.ts";

/** Keys and passwords of the sandbox. */
export const SANDBOX = join(CHECKOUT, ".sandbox");

export interface Host {
  number: number;
  address: string;
  /** Name of the host's container on this machine. */
  container: string;
  /** Runs a shell command as `deploy`; the result carries the code, it does not throw. */
  exec(command: string, options?: RunOptions): Promise<Result>;
  /** Standard output of a command that must succeed. */
  ask(command: string, options?: RunOptions): Promise<string>;
  start(command: string, options?: RunOptions): Running;
  /** Content of a file, read as root. */
  read(path: string): Promise<string>;
  /** Writes a file as root, with the folders above it; mode in octal digits, default 644. */
  write(path: string, content: string, mode?: string): Promise<void>;
}

/** Host N of the sandbox, over the system's ssh with a strict host key check; with another private key than the administrator's, if a file is named. */
export function host(number: number, key = join(SANDBOX, "id_ed25519")): Host {
  const address = `10.213.77.${10 + number}`;
  const shell = (command: string): string[] => [...options(number, address, key), `deploy@${address}`, command];
  const exec = (command: string, runOptions: RunOptions = {}): Promise<Result> =>
    run("ssh", shell(command), { timeoutSeconds: 60, ...runOptions });
  const ask = async (command: string, runOptions: RunOptions = {}): Promise<string> =>
    expectOk(await exec(command, runOptions)).stdout;
  return {
    number,
    address,
    container: `slipway-sandbox-host-${number}`,
    exec,
    ask,
    start: (command, runOptions) => start("ssh", shell(command), runOptions),
    read: (path) => ask(`sudo cat -- ${quote(path)}`),
    write: async (path, content, mode = "644") => {
      await ask(`sudo install -D -m ${mode} /dev/stdin ${quote(path)}`, { input: content });
    },
  };
}

/** One word for a POSIX shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function options(number: number, address: string, key: string): string[] {
  const settings = {
    BatchMode: "yes",
    ConnectTimeout: "10",
    ControlMaster: "no",
    ControlPath: "none",
    GlobalKnownHostsFile: "/dev/null",
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    // OpenSSH's own default costs 0.1 s of a core for each of thousands of logins.
    KexAlgorithms: "curve25519-sha256",
    LogLevel: "ERROR",
    ServerAliveInterval: "15",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: `"${knownHosts(number, address)}"`,
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return ["-F", "none", "-T", "-i", key, ...flags];
}

function knownHosts(number: number, address: string): string {
  const folder = join(SANDBOX, "tests");
  const file = join(folder, `known_hosts-${number}`);
  const [type, key] = readFileSync(join(SANDBOX, `host-${number}.pub`), "utf8")
    .trim()
    .split(/\s+/);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${address} ${type} ${key}\n`, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
