/** Backups: what is taken of an application's data, when, and what shows that it can be put back. */
import { hashOf } from "../shared/hash.ts";
import { NAME } from "../shared/names.ts";
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import { readSchedule, type Schedule, zoneProblem } from "../shared/schedule.ts";
import { backupsByName } from "./backupsShape.ts";
import type { BackupsSpec } from "./backupsSpec.ts";
import { checkOf, type Declared, sourceOf } from "./dataSource.ts";
import type { DataBackup, DataJob } from "./model.ts";

const HOUR = 3_600_000;
const LEAST = 1000;
/** A host takes no longer one. */
const MOST = 366 * 24 * HOUR;
const KEEP = { daily: 7, weekly: 4, monthly: 6 };
const MOST_KEPT = 10_000;

interface DataContext extends Declared {
  application: string;
  /** Names of the declared jobs. */
  jobs: string[];
  /** Names of `slipway:backups`. */
  destinations: string[];
}

/** Nothing at all where none is declared. */
export function backups(
  problems: Problems,
  value: BackupsSpec | Record<string, BackupsSpec> | undefined,
  context: DataContext,
): { backups?: DataBackup[]; jobs: DataJob[] } {
  const all = backupsByName(value).map((one) => planned(problems, one, context));
  // A host has them by the same names as what is done with backups.
  for (const taken of all.length === 0 ? [] : context.jobs.filter((name) => name === "backup" || name === "drill"))
    problems.add("jobs", taken, `is what Slipway itself does with backups; choose another name, like "${taken}-files"`);
  return all.length === 0
    ? { jobs: [] }
    : { backups: all.map((one) => one.backup), jobs: all.flatMap((one) => one.jobs) };
}

function planned(
  problems: Problems,
  { name, path, spec }: { name: string; path: string; spec: BackupsSpec },
  context: DataContext,
): { backup: DataBackup; jobs: DataJob[] } {
  if (!NAME.test(name))
    problems.add("backups", name, 'is not a valid name; use lowercase letters, digits and "-", like "orders"');
  const { timeZone = "UTC" } = spec;
  const zone = zoneProblem(timeZone);
  if (zone !== undefined) problems.add(`${path}.timeZone`, timeZone, zone);
  const timeout = problems.time(`${path}.timeout`, spec.timeout, HOUR);
  if (timeout < LEAST || timeout > MOST)
    problems.add(`${path}.timeout`, spec.timeout, 'is not between a second and a year; write one like "15m" or "2h"');
  const usual = (act: DataJob["act"]): string => {
    const minute = Number.parseInt(hashOf([context.application, name, act]).slice(0, 8), 16) % 60;
    return act === "backup" ? `${minute} 3 * * *` : `${minute} 5 * * 0`;
  };
  const job = (act: DataJob["act"], key: "schedule" | "drill"): DataJob => {
    const schedule = spec[key] ?? usual(act);
    return {
      name: `${act}.${name}`,
      act,
      of: name,
      timeout,
      schedule,
      times: timesOf(problems, `${path}.${key}`, schedule),
      ...(timeZone === "UTC" ? {} : { timeZone }),
    };
  };
  return {
    backup: {
      name,
      what: spec.what,
      ...sourceOf(problems, path, spec, context),
      check: checkOf(problems, path, spec),
      to: destination(problems, path, spec.to, context.destinations),
      keep: keepOf(problems, path, spec.keep),
      timeout,
    },
    jobs: [job("backup", "schedule"), job("drill", "drill")],
  };
}

function timesOf(problems: Problems, path: string, schedule: string): Schedule {
  try {
    return readSchedule(schedule);
  } catch (error) {
    problems.add(path, schedule, (error as Error).message);
    return {};
  }
}

const SETTING =
  "add one to slipway:backups, like nas: { repository: sftp:backup@nas:/backups }, and its password: pulumi config set --secret --path 'slipway:backups.nas.password'";

function destination(problems: Problems, path: string, to: string | undefined, known: string[]): string {
  if (to !== undefined && known.includes(to)) return to;
  if (to === undefined && known.length === 1) return known[0]!;
  const all = known.map((name) => JSON.stringify(name));
  if (to !== undefined)
    problems.add(
      `${path}.to`,
      to,
      known.length === 0 ? `is no destination; ${SETTING}` : `is no destination; slipway:backups has ${all.join(", ")}`,
    );
  else if (known.length === 0) problems.at(`${path}.to`, `is missing, and there is no destination; ${SETTING}`);
  else problems.at(`${path}.to`, `is missing, and slipway:backups has several; write ${all.join(" or ")}`);
  return "";
}

function keepOf(problems: Problems, path: string, keep: BackupsSpec["keep"]): DataBackup["keep"] {
  if (keep === undefined) return KEEP;
  const given = Object.entries(defined(keep)) as [keyof DataBackup["keep"], number][];
  if (given.length === 0)
    problems.at(`${path}.keep`, "is empty, so that no backup would be kept; write one like { daily: 7, weekly: 4 }");
  for (const [key, count] of given)
    if (!Number.isInteger(count) || count < 1 || count > MOST_KEPT)
      problems.add(
        `${path}.keep.${key}`,
        count,
        `is no number of backups; write one from 1 to ${MOST_KEPT}, or leave it out`,
      );
  return Object.fromEntries(given);
}
