/** `slipway maintenance`: users of an application get a page in its place, from all hosts that it runs on. */
import { run } from "../../components/host/reach.ts";
import { maintenanceCommand } from "../../components/protocol/commands.ts";
import type { Maintenance } from "../../components/protocol/received.ts";
import { Hosts, said } from "../hosts/ask.ts";
import { hostsRunning, readHosts } from "../hosts/stack.ts";
import { type Paint, plain } from "../hosts/table.ts";

export interface MaintenanceOptions {
  stack?: string;
  /** Default: all that it runs on. */
  host?: string;
}

/** What became of it on a host: its own words, or why it is not known to be done. */
export interface Maintained {
  host: string;
  said?: string;
  problem?: string;
}

/** Milliseconds: a host waits for a deployment that ends, and for requests that are held. */
const ANSWER_MS = 240_000;

/**
 * @param wanted undefined: users get the application again
 * @throws Error where nothing could be asked
 */
export async function maintain(
  application: string,
  wanted: Maintenance | undefined,
  options: MaintenanceOptions,
): Promise<Maintained[]> {
  const stack = await readHosts(options.stack);
  const hosts = new Hosts(hostsRunning(stack, application, options.host));
  try {
    const told = await hosts.all(async (_, name, host) => {
      const command = maintenanceCommand(host.root, application, wanted !== undefined);
      const answer = await run(await hosts.client(name), command, ANSWER_MS, wanted && JSON.stringify(wanted));
      return said(answer, host).trim();
    });
    return told.map((one) =>
      "value" in one ? { host: one.host, said: one.value } : { host: one.host, problem: one.problem },
    );
  } finally {
    hosts.close();
  }
}

export const renderMaintained = (all: Maintained[], paint: Paint): string =>
  all
    .map(({ host, said: words, problem }) =>
      problem === undefined ? `${host}: ${plain(words ?? "")}\n` : paint("red", `${host}: ${plain(problem)}\n`),
    )
    .join("");

/** 1 where it is not done, or not seen to be, on a host. */
export const maintainedExitCode = (all: Maintained[]): number =>
  all.some(({ problem }) => problem !== undefined) ? 1 : 0;
