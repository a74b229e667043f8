/**
 * What a series of deployments amounts to. The four measures are those of DORA, as https://dora.dev/research/ words
 * them; what of them a ledger can tell stands at each. Undefined is "not known", which is never zero.
 */
import { type Deployment, isChange, type Series } from "./deployments.ts";
import { type Bucket, bucketsOf, DAY_MS } from "./period.ts";

export interface Spread {
  /** Seconds. */
  median: number;
  longest: number;
  /** Of how many. */
  count: number;
}

export interface Measures {
  stack?: string | undefined;
  application: string;
  /** From when on there is a record: the period's begin, or the first deployment if that is later. */
  since: number;
  until: number;
  /** Within the period, by time. */
  deployments: Deployment[];
  confirmed: number;
  reverted: number;
  refused: number;
  /**
   * Deployment frequency, "how often does your organization deploy code to production": confirmed ones per week,
   * rollbacks among them not. Undefined for a record of less than a day.
   */
  perWeek?: number | undefined;
  /**
   * Lead time for changes, "from code committed to code successfully running in production": from the commit that a
   * version's tag names to the first confirmed deployment of that version. Undefined without commits.
   */
  leadTime?: Spread | undefined;
  /**
   * Change failure rate, "what percentage of changes … result in degraded service … and subsequently require
   * remediation": changes that the host reverted, or that a rollback ended, of all that reached a host. Whether users
   * noticed one that was reverted is in no ledger, so it counts. 0 to 1; undefined without a change.
   */
  changeFailureRate?: number | undefined;
  changes: number;
  failedChanges: number;
  /**
   * Time to restore service, "how long does it generally take to restore service": from the confirmation of a change
   * to that of the rollback that ended it. Undefined without one. What the host reverted by itself is not in it.
   */
  restore?: Spread | undefined;
  /** Confirmed ones of all that ended in a way that is known, 0 to 1. */
  successRate?: number | undefined;
  /** Of confirmed deployments. */
  duration?: Spread | undefined;
  /** Of confirmed deployments, by name, the longest median first. */
  steps: { name: string; spread: Spread }[];
  /** Most deployments first. */
  people: { who: string | undefined; confirmed: number; failed: number }[];
  rollbacks: Deployment[];
  failures: Deployment[];
  buckets: Bucket[];
}

export interface Period {
  /** Milliseconds since 1970; default: the first deployment. */
  since?: number | undefined;
  until: number;
}

/** When the commit of a version was made; undefined where nobody knows. */
export type CommitTime = (application: string, version: string) => number | undefined;

/** @returns undefined where the series has no deployment within the period */
export function measure(series: Series, period: Period, commitTime: CommitTime): Measures | undefined {
  const { stack, application } = series;
  const recorded = series.deployments[0]?.time ?? Number.POSITIVE_INFINITY;
  const since = Math.max(period.since ?? recorded, recorded);
  const { until } = period;
  const deployments = series.deployments.filter(({ time }) => time >= since && time <= until);
  if (deployments.length === 0) return undefined;
  const by = (outcome: string): Deployment[] => deployments.filter((one) => one.outcome === outcome);
  const [confirmed, reverted, refused] = [by("confirmed"), by("reverted"), by("refused")];
  const changes = [...confirmed, ...reverted].filter(isChange);
  const failed = changes.filter((one) => one.outcome === "reverted" || one.undone !== undefined);
  const known = confirmed.length + reverted.length + refused.length;
  const days = (until - since) / DAY_MS;
  const rollbacks = confirmed.filter(({ isRollback }) => isRollback);
  return {
    stack,
    application,
    since,
    until,
    deployments,
    confirmed: confirmed.length,
    reverted: reverted.length,
    refused: refused.length,
    perWeek: days < 1 ? undefined : ((confirmed.length - rollbacks.length) / days) * 7,
    leadTime: spreadOf(confirmed.map((one) => leadOf(application, one, commitTime))),
    changeFailureRate: changes.length === 0 ? undefined : failed.length / changes.length,
    changes: changes.length,
    failedChanges: failed.length,
    restore: spreadOf(confirmed.map(({ time, undone }) => undone && (undone.time - time) / 1000)),
    successRate: known === 0 ? undefined : confirmed.length / known,
    duration: spreadOf(confirmed.map(({ seconds }) => seconds)),
    steps: stepsOf(confirmed),
    people: peopleOf(deployments),
    rollbacks,
    failures: deployments.filter(({ outcome }) => outcome === "reverted" || outcome === "refused"),
    buckets: bucketsOf(deployments, since, until),
  };
}

/** A clock that puts the deployment before its commit tells nothing. */
function leadOf(application: string, one: Deployment, commitTime: CommitTime): number | undefined {
  if (!one.isFirst || one.isRollback || one.version === undefined) return undefined;
  const committed = commitTime(application, one.version);
  return committed === undefined || committed > one.time ? undefined : (one.time - committed) / 1000;
}

/** Of what is known; undefined where nothing is. */
export function spreadOf(all: (number | undefined)[]): Spread | undefined {
  const known = all.filter((one) => one !== undefined).sort((a, b) => a - b);
  if (known.length === 0) return undefined;
  const middle = known.length / 2;
  const median = (known[Math.ceil(middle) - 1]! + known[Math.floor(middle)]!) / 2;
  return {
    median: known.length % 2 === 1 ? known[Math.floor(middle)]! : median,
    longest: known.at(-1)!,
    count: known.length,
  };
}

function stepsOf(confirmed: Deployment[]): Measures["steps"] {
  const all = new Map<string, number[]>();
  for (const { steps } of confirmed)
    for (const [name, seconds] of Object.entries(steps)) {
      const own = all.get(name);
      if (own) own.push(seconds);
      else all.set(name, [seconds]);
    }
  return [...all]
    .map(([name, seconds]) => ({ name, spread: spreadOf(seconds)! }))
    .sort((a, b) => b.spread.median - a.spread.median);
}

function peopleOf(deployments: Deployment[]): Measures["people"] {
  return [...Map.groupBy(deployments, ({ who }) => who)]
    .map(([who, own]) => {
      const confirmed = own.filter(({ outcome }) => outcome === "confirmed").length;
      return { who, confirmed, failed: own.length - confirmed };
    })
    .sort((a, b) => b.confirmed + b.failed - a.confirmed - a.failed);
}
