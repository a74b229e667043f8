/** What a host says of jobs, and what of that is wrong. */
import type { InspectedJob } from "../../components/protocol/inspect.ts";
import { defined } from "../../components/shared/records.ts";
import { nextDue } from "../../components/shared/schedule.ts";
import { age } from "../hosts/table.ts";
import type { JobStatus } from "./report.ts";

/** The host's watch looks every minute. */
const SELDOM_S = 600;

/** @param now milliseconds since 1970, by the host's clock; jobs that run on another host are left out */
export const jobsOf = (all: readonly InspectedJob[], now: number): JobStatus[] =>
  all.filter(({ here }) => here).map((job) => statusOf(job, now));

function statusOf(job: InspectedJob, now: number): JobStatus {
  const { name, schedule, zone, last, running } = job;
  const next = nextOf(schedule, zone, now);
  const began = Number(running?.began);
  return {
    name,
    schedule,
    timeZone: zone,
    ...defined({ next }),
    ...(running
      ? { running: defined({ by: running.by, since: Number.isFinite(began) ? moment(began) : undefined }) }
      : {}),
    ...(last
      ? {
          last: defined({
            ...{ time: last.time, result: last.result, reason: last.reason, run: last.run, due: last.due, by: last.by },
            ...{ code: last.code ?? undefined, seconds: last.seconds ?? undefined, release: last.release },
          }),
        }
      : {}),
    wrong: wrongOf(job, now),
  };
}

const moment = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.\d+/, "");

/** A schedule that this version does not read has no next time that it could tell. */
function nextOf(schedule: string, zone: string, now: number): string | undefined {
  try {
    const next = nextDue(schedule, zone, new Date(now));
    return next && moment(next.getTime() / 1000);
  } catch {
    return undefined;
  }
}

function wrongOf({ name, last, looked, running }: InspectedJob, now: number): string[] {
  const unseen = typeof looked === "number" ? now / 1000 - looked : 0;
  return [
    ...(last && last.result !== "succeeded" ? [`the job ${name} ${became(last)}`] : []),
    ...(unseen > SELDOM_S && !running
      ? [`nobody looked for ${age(unseen)} whether the job ${name} is due; does cron run, and Docker answer?`]
      : []),
  ];
}

function became({ result, code, reason, time, due }: NonNullable<InspectedJob["last"]>): string {
  const why = reason === undefined ? "" : `: ${reason}`;
  if (result === "skipped" || result === "missed") return `did not run${due === undefined ? "" : ` at ${due}`}${why}`;
  const how = result === "failed" ? `failed${typeof code === "number" ? ` with ${code}` : ""}` : `was ${result}`;
  return `${how} at ${time}${why}`;
}
