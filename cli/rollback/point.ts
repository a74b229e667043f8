/** Where to go back to: a deployment that hosts confirmed, by the ledgers. */
import type { Entry } from "../history/ledger.ts";

export interface Point {
  version: string;
  release?: string;
  /** When it was confirmed. */
  time: string;
}

/** Those of an application, the newest last; of one version that follows itself, the newest. */
export function pointsIn(entries: Entry[]): Point[] {
  const confirmed = entries.filter(({ action, result }) => action === "deploy" && result === "confirmed");
  return confirmed.flatMap(({ version, release, time }, index) =>
    version === undefined || confirmed[index + 1]?.version === version
      ? []
      : [{ version, time, ...(release === undefined ? {} : { release }) }],
  );
}

const RELEASE = /^[0-9a-f]{4,12}$/;

/**
 * @param named a version, or the beginning of a release's name or of a time; undefined: what was confirmed before what is now
 * @throws Error that names the points that there are
 */
export function pointOf(application: string, entries: Entry[], named: string | undefined): Point {
  const points = pointsIn(entries);
  const known = points.map(({ version, time }) => `${version} (${time})`).slice(-5);
  const all = known.length === 0 ? "none of its deployments was confirmed" : `confirmed were ${known.join(", ")}`;
  if (named === undefined) {
    const now = points.at(-1)?.version;
    const before = points.findLast(({ version }) => version !== now);
    if (before !== undefined) return before;
    throw new Error(`${application} has no version to go back to: ${all}`);
  }
  const wanted = named.replace(/^v(?=\d)/, "");
  const found = every(entries).findLast(
    ({ version, release, time }) =>
      version === wanted ||
      version === named ||
      (RELEASE.test(named) && release?.startsWith(named)) ||
      time.startsWith(named),
  );
  if (found !== undefined) return found;
  throw new Error(`${JSON.stringify(named)} is no deployment of ${application} that was confirmed; ${all}`);
}

/** Those that follow themselves, too: each is a release. */
const every = (entries: Entry[]): Point[] => entries.flatMap((entry) => pointsIn([entry]));
