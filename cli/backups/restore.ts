/** `slipway restore`: data of then takes the place of what is there, which is kept aside; or that is put back, or dropped. */
import { freshToken } from "../../components/host/freshToken.ts";
import { type Restoring, restoreCommand } from "../../components/protocol/commands.ts";
import { omit } from "../../components/shared/records.ts";
import { readHosts } from "../hosts/stack.ts";
import { follow } from "../logs/follow.ts";
import { atPlaces, type DataOptions, type Place } from "./place.ts";
import { pointNamed, pointsAt } from "./points.ts";
import type { Point, RestoreReport } from "./report.ts";

export interface RestoreOptions extends DataOptions {
  act: RestoreReport["act"];
  /** Its id, or the beginning of it. Default: the newest that is good. */
  point?: string | undefined;
  /** Is told what is about to happen; says whether it is wanted. */
  agree: (intent: Intent) => Promise<boolean>;
  /** Is given what the host prints. */
  show: (line: string) => void;
  signal: AbortSignal;
}

/** What is about to happen. */
export interface Intent {
  application: string;
  host: string;
  name: string;
  act: RestoreReport["act"];
  point?: Point;
  /** The version that serves now. */
  running: string;
  /** When what is kept aside was put there. */
  aside?: string;
  /** By the host's clock. */
  now: number;
}

/** @returns undefined where it is not wanted @throws Error where nothing was done */
export async function restore(application: string, options: RestoreOptions): Promise<RestoreReport | undefined> {
  const { act, agree, show, signal } = options;
  const stack = await readHosts(options.stack);
  return atPlaces(stack, [application], options, async ({ hosts, places, unread }) => {
    const place = onlyPlace(application, places, unread);
    const backup = onlyBackup(place, options.name);
    const { host, root, seen, now } = place;
    if (act !== "restore" && !backup.aside)
      throw new Error(
        `nothing of ${backup.name} of ${application} is kept aside on ${host}; only a restore does that, until it is dropped`,
      );
    if (act === "restore" && backup.aside)
      throw new Error(
        `what the last restore of ${backup.name} of ${application} kept aside on ${host} is there still; put it back (slipway restore ${application} --name ${backup.name} --back), or remove it (--drop), and restore then`,
      );
    const point =
      act === "restore"
        ? pointNamed(await pointsAt(hosts, place, backup.name), options.point, application, backup.name)
        : undefined;
    const intent: Intent = { application, host, name: backup.name, act, running: seen.version, now };
    if (point !== undefined) intent.point = point;
    if (backup.aside?.time !== undefined) intent.aside = backup.aside.time;
    if (!(await agree(intent))) return undefined;
    const what: Restoring = point === undefined ? { act: act as "back" | "drop" } : { point: point.id };
    const command = restoreCommand(root, application, { token: freshToken(), name: backup.name, ...what });
    const problem = await hosts
      .client(host)
      .then((client) => follow(client, command, { line: show, signal }))
      .then(
        () => (signal.aborted ? "its end was not waited for; slipway status tells how it ended" : undefined),
        (error: Error) => error.message,
      );
    return {
      stack: stack.name,
      application,
      host,
      name: backup.name,
      act,
      ...(point === undefined ? {} : { point: omit(point, "host", "name") }),
      done: problem === undefined,
      ...(problem === undefined ? {} : { problem }),
    };
  });
}

function onlyPlace(
  application: string,
  places: readonly Place[],
  unread: readonly { host: string; problem: string }[],
): Place {
  const [place, ...others] = places;
  if (place === undefined) throw new Error(unread.map(({ host, problem }) => `${host}: ${problem}`).join("\n"));
  if (others.length > 0)
    throw new Error(
      `${application} has data of its own on ${places.map(({ host }) => host).join(", ")}; name one of them by --host`,
    );
  return place;
}

function onlyBackup({ application, seen: { backups = [] } }: Place, name: string | undefined) {
  const among = backups.filter((one) => name === undefined || one.name === name);
  const [backup, ...others] = among;
  if (others.length > 0)
    throw new Error(
      `${application} has several backups: ${among.map((one) => one.name).join(", ")}; name one of them by --name`,
    );
  return backup!;
}
