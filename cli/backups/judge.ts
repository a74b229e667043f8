/** What a host says of backups and drills, and what of that is wrong. */
import type { InspectedApplication, InspectedBackup, InspectedJob } from "../../components/protocol/inspect.ts";
import { defined } from "../../components/shared/records.ts";
import { nextDue } from "../../components/shared/schedule.ts";
import { age } from "../hosts/table.ts";
import { jobsOf } from "../jobs/judge.ts";
import type { BackupStatus } from "./report.ts";

/** @param now milliseconds since 1970, by the host's clock */
export const backupsOf = (
  application: string,
  seen: Pick<InspectedApplication, "backups" | "jobs" | "confirmed">,
  now: number,
): BackupStatus[] => (seen.backups ?? []).map((backup) => statusOf(application, backup, seen, now));

function statusOf(
  application: string,
  backup: InspectedBackup,
  { jobs = [], confirmed }: Pick<InspectedApplication, "jobs" | "confirmed">,
  now: number,
): BackupStatus {
  const { name, what, to, last, drill, aside } = backup;
  const wrongOf = (act: "backup" | "drill", done: Done | undefined): string[] => {
    const job = jobs.find((one) => one.name === `${act}.${name}`);
    // What is wrong with the run is said of the job.
    const isSaid = job !== undefined && jobsOf([job], now).some(({ wrong }) => wrong.length > 0);
    if (job?.running || isSaid) return [];
    if (done !== undefined && done.result !== "succeeded") return [became(act, name, done)];
    const late = job && lateSince(job, done?.time, confirmed ?? undefined, now);
    return late === undefined ? [] : [lateness(act, name, application, done, late, now)];
  };
  return {
    name,
    what,
    to,
    ...(last ? { last: defined({ ...last, bytes: last.bytes ?? undefined }) } : {}),
    ...(drill ? { drill: defined({ ...drill, seconds: drill.seconds ?? undefined }) } : {}),
    ...(aside ? { aside: defined(aside) } : {}),
    wrong: [...wrongOf("backup", last ?? undefined), ...wrongOf("drill", drill ?? undefined)],
  };
}

type Done = { time: string; result: string; reason?: string | undefined };

const became = (act: string, name: string, { result, reason, time }: Done): string =>
  `the ${act} of ${name} ${result === "failed" ? "failed" : `was ${result}`} at ${time}${reason === undefined ? "" : `: ${reason}`}`;

/**
 * Since when it is late: one that was due is forgiven, the next one not. Where none was ever taken, it is the first that
 * was due after the release was confirmed.
 */
function lateSince(
  { schedule, zone }: InspectedJob,
  done: string | undefined,
  confirmed: string | undefined,
  now: number,
): number | undefined {
  const from = Date.parse(done ?? confirmed ?? "");
  if (Number.isNaN(from)) return undefined;
  try {
    const first = nextDue(schedule, zone, new Date(from));
    const due = done === undefined ? first : first && nextDue(schedule, zone, first);
    // A run takes its time, and the watch looks every minute.
    return due !== undefined && due.getTime() + GRACE_MS < now ? due.getTime() : undefined;
  } catch {
    return undefined;
  }
}

const GRACE_MS = 3_600_000;

function lateness(act: string, name: string, application: string, done: Done | undefined, due: number, now: number) {
  const when = new Date(due).toISOString().replace(/\.\d+/, "");
  const since =
    done === undefined ? "there is none yet" : `the last is ${age((now - Date.parse(done.time)) / 1000)} old`;
  return `the ${act} of ${name} is late: it was due at ${when}, and ${since}; slipway ${act} ${application} makes one now`;
}

/** What drills have proven of an application: as of when all of its data can be restored, and how long that takes. */
export interface Proof {
  /** The oldest of all. Absent where one is not proven. */
  asOf?: string;
  /** Of all of them together. */
  seconds?: number;
  /** Names of backups of which no drill ended well. */
  unproven: string[];
}

export function proofOf(backups: readonly BackupStatus[]): Proof {
  const good = backups.flatMap(({ drill }) => (drill?.result === "succeeded" ? [drill] : []));
  const unproven = backups.filter(({ drill }) => drill?.result !== "succeeded").map(({ name }) => name);
  const [asOf] = good.flatMap(({ pointTime }) => pointTime ?? []).sort();
  if (unproven.length > 0 || asOf === undefined) return { unproven };
  const seconds = good.reduce((sum, one) => sum + (one.seconds ?? 0), 0);
  return { asOf, seconds, unproven };
}
