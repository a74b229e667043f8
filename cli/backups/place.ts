/** Where the data of applications is: the hosts of a stack, and what serves there declares. */
import { detailsCommand } from "../../components/protocol/commands.ts";
import { type InspectedApplication, parseInspect } from "../../components/protocol/inspect.ts";
import { type Ask, Hosts } from "../hosts/ask.ts";
import { applicationsOn, hostsRunning, type Stack } from "../hosts/stack.ts";

export interface DataOptions {
  stack?: string;
  /** Default: all that it runs on. */
  host?: string;
  /** Of the backup. Default: all. */
  name?: string;
}

/** An application on a host, as it says itself. */
export interface Place {
  application: string;
  host: string;
  root: string;
  seen: InspectedApplication;
  /** By the host's clock, in milliseconds since 1970. */
  now: number;
}

export interface Places {
  hosts: Hosts;
  places: Place[];
  unread: { host: string; problem: string }[];
}

/**
 * @param applications none: all of the stack
 * @param work is done while the connections are open
 * @throws Error for an application or host that the stack does not have, and where what serves declares no such backup
 */
export async function atPlaces<T>(
  stack: Stack,
  applications: readonly string[],
  { host: only, name }: DataOptions,
  work: (places: Places) => Promise<T>,
): Promise<T> {
  const wanted = Object.assign(
    {},
    ...(applications.length === 0 ? [undefined] : applications).map((one) => hostsRunning(stack, one, only)),
  );
  const hosts = new Hosts(wanted);
  try {
    const all = await hosts.all(async (ask, host, { root }) => lookAt(ask, host, root));
    const read = all.flatMap((one) => ("value" in one ? one.value : []));
    const unread = all.flatMap((one) => ("problem" in one ? [one] : []));
    const declared = new Set(Object.keys(stack.applications));
    const places = read
      .filter(({ application, host }) => declared.has(application) && applicationsOn(stack, host).includes(application))
      .filter(({ application }) => applications.length === 0 || applications.includes(application))
      .filter(({ seen }) => (seen.backups ?? []).some((one) => name === undefined || one.name === name));
    for (const application of applications)
      if (!places.some((place) => place.application === application) && unread.length < Object.keys(wanted).length)
        throw new Error(
          [nothing(application, name, read), ...unread.map(({ host, problem }) => `${host}: ${problem}`)].join("\n"),
        );
    if (applications.length === 0 && places.length === 0 && unread.length === 0)
      throw new Error(
        `nothing that serves on the hosts of ${stack.name} declares ${name === undefined ? "backups" : `a backup ${name}`}; docs/backups.md tells how`,
      );
    return await work({
      hosts,
      places: places.sort((a, b) => (a.application < b.application ? -1 : a.application > b.application ? 1 : 0)),
      unread,
    });
  } finally {
    hosts.close();
  }
}

async function lookAt(ask: Ask, host: string, root: string): Promise<Place[]> {
  const { host: seen, applications } = parseInspect(await ask(detailsCommand(root)));
  return Object.entries(applications).map(([application, one]) => ({
    application,
    host,
    root,
    seen: one,
    now: seen.time * 1000,
  }));
}

function nothing(application: string, name: string | undefined, read: readonly Place[]): string {
  const known = read.filter((one) => one.application === application).flatMap(({ seen }) => seen.backups ?? []);
  const names = [...new Set(known.map((one) => one.name))];
  return names.length === 0
    ? `what serves of ${application} declares no backups; declare them, as docs/backups.md tells, and deploy`
    : `what serves of ${application} has no backup ${name}; its backups are ${names.join(", ")}`;
}
