/** Where jobs run. */
import type { Runner, WorkflowsSpec } from "./spec.ts";

const HOSTED = "ubuntu-24.04";

/** @param what `deploy`: jobs that reach hosts; `checks`: all others, among them those that run what a pull request brings */
export function runnerOf({ runner = HOSTED }: WorkflowsSpec, what: "checks" | "deploy"): Runner {
  return typeof runner === "string" || Array.isArray(runner) ? runner : (runner[what] ?? HOSTED);
}

/** Labels that GitHub itself does not know. */
export const ownLabels = (workflows: WorkflowsSpec): string[] => [
  ...new Set(
    [runnerOf(workflows, "checks"), runnerOf(workflows, "deploy")]
      .flat()
      .filter((label) => !/^(self-hosted|linux|x64|arm64|(ubuntu|macos|windows)-.*)$/.test(label)),
  ),
];

/** Whether jobs that run what a pull request brings do so on machines of one's own; a hoster's have other labels. */
export const checksOnOwnMachines = (workflows: WorkflowsSpec): boolean =>
  [runnerOf(workflows, "checks")].flat().includes("self-hosted");
