/** Which branches work goes to, and which of them are deployed where. */
import type { DeploySpec, DeployTarget, WorkflowsSpec } from "./spec.ts";

/** dev follows the branch that work goes to; the rest follows version tags, staging before prod. */
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

/** The branches that stay. */
export const mainBranches = ({ branches = "trunk" }: WorkflowsSpec): string[] =>
  branches === "gitflow" ? ["main", "develop"] : ["main"];

export const deployBranches = (spec: DeploySpec, workflows: WorkflowsSpec): string[] => [
  ...new Set(
    Object.values(targetsOf(spec, workflows))
      .map(({ on }) => on)
      .filter((on) => on !== "tag"),
  ),
];

/** Branches whose pushes are checked by the workflow that goes on with them. */
export function checkedBranches(workflows: WorkflowsSpec): string[] {
  const { deploy, release } = workflows;
  const released = typeof release === "object" && release.automatic ? ["main"] : [];
  return [...new Set([...(deploy ? deployBranches(deploy, workflows) : []), ...released])];
}

/** GitHub's names of environments, by stack. */
export type Names = ReadonlyMap<string, string>;

/** For who starts a deployment by hand: GitHub refuses a run on a branch where only tags may go. */
export function onTags(targets: Record<string, DeployTarget>): string {
  const names = Object.keys(targets).filter((name) => targets[name]!.on === "tag");
  return names.length > 0 ? ` (${names.join(", ")}: choose a tag under "Use workflow from")` : "";
}
