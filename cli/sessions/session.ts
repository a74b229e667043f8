/** `slipway exec` and `slipway run`: a command in an application's containers, on the first of its hosts that serves. */
import { attachCommand } from "../../components/protocol/commands.ts";
import type { HostSettings } from "../../components/settings/types.ts";
import { SERVICE } from "../../components/shared/names.ts";
import { Hosts } from "../hosts/ask.ts";
import { hostsRunning, readHosts } from "../hosts/stack.ts";
import { atTerminal, attach, type Streams } from "./attach.ts";
import { hold, type Kind, type Session } from "./hold.ts";

export interface SessionOptions {
  stack?: string;
  /** Default: the first that serves. */
  host?: string;
}

export interface Asked extends SessionOptions {
  kind: Kind;
  application: string;
  /** Default: the one that has a route. */
  service?: string | undefined;
  words: readonly string[];
}

/** As `ssh` ends where the connection is lost. */
const LOST = 255;
/** Milliseconds for the exit code of a command that was ended. */
const LINGER_MS = 2000;

/**
 * @returns the exit code of the command
 * @throws Error where it was not begun
 */
export async function session(asked: Asked, streams: Streams): Promise<number> {
  const { kind, application, service, words } = asked;
  if (service !== undefined && !SERVICE.test(service))
    throw new Error(`${JSON.stringify(service)} is no name of a service; write one like web`);
  const wanted = hostsRunning(await readHosts(asked.stack), application, asked.host);
  const hosts = new Hosts(wanted);
  try {
    const tell = (text: string): void => void streams.errors.write(`${text}\n`);
    const { host, held } = await firstOf(
      wanted,
      async (name, host) => hold(await hosts.client(name), host, asked),
      tell,
    );
    if (atTerminal(streams)) tell(describe(kind, application, held, host));
    const client = await hosts.client(host);
    const cut = async (): Promise<void> => {
      await held.end();
      // Nothing of it is left on the host, whatever the command's own channel does.
      setTimeout(() => client.end(), LINGER_MS).unref();
    };
    const leave = interrupts(held.interrupt, () => void cut(), atTerminal(streams));
    try {
      const command = attachCommand(wanted[host]!.root, application, held.session, words);
      const code = await attach(client, command, streams);
      if (code !== undefined) return code;
      tell(`slipway: the connection to ${host} ended before the command did; the host ends what is left of it`);
      return LOST;
    } finally {
      await held.end();
      leave();
    }
  } finally {
    hosts.close();
  }
}

/** The first host on which it can begin; why others could not is told. @throws Error with the reasons where there is none */
async function firstOf(
  wanted: Record<string, HostSettings>,
  begin: (name: string, host: HostSettings) => Promise<Session>,
  tell: (text: string) => void,
): Promise<{ host: string; held: Session }> {
  const problems: string[] = [];
  for (const [name, host] of Object.entries(wanted)) {
    try {
      const held = await begin(name, host);
      for (const problem of problems) tell(`slipway: ${problem}; so this is on ${name}`);
      return { host: name, held };
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
  throw new Error(problems.join("\n"));
}

const describe = (kind: Kind, application: string, { container, service, version }: Session, host: string): string =>
  kind === "exec"
    ? `${container} on ${host} (${application} ${version})`
    : `a fresh container of ${service} on ${host} (${application} ${version}), which goes with this command`;

/**
 * Ctrl-C is handed on, and the second time ends the session; at a terminal it is a key, and never arrives here.
 * @returns what gives signals back
 */
function interrupts(interrupt: () => void, end: () => void, terminal: boolean): () => void {
  let count = 0;
  const interrupted = (): void => {
    count += 1;
    if (count === 1 && !terminal) interrupt();
    else end();
  };
  const ENDS = ["SIGTERM", "SIGHUP"] as const;
  process.on("SIGINT", interrupted);
  for (const signal of ENDS) process.on(signal, end);
  process.stdout.once("error", end);
  return () => {
    process.off("SIGINT", interrupted);
    for (const signal of ENDS) process.off(signal, end);
    process.stdout.off("error", end);
  };
}
