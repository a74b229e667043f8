/** A time of the week in which deployments are allowed, UTC. */
export interface DeploymentWindow {
  /** From 1 (Monday) to 7. */
  days: number[];
  /** Like `"08:00"`. */
  from: string;
  /** Like `"17:00"`, or `"24:00"` for the end of the day. */
  until: string;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

interface WindowProblem {
  key: keyof DeploymentWindow;
  value: unknown;
  /** To be put after the value. */
  remedy: string;
}

/** What is wrong with a window. Its times are compared as text. */
export function windowProblems({ days, from, until }: DeploymentWindow): WindowProblem[] {
  const problems: WindowProblem[] = [];
  const add = (key: keyof DeploymentWindow, value: unknown, remedy: string) => problems.push({ key, value, remedy });
  if (days.length === 0 || !days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7))
    add("days", days, "are not days; write numbers from 1 (Monday) to 7, like [1, 2, 3, 4, 5]");
  if (!TIME.test(from)) add("from", from, 'is not a time of day (UTC); write "08:00"');
  if (!TIME.test(until) && until !== "24:00")
    add("until", until, 'is not a time of day (UTC); write "17:00", or "24:00" for the end of the day');
  else if (TIME.test(from) && from >= until)
    add(
      "until",
      until,
      `is not after ${from}, and a window ends on the day it begins; write from: "${from}", until: "24:00", or from: "00:00", until: "${until}"`,
    );
  return problems;
}
