/** `slipway backup` and `slipway drill`: now, beside their schedules. */
import { freshToken } from "../../components/host/freshToken.ts";
import { backupCommand, detailsCommand } from "../../components/protocol/commands.ts";
import { parseInspect } from "../../components/protocol/inspect.ts";
import type { Hosts } from "../hosts/ask.ts";
import { readHosts } from "../hosts/stack.ts";
import { follow } from "../logs/follow.ts";
import { backupsOf } from "./judge.ts";
import { atPlaces, type DataOptions, type Place } from "./place.ts";
import type { ActReport } from "./report.ts";

export interface ActOptions extends DataOptions {
  /** Is given what the hosts print. */
  show: (line: string) => void;
  /** Ends the showing; what runs on a host goes on. */
  signal: AbortSignal;
}

/**
 * One application after the other, each on its hosts.
 * @param applications none: all of the stack that declare backups
 * @throws Error where nothing could be done
 */
export async function act(
  what: ActReport["act"],
  applications: readonly string[],
  { show, signal, ...options }: ActOptions,
): Promise<ActReport> {
  const stack = await readHosts(options.stack);
  return atPlaces(stack, applications, options, async ({ hosts, places, unread }) => {
    const done: ActReport["applications"] = [];
    for (const place of places) {
      if (signal.aborted) break;
      const { application, host, root } = place;
      const line = (text: string): void => show(places.length === 1 ? text : `${application} on ${host}: ${text}`);
      const command = backupCommand(root, what, application, freshToken(), options.name);
      const problem = await hosts
        .client(host)
        .then((client) => follow(client, command, { line, signal }))
        .then(
          () => (signal.aborted ? "its end was not waited for" : undefined),
          (error: Error) => error.message,
        );
      done.push({
        application,
        host,
        ...(problem === undefined ? {} : { problem }),
        backups: await afterwards(hosts, place, options.name),
      });
    }
    return { stack: stack.name, act: what, applications: done, unread };
  });
}

/** As the host says then; where it does not, as it said before. */
async function afterwards(hosts: Hosts, place: Place, name: string | undefined) {
  const seen = await hosts.ask(place.host, detailsCommand(place.root)).then(parseInspect, () => undefined);
  const [now, one] = [seen === undefined ? place.now : seen.host.time * 1000, seen?.applications[place.application]];
  return backupsOf(place.application, one ?? place.seen, now).filter((all) => name === undefined || all.name === name);
}
