/** `slipway jobs`: the jobs of what serves, one of them now, and what a run printed. */
import { freshToken } from "../../components/host/freshToken.ts";
import { detailsCommand, jobCommand, outputCommand } from "../../components/protocol/commands.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import { JOB } from "../../components/shared/names.ts";
import { type Ask, Hosts } from "../hosts/ask.ts";
import { applicationsOn, hostsNamed, readHosts, type Stack } from "../hosts/stack.ts";
import { follow } from "../logs/follow.ts";
import { jobsOf } from "./judge.ts";
import type { JobsReport } from "./report.ts";

export interface JobsOptions {
  stack?: string;
  /** Default: all. */
  host?: string;
}

/** @throws Error where nothing could be asked */
export async function jobs(application: string | undefined, options: JobsOptions): Promise<JobsReport> {
  const stack = await readHosts(options.stack);
  const hosts = new Hosts(hostsOf(stack, application, options.host));
  try {
    const all = await hosts.all(async (ask, host, { root }) => {
      const names = application === undefined ? applicationsOn(stack, host) : [application];
      const { host: seen, applications } = parseInspect(await ask(detailsCommand(root)));
      return names.flatMap((name) =>
        jobsOf(applications[name]?.jobs ?? [], seen.time * 1000).map((job) => ({ ...job, application: name, host })),
      );
    });
    return {
      stack: stack.name,
      ...(application === undefined ? {} : { application }),
      time: new Date().toISOString().replace(/\.\d+/, ""),
      jobs: all
        .flatMap((one) => ("value" in one ? one.value : []))
        .sort((a, b) => (a.application < b.application ? -1 : a.application > b.application ? 1 : 0)),
      unread: all.flatMap((one) => ("problem" in one ? [one] : [])),
    };
  } finally {
    hosts.close();
  }
}

export interface OneJob extends JobsOptions {
  application: string;
  job: string;
  show: (line: string) => void;
  /** Ends the following; what runs on the host goes on. */
  signal: AbortSignal;
}

/** Runs a job now, where it would run by its schedule. @throws Error where it does not run, or does not end well */
export function runJob({ signal, show, ...asked }: OneJob): Promise<void> {
  return onItsHost(asked, async ({ hosts, host, root }) => {
    const command = jobCommand(root, asked.application, asked.job, freshToken());
    await follow(await hosts.client(host), command, { line: show, signal });
  });
}

/** @param run default: the last that printed anything @throws Error where nothing is kept */
export function showOutput({ run, show, ...asked }: Omit<OneJob, "signal"> & { run?: string }): Promise<void> {
  return onItsHost(asked, async ({ ask, root }) => {
    const text = await ask(outputCommand(root, asked.application, asked.job, run));
    for (const line of text.split("\n").slice(0, -1)) show(line);
  });
}

interface Place {
  hosts: Hosts;
  ask: Ask;
  host: string;
  root: string;
}

/** @throws Error where the release that serves has no such job, or several hosts run it and none is named */
async function onItsHost(
  { application, job, stack: named, host: only }: Pick<OneJob, "application" | "job" | "stack" | "host">,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  if (!JOB.test(job)) throw new Error(`${JSON.stringify(job)} is no name of a job; write one like "cleanup"`);
  const stack = await readHosts(named);
  const hosts = new Hosts(hostsOf(stack, application, only));
  try {
    const all = await hosts.all(async (ask, host, { root }) => {
      const known = parseInspect(await ask(detailsCommand(root))).applications[application]?.jobs ?? [];
      return {
        ask,
        host,
        root,
        names: known.map(({ name }) => name),
        runs: known.some((one) => one.here && one.name === job),
      };
    });
    const read = all.flatMap((one) => ("value" in one ? [one.value] : []));
    const [place, ...others] = read.filter(({ runs }) => runs);
    const unread = all.flatMap((one) => ("problem" in one ? [`${one.host}: ${one.problem}`] : []));
    if (place === undefined) throw new Error([nowhere(application, job, read), ...unread].join("\n"));
    if (others.length > 0)
      throw new Error(
        `the job ${job} of ${application} runs on ${[place, ...others].map(({ host }) => host).join(", ")}; name one of them by --host`,
      );
    await work({ hosts, ...place });
  } finally {
    hosts.close();
  }
}

function nowhere(application: string, job: string, read: { names: string[] }[]): string {
  const known = [...new Set(read.flatMap(({ names }) => names))];
  return `what serves of ${application} has no job ${job} there; its jobs are ${known.join(", ") || "none"}`;
}

/** @throws Error for an application or a host that the stack does not have */
function hostsOf(stack: Stack, application: string | undefined, host: string | undefined) {
  const among = hostsNamed(stack, host);
  if (application === undefined) return among;
  const all = Object.keys(stack.applications);
  if (!all.includes(application))
    throw new Error(
      `${application} is no application of ${stack.file}; its applications are ${all.join(", ") || "none"}`,
    );
  const wanted = Object.entries(among).filter(([name]) => applicationsOn(stack, name).includes(application));
  if (wanted.length === 0)
    throw new Error(`${application} runs on none of ${Object.keys(among).join(", ")}, by ${stack.file}`);
  return Object.fromEntries(wanted);
}
