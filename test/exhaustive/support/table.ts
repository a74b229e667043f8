/** How cases ended, counted, and what stays open, so that each can be repeated alone. */
import type { Result } from "./lane.ts";

export function table(
  results: readonly Pick<Result, "name" | "call" | "outcome" | "open" | "seconds" | "converged">[],
): string {
  const groups = Object.groupBy(results, ({ outcome }) => outcome);
  const seconds = results.reduce((sum, one) => sum + one.seconds, 0);
  const open = groups.OPEN ?? [];
  return [
    `${results.length} cases, ${(seconds / Math.max(1, results.length)).toFixed(1)} s each; ${results.filter(({ converged }) => converged).length} of them with a plain deployment afterwards, the others from states from which one went well`,
    ...Object.entries(groups).map(([outcome, group = []]) => `${String(group.length).padStart(6)}  ${outcome}`),
    `${String(open.length).padStart(6)}  open`,
    ...open.map(
      ({ name, call, open: problems }) =>
        `  --case ${name}  (${call ? `${call.program} ${call.words.slice(0, 120)}` : "not reached"})\n    ${problems.join("\n    ")}`,
    ),
  ].join("\n");
}
