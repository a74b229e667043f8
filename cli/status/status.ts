/** `slipway status`: all hosts and applications of a stack, as the hosts themselves say. */
import { setTimeout as sleep } from "node:timers/promises";
import { detailsCommand } from "../../components/protocol/commands.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { Hosts } from "../hosts/ask.ts";
import { applicationsOn, hostsNamed, readHosts, type Stack } from "../hosts/stack.ts";
import { type Judged, judge } from "./judge.ts";
import type { StatusReport } from "./report.ts";

export interface StatusOptions {
  stack?: string;
  /** Default: all. */
  host?: string;
}

export interface Watched extends StatusOptions {
  /** Shows what came of it. */
  show: (report: StatusReport) => void;
  /** Ends the watching. */
  signal: AbortSignal;
  /** Milliseconds between two looks. */
  every: number;
}

/** @throws Error where nothing could be asked */
export async function status({ stack: named, host }: StatusOptions): Promise<StatusReport> {
  const stack = await readHosts(named);
  const hosts = new Hosts(hostsNamed(stack, host));
  try {
    return await seen(stack, hosts);
  } finally {
    hosts.close();
  }
}

/**
 * Shows it again and again, over the same connections, until it is ended.
 * @throws Error where nothing could be asked
 */
export async function watch({ stack: named, host, show, signal, every }: Watched): Promise<void> {
  const stack = await readHosts(named);
  const hosts = new Hosts(hostsNamed(stack, host));
  try {
    while (!signal.aborted) {
      const report = await Promise.race([seen(stack, hosts), ended(signal)]);
      if (report !== undefined) show(report);
      await sleep(every, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    hosts.close();
  }
}

const ended = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));

async function seen(stack: Stack, hosts: Hosts): Promise<StatusReport> {
  const all = await hosts.all(async (ask, host, { root }): Promise<Judged> => {
    const wanted = applicationsOn(stack, host).map((name) => [name, { version: stack.applications[name]!.version }]);
    return judge(
      { host, applications: Object.fromEntries(wanted), owner: `${stack.name}::${stack.project}::` },
      parseInspect(await ask(detailsCommand(root))),
    );
  });
  return {
    stack: stack.name,
    time: new Date().toISOString().replace(/\.\d+/, ""),
    hosts: all.map((one) =>
      "value" in one ? one.value.host : { name: one.host, answers: false, others: [], wrong: [one.problem] },
    ),
    applications: all
      .flatMap((one) => ("value" in one ? one.value.applications : []))
      .sort((a, b) => (a.application < b.application ? -1 : a.application > b.application ? 1 : 0)),
  };
}
