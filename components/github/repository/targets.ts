/** What a declaration's workflows deploy from where. */
import { type DeployTarget, targetsOf, type WorkflowsSpec } from "../workflows/index.ts";
import type { RepositorySpec } from "./spec.ts";

/** The declared workflows; they use the repository's branch model unless they have their own. */
export const workflowsIn = ({ workflows, branches }: RepositorySpec): WorkflowsSpec | undefined =>
  workflows && { ...(typeof branches === "string" ? { branches } : {}), ...workflows };

/** What `deploy` takes for a version. */
export const RELEASE_TAGS = ["v*"];

/** By stack. */
export function deployTargets(spec: RepositorySpec): Record<string, DeployTarget> {
  const workflows = workflowsIn(spec);
  return workflows?.deploy ? targetsOf(workflows.deploy, workflows) : {};
}
