/** Which branches work goes to, and which of them are deployed where. */
import type { DeploySpec, DeployTarget, WorkflowsSpec } from "./spec.ts";

/** dev follows the branch that work goes to; the rest follows version tags, staging before prod. */
export const TARGETS: Record<"trunk" | "gitflow", Record<string, DeployTarget>> = {
  trunk: { dev: { on: "main" }, prod: { on: "tag" } },
  gitflow: { dev: { on: "develop" }, test: { on: "release/*" }, staging: { on: "tag" }, prod: { on: "tag", after: "staging" } },
};

export const targetsOf = ({ environments }: DeploySpec, { branches = "trunk" }: WorkflowsSpec): Record<string, DeployTarget> => environments ?? TARGETS[branches];

/** The branches that stay. */
export const mainBranches = ({ branches = "trunk" }: WorkflowsSpec): string[] => branches === "gitflow" ? ["main", "develop"] : ["main"];

export const deployBranches = (spec: DeploySpec, workflows: WorkflowsSpec): string[] =>
  [...new Set(Object.values(targetsOf(spec, workflows)).map(({ on }) => on).filter((on) => on !== "tag"))];
