/** Which branches work goes to, and which branches are deployed where. */
import type { DeploySpec, DeployTarget, WorkflowsSpec } from "./spec.ts";

/** dev follows the branch that work goes to; the others follow version tags, staging before prod. */
export const TARGETS: Record<"trunk" | "gitflow", Record<string, DeployTarget>> = {
  trunk: { dev: { on: "main" }, prod: { on: "tag" } },
  gitflow: {
    dev: { on: "develop" },
    test: { on: "release/*" },
    staging: { on: "tag" },
    prod: { on: "tag", after: "staging" },
  },
};

export const targetsOf = (
  { environments }: DeploySpec,
  { branches = "trunk" }: WorkflowsSpec,
): Record<string, DeployTarget> => environments ?? TARGETS[branches];

/** The long-lived branches. */
export const mainBranches = ({ branches = "trunk" }: WorkflowsSpec): string[] =>
  branches === "gitflow" ? ["main", "develop"] : ["main"];

export const deployBranches = (spec: DeploySpec, workflows: WorkflowsSpec): string[] => [
  ...new Set(
    Object.values(targetsOf(spec, workflows))
      .map(({ on }) => on)
      .filter((on) => on !== "tag"),
  ),
];

/** Branches whose pushes are checked by the workflow that then deploys or releases them. */
export function checkedBranches(workflows: WorkflowsSpec): string[] {
  const { deploy, release } = workflows;
  const released = typeof release === "object" && release.automatic ? ["main"] : [];
  return [...new Set([...(deploy ? deployBranches(deploy, workflows) : []), ...released])];
}

/** Branches whose commits may be released, or patterns of them. A pattern is nothing to rely on: whoever may write may create such a branch. */
export const releasedBranches = ({ release }: WorkflowsSpec): string[] =>
  (typeof release === "object" ? release.branches : undefined) ?? ["main"];

/** What workflows know of an environment on GitHub. */
export interface EnvironmentFacts {
  /** @default its stack's name */
  name?: string;
  /** Somebody else than whoever started a deployment must approve it. @default false */
  reviewed?: boolean;
}

/** By stack. */
export type Environments = ReadonlyMap<string, EnvironmentFacts>;

/** How a stack's environment is called on GitHub. */
export const nameOn = (environments: Environments, stack: string): string => environments.get(stack)?.name ?? stack;

/** A hint for manual runs: GitHub refuses a run on a branch if only tags may deploy. */
export function tagHint(targets: Record<string, DeployTarget>): string {
  const names = Object.keys(targets).filter((name) => targets[name]!.on === "tag");
  return names.length > 0 ? ` (${names.join(", ")}: choose a tag under "Use workflow from")` : "";
}
