/** Requests to the application while it is deployed, and what their answers say. */
import { type LoadOptions, type LoadReport, startLoad } from "../../sandbox/load/index.ts";
import { VERSIONS_ONLY } from "../support/load.ts";

/** The mix of the published numbers: 100 requests a second, half on new connections, and two 5-second answers a second. */
export const MIX = { ...VERSIONS_ONLY, rate: 100, slowRate: 2, slowSeconds: 5 } satisfies Partial<LoadOptions>;

/** Enough to see when a new version serves. */
export const IDLE = { ...VERSIONS_ONLY, rate: 20 } satisfies Partial<LoadOptions>;

export async function underLoad<T>(
  options: Partial<LoadOptions> & { url: string },
  work: () => Promise<T>,
): Promise<{ value: T; report: LoadReport }> {
  const load = startLoad({ durationSeconds: 300, newShare: 0.5, ...options });
  await load.started;
  // The first slow answers are in flight before anything is changed.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const value = await work();
  return { value, report: await load.stop() };
}

export function traffic(reports: LoadReport[]) {
  return {
    failed_requests: reports.reduce((sum, report) => sum + report.failures, 0),
    requests: reports.reduce((sum, report) => sum + report.requests, 0),
  };
}

type Answers = Pick<LoadReport, "startedAt" | "versionTimeline" | "byVersion">;

/** Seconds from `begun`, in milliseconds since 1970, to the first answer by the version; NaN without one. */
export function servesAfter({ startedAt, versionTimeline }: Answers, version: string, begun: number): number {
  const [at = Number.NaN] = versionTimeline.find(([, answered]) => answered === version) ?? [];
  return (Date.parse(startedAt) + at - begun) / 1000;
}

/** Requests of a deployment that fails its verification, answered by another version than the one before it. */
export function unverified({ versionTimeline, byVersion }: Answers): number {
  const before = versionTimeline[0]?.[1];
  return Object.entries(byVersion).reduce((sum, [version, count]) => sum + (version === before ? 0 : count), 0);
}
