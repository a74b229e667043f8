/** `slipway logs`: what applications printed, of all hosts and services as one. */
import { type LogsOptions as Asked, logsCommand } from "../../components/protocol/commands.ts";
import { parseDuration } from "../../components/shared/duration.ts";
import { SERVICE } from "../../components/shared/names.ts";
import { defined } from "../../components/shared/records.ts";
import { type Ask, Hosts } from "../hosts/ask.ts";
import { applicationsOn, hostsRunning, readHosts } from "../hosts/stack.ts";
import { follow } from "./follow.ts";
import { inOrder, type LogLine, readLine, remember } from "./line.ts";

export interface LogsOptions {
  stack?: string;
  /** Default: all that the application runs on. */
  host?: string;
  follow?: boolean;
  /** Like 10m. Default: the last lines. */
  since?: string;
  /** A regular expression; lines without it are left out. */
  grep?: string;
}

export interface Logs extends LogsOptions {
  /** Default: all of the stack. */
  application?: string | undefined;
  /** Default: all. */
  services: string[];
  show: (line: LogLine) => void;
  /** Says why something of it cannot be shown, as soon as it is known; the rest goes on. */
  tell: (problem: string) => void;
  /** Ends what is followed. */
  signal: AbortSignal;
}

/** Of each container, where no time is named. */
const LAST = 100;
const DAYS = /^(\d{1,5})d$/;
const DAY_MS = 86_400_000;
/** For lines of several hosts to come in their order. */
const GATHER_MS = 250;

/** @throws Error where nothing could be asked */
export async function logs({ application, services, show, tell, signal, ...options }: Logs): Promise<void> {
  const fits = matcher(options.grep);
  const since = options.since === undefined ? undefined : agoOf(options.since);
  const wrong = services.find((service) => !SERVICE.test(service));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} is no name of a service; write one like web`);
  const stack = await readHosts(options.stack);
  const wanted = hostsRunning(stack, application, options.host);
  const asked: Asked = {
    services,
    ...defined({ since, tail: since === undefined ? LAST : undefined }),
    follow: options.follow ?? false,
  };
  const gathered = gather((line) => {
    if (fits(line.text)) show(line);
  });
  const hosts = new Hosts(wanted);
  const timer = options.follow ? setInterval(gathered.flush, GATHER_MS) : undefined;
  try {
    const shown = async (ask: Ask, host: string, root: string, name: string): Promise<void> => {
      const add = (text: string): void => gathered.add(readLine(host, name, text));
      const command = logsCommand(root, name, asked);
      if (options.follow) await follow(await hosts.client(host), command, { line: add, signal });
      else
        (await ask(command))
          .split("\n")
          .filter((text) => text !== "")
          .forEach(add);
    };
    await Promise.all(
      hosts
        .each(async (ask, host, { root }) => {
          const names = application === undefined ? applicationsOn(stack, host) : [application];
          const failed = (name: string) => (error: Error) => tell(`${name} on ${host}: ${error.message}`);
          await Promise.all(names.map((name) => shown(ask, host, root, name).catch(failed(name))));
        })
        .map(async (one) => {
          const told = await one;
          if ("problem" in told) tell(`${told.host}: ${told.problem}`);
        }),
    );
    gathered.flush();
  } finally {
    clearInterval(timer);
    hosts.close();
  }
}

/** Lines of some time together, as each host tells its own in its own order. What a host that is followed says again is left out. */
function gather(take: (line: LogLine) => void) {
  let lines: LogLine[] = [];
  const isNew = remember();
  return {
    add: (line: LogLine): void => void (isNew(line) && lines.push(line)),
    flush: (): void => {
      const all = inOrder(lines);
      lines = [];
      all.forEach(take);
    },
  };
}

function matcher(expression: string | undefined): (text: string) => boolean {
  if (expression === undefined) return () => true;
  try {
    const pattern = new RegExp(expression, "u");
    return (text) => pattern.test(text);
  } catch (error) {
    throw new Error(`--grep: ${(error as Error).message}; write a regular expression like "error|warn"`);
  }
}

function agoOf(since: string): number {
  const days = DAYS.exec(since)?.[1];
  const milliseconds = days === undefined ? parseDuration(since) : Number(days) * DAY_MS;
  if (milliseconds === undefined || milliseconds < 1)
    throw new Error(`--since: ${JSON.stringify(since)} is no age; write a number and a unit (s, m, h, d), like 10m`);
  return milliseconds;
}
