/** Data that a deployment would leave behind, to start on an empty volume in its place. */
import type { MountedVolume } from "../compose/volumes.ts";
import type { HostSeen } from "../protocol/inspect.ts";
import { isForeign } from "./owner.ts";

/** A host, and what it runs; undefined where it was not looked at. */
export interface Site {
  host: string;
  seen: HostSeen | undefined;
}

export interface Moved {
  application: string;
  /** Its owner on the host that is looked at. */
  own: string;
  /** Applications that the stack deploys, and its hosts by application. */
  declared: Record<string, string[]>;
  /** What its release will mount. */
  mounts: MountedVolume[];
}

/** What this stack runs that the application takes the place of. */
interface Predecessor {
  name: string;
  host: string;
  data: MountedVolume[];
}

/** Of the same name: here, or on a host that the application leaves. */
function itself({ application, own, declared }: Moved, here: Site, elsewhere: Site[]): Predecessor[] {
  const left = elsewhere.filter(({ host }) => !declared[application]?.includes(host));
  return [here, ...left].flatMap(({ host, seen }) => {
    const found = seen?.applications[application];
    return found === undefined || isForeign(found.owner, own)
      ? []
      : [{ name: application, host, data: found.data ?? [] }];
  });
}

/** What this stack runs here and does not declare any more: whether it is the same application, nobody can tell. */
const removed = ({ own, declared }: Moved, { host, seen }: Site): Predecessor[] =>
  Object.entries(seen?.applications ?? {})
    .filter(([name, { owner }]) => !Object.hasOwn(declared, name) && !isForeign(owner, own))
    .map(([name, { data = [] }]) => ({ name, host, data }));

/**
 * A line for each volume that would be empty. Nothing where the host does not say which volumes it has.
 * @returns what is wrong; `perhaps`: what is wrong if the application is a renamed one
 */
export function dataLeft(moved: Moved, here: Site, elsewhere: Site[]): { problems: string[]; perhaps: string[] } {
  const there = here.seen?.volumes;
  if (there === undefined) return { problems: [], perhaps: [] };
  const missing = moved.mounts.filter(({ name }) => !there.includes(name));
  const lines = (from: Predecessor[], of: (line: string) => string): string[] =>
    from.flatMap(({ name, host, data }) =>
      missing.flatMap((wanted) =>
        data
          .filter(({ service, target }) => service === wanted.service && target === wanted.target)
          .map((has) =>
            of(
              `the volume ${has.name} of ${name} on ${host} has the data of ${wanted.target}, and ${here.host} has no volume ${wanted.name}; ` +
                `stop what writes to it and copy it into a volume of that name on ${here.host} first, or, to begin without it, run there: docker volume create ${wanted.name}`,
            ),
          ),
      ),
    );
  const known = itself(moved, here, elsewhere);
  return {
    problems: lines(
      known,
      (line) => `slipway:applications.${moved.application}: would start without its data: ${line}`,
    ),
    perhaps:
      known.length > 0 ? [] : lines(removed(moved, here), (line) => `if ${moved.application} was renamed: ${line}`),
  };
}
