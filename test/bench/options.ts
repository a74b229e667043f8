import { parseArgs } from "node:util";

export const MEASUREMENTS = [
  "deploy",
  "deploy_under_load",
  "preview_noop",
  "up_noop",
  "rollback_manual",
  "rollback_automatic",
  "growth",
  "hosts",
  "status",
  "repository",
] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

export interface BenchOptions {
  runs: number;
  only: Measurement[];
  /** Sizes of the growth measurement: applications on one host. */
  sizes: number[];
  /** Sizes of the repository measurement: repositories of one stack. */
  repositories: number[];
  firstHost: number;
  /** No measurement begins after so many minutes; what is left out is named. */
  minutes: number;
}

export const HELP = `usage: script/bench [--runs N] [--only NAME,NAME…] [--quick] [--first-host N] [--minutes N]

Measures deployments against their floors in the sandbox and prints one JSON document; progress goes to stderr.

  --runs N        samples of each measurement (default 3)
  --only NAMES    some of: ${MEASUREMENTS.join(", ")}
  --quick         one sample each, growth up to 5 applications, and one repository
  --first-host N  use the sandbox's hosts N, N+1 and N+2 (default 1)
  --minutes N     begin no measurement after N minutes; the JSON names those left out (default 30)
  --help          this text
`;

export class UsageError extends Error {}

/** @returns undefined when help was asked for */
export function readOptions(args: string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: "string" },
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      "first-host": { type: "string", default: "1" },
      minutes: { type: "string", default: "30" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    runs: whole("--runs", values.runs ?? (values.quick ? "1" : "3"), 50),
    only: names(values.only),
    sizes: values.quick ? [1, 5] : [1, 5, 20],
    repositories: values.quick ? [1] : [1, 10],
    minutes: whole("--minutes", values.minutes, 600),
    firstHost: whole("--first-host", values["first-host"], 18),
  };
}

function whole(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(`${flag} ${text}: write a whole number from 1 to ${most}`);
}

function names(text: string | undefined): Measurement[] {
  if (text === undefined) return [...MEASUREMENTS];
  return text.split(",").map((name) => {
    const found = MEASUREMENTS.find((known) => known === name.trim());
    if (found === undefined)
      throw new UsageError(`--only ${name}: there is no such measurement; write some of ${MEASUREMENTS.join(", ")}`);
    return found;
  });
}
