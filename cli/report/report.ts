/** `slipway report`: what ledgers tell, as a page. */
import { readFileSync } from "node:fs";
import { commitTimes } from "./commits.ts";
import { seriesOf } from "./deployments.ts";
import { type Read, readEntries } from "./entry.ts";
import { measure } from "./measures.ts";
import type { Report } from "./page.ts";
import { counted } from "./words.ts";

export interface ReportOptions {
  /** Days or times in UTC, like 2026-11-01. Default: the first deployment, and now. */
  since?: string;
  until?: string;
  /** Checkouts whose tags tell when versions were committed. */
  commits?: string[];
}

/** @throws Error for a file that cannot be read */
export const readFiles = (names: string[]): Read =>
  readEntries(
    names.map((name) => {
      try {
        return { name, text: readFileSync(name, "utf8") };
      } catch (error) {
        throw new Error(
          `${name} cannot be read (${(error as Error).message}); write it by slipway history --limit 100000 --json`,
        );
      }
    }),
  );

/** @throws Error for words that mean nothing */
export function reportOf(read: Read, { since, until, commits = [] }: ReportOptions, now: number): Report {
  const period = { since: timeOf("--since", since), until: timeOf("--until", until) ?? now };
  if (period.since !== undefined && period.since >= period.until)
    throw new Error(`--since: ${since!} is not before ${until ?? "now"}; write an earlier day`);
  const all = seriesOf(read.entries);
  const times = commitTimes(commits, [...new Set(all.map(({ application }) => application))]);
  const series = all.flatMap((one) => measure(one, period, times) ?? []);
  const later = all.flatMap(({ deployments }) => deployments.filter(({ time }) => time > now));
  const strange = series.flatMap(({ deployments }) => deployments.filter(({ outcome }) => outcome === "unknown"));
  return {
    made: now,
    series,
    missing: [
      ...read.unread.map(
        (host) => `The host ${host} could not be asked: what was deployed there is not in this report.`,
      ),
      ...(read.damaged > 0 ? [`${counted(read.damaged, "line")} of the ledgers cannot be read.`] : []),
      ...(later.length > 0
        ? [`${counted(later.length, "deployment")} would be in the future: a host's clock is wrong.`]
        : []),
      ...(strange.length > 0
        ? [`${counted(strange.length, "deployment")} ended in a way that this version of slipway does not know.`]
        : []),
    ],
  };
}

function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  // A 30th of February would become a day of March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text.slice(0, 10)))
    throw new Error(`${option}: ${JSON.stringify(text)} is no day; write one like 2026-11-01, or 2026-11-01T12:00Z`);
  return time;
}
