/** Days, weeks, months or years of a period: as many columns as a plot can show. */
import type { Deployment } from "./deployments.ts";

export const DAY_MS = 86_400_000;

export interface Bucket {
  /** Its first day, like 2026-11-23; 2026-11 for a month, 2026 for a year. In UTC. */
  name: string;
  deployments: Deployment[];
}

/** The most days, weeks and months that are shown; more are shown as the next. */
const MOST = { days: 31, weeks: 26, months: 36 };

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);
/** 1970-01-01 was a Thursday; a week begins on Monday. */
const monday = (time: number): number => Math.floor((time / DAY_MS + 3) / 7) * 7 * DAY_MS - 3 * DAY_MS;

/** All of the period, those without a deployment too, by time. */
export function bucketsOf(deployments: Deployment[], since: number, until: number): Bucket[] {
  const nameOf = namerOf(since, until);
  const names = new Set<string>();
  for (let time = since; time < until; time += DAY_MS) names.add(nameOf(time));
  names.add(nameOf(until));
  const all = new Map([...names].map((name): [string, Deployment[]] => [name, []]));
  for (const one of deployments) all.get(nameOf(one.time))!.push(one);
  return [...all].map(([name, own]) => ({ name, deployments: own }));
}

function namerOf(since: number, until: number): (time: number) => string {
  const days = (until - since) / DAY_MS;
  if (days <= MOST.days) return isoDay;
  if (days <= MOST.weeks * 7) return (time) => isoDay(monday(time));
  return days <= MOST.months * 30.4 ? (time) => isoDay(time).slice(0, 7) : (time) => isoDay(time).slice(0, 4);
}
