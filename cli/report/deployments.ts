/** Lines of ledgers → deployments, with what each was: a change, or the return to an earlier release. */
import { compare, valid } from "semver";
import type { Entry } from "./entry.ts";

/** `unknown`: a word that this version does not know. */
export type Outcome = "confirmed" | "reverted" | "refused" | "unknown";

/** One run of a deployment, on all its hosts. */
export interface Deployment {
  /** What each host wrote down, by time. */
  entries: Entry[];
  /** When the last of its hosts wrote it down: milliseconds since 1970. */
  time: number;
  outcome: Outcome;
  version?: string | undefined;
  release?: string | undefined;
  who?: string | undefined;
  /** Why it was refused or reverted, as the first host says that has a reason. */
  reason?: string | undefined;
  /** Seconds of each step, of the host where it took longest. */
  steps: Record<string, number>;
  /** Seconds of all steps, of the host where they took longest. Undefined where no host recorded any. */
  seconds?: number | undefined;
  /** What served before; undefined where nothing did, or it is not in the ledgers. */
  before?: Deployment | undefined;
  /** It is the return to a release that was confirmed before: no change, but what ended one. */
  isRollback?: boolean;
  /** The rollback that ended it. */
  undone?: Deployment | undefined;
  /** Nothing of this version was confirmed before. */
  isFirst?: boolean;
}

/** One application in one environment. */
export interface Series {
  /** The environment; undefined where the ledgers' file does not name it. */
  stack?: string | undefined;
  application: string;
  /** By time. */
  deployments: Deployment[];
}

const timeOf = (entry: Entry): number => Date.parse(entry.time);

/** @returns by application, then by environment. Only deployments: what a removal or a migration wrote is none. */
export function seriesOf(entries: Entry[]): Series[] {
  const sorted = entries.toSorted((a, b) => timeOf(a) - timeOf(b));
  const all = Map.groupBy(sorted, ({ stack, application }) => JSON.stringify([application, stack ?? ""]));
  return [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, [first, ...others]]) => {
      const own = [first!, ...others];
      const deployments = gathered(own.filter(({ action }) => action === "deploy"));
      judge(
        deployments,
        own.filter(({ result }) => result === "removed"),
      );
      return { stack: first!.stack, application: first!.application, deployments };
    });
}

/** Hosts write the same token; a host that writes it again has run it again. */
function gathered(entries: Entry[]): Deployment[] {
  const runs: Entry[][] = [];
  const open = new Map<string, Entry[]>();
  for (const entry of entries) {
    const run = entry.token === undefined ? undefined : open.get(entry.token);
    if (run?.every(({ host }) => host !== entry.host)) run.push(entry);
    else {
      const begun = [entry];
      runs.push(begun);
      if (entry.token !== undefined) open.set(entry.token, begun);
    }
  }
  return runs.map(deploymentOf).sort((a, b) => a.time - b.time);
}

const first = (entries: Entry[], key: "version" | "release" | "who" | "reason"): string | undefined =>
  entries.find((entry) => entry[key] !== undefined)?.[key];

function deploymentOf(entries: Entry[]): Deployment {
  const steps: Record<string, number> = {};
  for (const entry of entries)
    for (const [name, seconds] of Object.entries(entry.steps))
      steps[name] = Math.max(Object.hasOwn(steps, name) ? steps[name]! : 0, seconds);
  const sums = entries
    .map((entry) => Object.values(entry.steps))
    .filter((all) => all.length > 0)
    .map((all) => all.reduce((sum, one) => sum + one, 0));
  return {
    entries,
    time: Math.max(...entries.map(timeOf)),
    outcome: outcomeOf(entries.map(({ result }) => result)),
    version: first(entries, "version"),
    release: first(entries, "release"),
    who: first(entries, "who"),
    reason: first(entries, "reason"),
    steps,
    seconds: sums.length === 0 ? undefined : Math.max(...sums),
  };
}

/** One host that went back is enough; it is confirmed only where every host says so. */
function outcomeOf(results: string[]): Outcome {
  if (results.includes("reverted")) return "reverted";
  if (results.includes("refused")) return "refused";
  return results.every((result) => result === "confirmed") ? "confirmed" : "unknown";
}

/** Follows what served, from the oldest on. */
function judge(deployments: Deployment[], removals: Entry[]): void {
  const versions = new Set<string>();
  const releases = new Map<string, Deployment>();
  let serving: Deployment | undefined;
  const removed = removals.map(timeOf);
  for (const one of deployments) {
    while (removed.length > 0 && removed[0]! <= one.time) {
      removed.shift();
      serving = undefined;
    }
    one.before = serving;
    if (one.outcome !== "confirmed") continue;
    if (one.version !== undefined) {
      one.isFirst = !versions.has(one.version);
      versions.add(one.version);
    }
    // The same release once more: drift was repaired, nothing changed.
    if (serving !== undefined && one.release !== undefined && one.release === serving.release) continue;
    if (serving !== undefined && isReturn(one, serving, releases)) {
      one.isRollback = true;
      serving.undone = one;
    }
    if (one.release !== undefined && !one.isRollback) releases.set(one.release, one);
    serving = one;
  }
}

/** An older version; or, where versions do not tell, a release of before that was not itself taken back. */
function isReturn(one: Deployment, serving: Deployment, releases: Map<string, Deployment>): boolean {
  const [to, from] = [valid(one.version), valid(serving.version)];
  if (to !== null && from !== null && compare(to, from) !== 0) return compare(to, from) < 0;
  const earlier = one.release === undefined ? undefined : releases.get(one.release);
  return earlier !== undefined && earlier.undone === undefined;
}

/** It asked for something else than what served: neither a rollback nor the repair of drift. */
export const isChange = (one: Deployment): boolean =>
  !one.isRollback && (one.release === undefined || one.release !== one.before?.release);
