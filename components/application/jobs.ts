/** Jobs: one-offs of the release that serves, by a schedule. */
import { NAME } from "../shared/names.ts";
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import { readSchedule, type Schedule, zoneProblem } from "../shared/schedule.ts";
import type { JobSpec } from "./declaration.ts";
import type { Job } from "./model.ts";
import { oneOff } from "./oneOff.ts";

const DEADLINE = 3_600_000;
const LEAST = 1000;
/** A host takes no longer one. */
const MOST = 366 * 24 * DEADLINE;

/**
 * @param own names of the application's own services; undefined where they are not known
 * @param hosts of the application, in the order of its settings
 */
export function jobs(
  problems: Problems,
  value: Record<string, JobSpec> | undefined,
  own: string[] | undefined,
  hosts: string[],
): Job[] | undefined {
  const all = Object.entries(value ?? {});
  if (all.length === 0) return undefined;
  return all.map(([name, spec]) => job(problems, name, spec, own, hosts));
}

function job(problems: Problems, name: string, spec: JobSpec, own: string[] | undefined, hosts: string[]): Job {
  const { schedule, command, service, timeZone = "UTC", deadline, missed, hosts: where } = spec;
  const path = `jobs.${name}`;
  if (!NAME.test(name))
    problems.add("jobs", name, 'is not a valid name; use lowercase letters, digits and "-", like "cleanup"');
  const zone = zoneProblem(timeZone);
  if (zone !== undefined) problems.add(`${path}.timeZone`, timeZone, zone);
  const timeout = problems.time(`${path}.deadline`, deadline, DEADLINE);
  if (timeout < LEAST || timeout > MOST)
    problems.add(`${path}.deadline`, deadline, 'is not between a second and a year; write one like "15m" or "2h"');
  return {
    ...oneOff(problems, path, { command, ...defined({ service }) }, own)!,
    name,
    timeout,
    schedule,
    times: timesOf(problems, `${path}.schedule`, schedule),
    ...(timeZone === "UTC" ? {} : { timeZone }),
    ...(missed === "skip" ? { missed } : {}),
    ...(hosts.length > 1 && where !== "all" ? { host: hosts[0]! } : {}),
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
