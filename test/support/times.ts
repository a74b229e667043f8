/** Tells what the tests took, and when that was above its budget. */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** Minutes that everything may take on two cores. */
const BUDGET = { warm: 25, cold: 50 };
/** Preparing takes longer only where something is installed, built or started. */
const WARM_SECONDS = 120;
const SLOW_SECONDS = 5;

export interface Run {
  /** Lines of `<seconds> <file>`. */
  files: string;
  /** Whether these were all the tests: only they have a budget. */
  all: boolean;
  /** Whether each slow file is told. */
  times: boolean;
  /** Seconds before the first test, and of everything. */
  prepared: number;
  seconds: number;
}

const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1)} minutes`;

export function report({ files, all, times, prepared, seconds }: Run): string[] {
  const slow = files
    .split("\n")
    .map((line) => /^(\S+) (.+)$/.exec(line))
    .flatMap((match) => (match ? [{ took: Number(match[1]), file: match[2]! }] : []))
    .filter(({ took }) => took >= SLOW_SECONDS)
    .toSorted((one, other) => other.took - one.took);
  const state = prepared > WARM_SECONDS ? "cold" : "warm";
  const above = all && seconds > BUDGET[state] * 60;
  const parts = `${minutes(seconds)}, ${minutes(prepared)} of them before the first test`;
  return [
    ...(times ? slow.map(({ took, file }) => `${took.toFixed(1).padStart(7)} s  ${file}`) : []),
    all ? `everything took ${parts}; it may take ${BUDGET[state]} minutes ${state}` : `this took ${parts}`,
    ...(above ? [`ABOVE ITS BUDGET: everything took ${minutes(seconds)} instead of ${BUDGET[state]}`] : []),
    ...(above && !times ? ["`script/test --times` tells which files are slow"] : []),
  ];
}

if (import.meta.main) {
  const text = { type: "string", default: "" } as const;
  const { values, positionals } = parseArgs({
    options: { all: text, times: text, prepared: text, seconds: text },
    allowPositionals: true,
  });
  const file = positionals[0] ?? "";
  const lines = report({
    files: existsSync(file) ? readFileSync(file, "utf8") : "",
    all: values.all === "yes",
    times: values.times === "yes",
    prepared: Number(values.prepared),
    seconds: Number(values.seconds),
  });
  console.log(lines.join("\n"));
}
