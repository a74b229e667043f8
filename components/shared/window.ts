/** A time of the week. */
export interface WeeklyWindow {
  /** From 1 (Monday) to 7: those on which it begins. */
  days: number[];
  /** Like `"08:00"`. */
  from: string;
  /** Like `"17:00"`, or `"24:00"` for the end of the day. */
  until: string;
}

/** A time of the week in which deployments are allowed. One whose `until` is before its `from` ends on the next day. */
export interface DeploymentWindow extends WeeklyWindow {
  /** Whose clock it goes by, as the tz database names it, like `"Europe/Berlin"`. @default "UTC" */
  timeZone?: string;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const ZONE = /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/;

interface WindowProblem {
  key: keyof DeploymentWindow;
  value: unknown;
  /** To be put after the value. */
  remedy: string;
}

/** What is wrong with a window of one day, in UTC. Its times are compared as text. */
export function windowProblems(window: WeeklyWindow): WindowProblem[] {
  const { from, until } = window;
  const problems = problemsOfParts(window, " (UTC)");
  if (TIME.test(from) && isEnd(until) && from >= until)
    problems.push({
      key: "until",
      value: until,
      remedy: `is not after ${from}, and a window ends on the day it begins; write from: "${from}", until: "24:00", or from: "00:00", until: "${until}"`,
    });
  return problems;
}

/** What is wrong with a deployment window, which may go over midnight, in a time zone of its own. */
export function deploymentWindowProblems(window: DeploymentWindow): WindowProblem[] {
  const { from, until, timeZone } = window;
  const problems = problemsOfParts(window, timeZone === undefined ? " (UTC)" : "");
  if (TIME.test(from) && from === until)
    problems.push({
      key: "until",
      value: until,
      remedy: 'is when it begins; for whole days write from: "00:00", until: "24:00"',
    });
  const remedy = timeZone === undefined ? undefined : zoneProblem(timeZone);
  return remedy === undefined ? problems : [...problems, { key: "timeZone", value: timeZone, remedy }];
}

const isEnd = (time: string): boolean => TIME.test(time) || time === "24:00";

function problemsOfParts({ days, from, until }: WeeklyWindow, clock: string): WindowProblem[] {
  const problems: WindowProblem[] = [];
  if (days.length === 0 || !days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7))
    problems.push({
      key: "days",
      value: days,
      remedy: "are not days; write numbers from 1 (Monday) to 7, like [1, 2, 3, 4, 5]",
    });
  if (!TIME.test(from))
    problems.push({ key: "from", value: from, remedy: `is not a time of day${clock}; write "08:00"` });
  if (!isEnd(until))
    problems.push({
      key: "until",
      value: until,
      remedy: `is not a time of day${clock}; write "17:00", or "24:00" for the end of the day`,
    });
  return problems;
}

/** A host finds a zone by the name of a file, in which upper case is another letter. */
function zoneProblem(timeZone: string): string | undefined {
  let known: string | undefined;
  try {
    known = ZONE.test(timeZone) && !/^[+-]/.test(timeZone) ? clockOf(timeZone).resolvedOptions().timeZone : undefined;
  } catch {
    // It is no zone.
  }
  if (known === undefined) return 'is not a time zone; write one of the tz database, like "Europe/Berlin"';
  if (known !== timeZone && known.toLowerCase() === timeZone.toLowerCase())
    return `is not written as the tz database has it; write "${known}"`;
  return undefined;
}

const clockOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Why no deployment is allowed at a moment, for people: the window, and what the clock says; undefined where one is. */
export function closedAt(window: DeploymentWindow, now: Date): string | undefined {
  const { days, from, until, timeZone = "UTC" } = window;
  const parts = Object.fromEntries(
    clockOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const day = DAYS.indexOf(parts.weekday!) + 1;
  const time = `${parts.hour}:${parts.minute}`;
  const isOpen =
    from < until
      ? days.includes(day) && from <= time && time < until
      : (days.includes(day) && from <= time) || (days.includes(((day + 5) % 7) + 1) && time < until);
  return isOpen
    ? undefined
    : `days ${days.join(", ")} from ${from} to ${until} ${timeZone}, and now is day ${day}, ${time}`;
}
