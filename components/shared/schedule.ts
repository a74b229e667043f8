/** When a job is due: the five fields of cron, as a library reads them. A host decides by the numbers that come out (lib/schedule.sh). */
import { Cron, CronPattern } from "croner";
import { ZONE } from "./names.ts";

/** What of a time must be among which numbers; a part that is absent may be any. */
export interface Schedule {
  minutes?: number[];
  hours?: number[];
  /** Of the month. With `weekdays`: one of the two is enough, as cron has it. */
  days?: number[];
  months?: number[];
  /** 0 is Sunday. */
  weekdays?: number[];
  /**
   * Neither minutes nor hours have `*` or a step: a time that comes twice counts once, and one that the clock leaves out
   * counts at the first minute after the gap. Else the clock alone decides.
   */
  fixed?: true;
}

/** As Vixie cron, and as the host's scripts. */
const OPTIONS = { mode: "5-part", fixedTimeRule: "no-wildcard" } as const;
const NICKNAME = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/i;
const FIELDS = /^[\d*,/-]+ +[\d*,/-]+ +[\d*,/-]+ +[A-Za-z\d*,/-]+ +[A-Za-z\d*,/-]+$/;

const REMEDY =
  'write minute, hour, day of the month, month and weekday, like "30 2 * * *" for each night or "0 6 * * MON" for Mondays, or "@daily"';

/** @throws Error with what is wrong with the text, and what to write */
export function readSchedule(text: string): Schedule {
  if (!NICKNAME.test(text) && !FIELDS.test(text)) throw new Error(`is no schedule; ${REMEDY}`);
  let pattern: CronPattern;
  try {
    pattern = new CronPattern(text, "UTC", OPTIONS);
  } catch (error) {
    throw new Error(`is no schedule (${(error as Error).message.replace(/^CronPattern: /, "")}); ${REMEDY}`);
  }
  // Letters that only some programs know, like `L` for the last.
  const isOwn = pattern.dayOfWeek.every((bits) => bits === 0 || bits === ANY_WEEK);
  if (pattern.lastWeekday || pattern.lastDayOfMonth || !isOwn) throw new Error(`is no schedule; ${REMEDY}`);
  if (nextDue(text, "UTC", new Date(0)) === undefined)
    throw new Error('names a day that no month has, so it would never be due; write one like "0 6 1 * *"');
  const schedule: Schedule = {
    ...part("minutes", pattern.minute),
    ...part("hours", pattern.hour),
    ...(pattern.starDOM ? {} : { days: among(pattern.day, 1) }),
    ...part("months", pattern.month, 1),
    ...(pattern.starDOW ? {} : { weekdays: among(pattern.dayOfWeek.slice(0, 7)) }),
  };
  return pattern.isFixedTime ? { ...schedule, fixed: true } : schedule;
}

/** The first time after another, to the minute; undefined where there is none. */
export function nextDue(text: string, zone: string, after: Date): Date | undefined {
  return new Cron(text, { ...OPTIONS, timezone: zone, paused: true }).nextRun(after) ?? undefined;
}

/** @returns what is wrong with the name of a time zone, and what to write; undefined where nothing is */
export function zoneProblem(zone: string): string | undefined {
  const remedy = 'write one of the IANA time zone database, like "Europe/Berlin"';
  if (!ZONE.test(zone)) return `is no time zone; ${remedy}`;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions();
    const isSpelled = timeZone === zone || timeZone.toLowerCase() !== zone.toLowerCase();
    return isSpelled ? undefined : `is no time zone as hosts spell it; write ${JSON.stringify(timeZone)}`;
  } catch {
    return `is no time zone; ${remedy}`;
  }
}

/** Any of the weeks of a month, as the library marks a weekday. */
const ANY_WEEK = 63;

const among = (flags: number[], first = 0): number[] => flags.flatMap((flag, at) => (flag ? [at + first] : []));

/** Nothing where all are among them. */
function part(name: "minutes" | "hours" | "months", flags: number[], first = 0): Schedule {
  const numbers = among(flags, first);
  return numbers.length === flags.length ? {} : { [name]: numbers };
}
