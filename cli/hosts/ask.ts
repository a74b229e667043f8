/** Asks all hosts of a stack at once. One that cannot be asked hides no other: what it said, or why it could not, stands for it. */
import type { Client } from "ssh2";
import { type Answer, type Opened, open, run, TIMEOUT_MS } from "../../components/host/reach.ts";
import type { HostSettings } from "../../components/settings/types.ts";

export type Told<T> = { host: string } & ({ value: T } | { problem: string });

/** Runs a command on a host. @param limit milliseconds for its answer @throws Error with why it could not, and the way out */
export type Ask = (command: string, limit?: number) => Promise<string>;

type Work<T> = (ask: Ask, name: string, host: HostSettings) => Promise<T>;

/** Milliseconds for an answer; Docker is asked for some of it. */
const ANSWER_MS = 2 * TIMEOUT_MS;
/** Channels that a server opens at once for one connection (MaxSessions of sshd is 10). */
const AT_ONCE = 6;

/** The hosts as they were reached: asked again, as --watch does, they need no new login. */
export class Hosts {
  readonly #hosts: Record<string, HostSettings>;
  readonly #opened = new Map<string, Opened>();

  constructor(hosts: Record<string, HostSettings>) {
    this.#hosts = hosts;
  }

  /** @param work what is done with each, for which a failure is its own */
  all<T>(work: Work<T>): Promise<Told<T>[]> {
    return Promise.all(this.each(work));
  }

  /** As `all`, for whoever does not wait for the slowest. None of them fails. */
  each<T>(work: Work<T>): Promise<Told<T>>[] {
    return Object.entries(this.#hosts).map(async ([name, host]) => {
      try {
        const client = await this.client(name);
        const ask = inTurn((command, limit = ANSWER_MS) =>
          run(client, command, limit).then((answer) => said(answer, host)),
        );
        return { host: name, value: await work(ask, name, host) };
      } catch (error) {
        this.#drop(name);
        return { host: name, problem: (error as Error).message };
      }
    });
  }

  /** Asks one of them. @throws Error with why it could not, and the way out */
  async ask(name: string, command: string, limit = ANSWER_MS): Promise<string> {
    return said(await run(await this.client(name), command, limit), this.#hosts[name]!);
  }

  /** A connection, which stays open. @throws Error with why there is none, and the way out */
  async client(name: string): Promise<Client> {
    const known = this.#opened.get(name);
    if (known !== undefined) return known.client;
    const opened = await open(this.#hosts[name]!);
    this.#opened.set(name, opened);
    opened.client.once("close", () => this.#opened.delete(name));
    return opened.client;
  }

  close(): void {
    for (const name of [...this.#opened.keys()]) this.#drop(name);
  }

  #drop(name: string): void {
    this.#opened.get(name)?.close();
    this.#opened.delete(name);
  }
}

const NOT_FOUND = 127;
const NOT_ALLOWED = 126;
/** Of a command that the host does not know. */
const USAGE = 64;

/** What a host's own command said. @throws Error with why it said nothing, and the way out */
export function said({ code, output, errors }: Answer, { root, user }: Pick<HostSettings, "root" | "user">): string {
  if (code === 0) return output;
  if (code === NOT_FOUND || /not prepared/.test(errors)) throw new Error("has no Slipway yet; pulumi up prepares it");
  if (code === NOT_ALLOWED || /permission denied/i.test(errors))
    throw new Error(
      `${user} may not run ${root}/slipway/bin/slipway there; name the user that prepared the host (slipway:hosts, user)`,
    );
  if (code === USAGE) throw new Error("has scripts of an older version, which cannot do that; pulumi up renews them");
  const why = errors
    .trim()
    .split("\n")
    .at(-1)!
    .replace(/^error: /, "");
  throw new Error(why === "" ? `its slipway ended with ${code}, and said nothing` : why.slice(0, 500));
}

/** Some commands at once, the others after them. */
function inTurn(ask: Ask): Ask {
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];
  return async (command, limit) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await ask(command, limit);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
