/** What workflows may do. Source: docs.github.com/rest/actions/permissions. */
import type { Problems } from "../../shared/problems.ts";
import { allowedPatterns, type WorkflowsSpec } from "../workflows/index.ts";
import type { ActionsSpec } from "./partSpecs.ts";

export interface ActionsPlan {
  permissions: {
    enabled: boolean;
    allowedActions?: "all" | "local_only" | "selected";
    allowedActionsConfig?: { githubOwnedAllowed: boolean; verifiedAllowed: boolean; patternsAlloweds: string[] };
    shaPinningRequired?: boolean;
  };
  token: { defaultWorkflowPermissions: "read" | "write"; canApprovePullRequestReviews: boolean };
}

const ALLOWED = { all: "all", local: "local_only", selected: "selected" } as const;

export function actionsOf(
  problems: Problems,
  spec: ActionsSpec | false = {},
  workflows: WorkflowsSpec = {},
): ActionsPlan | undefined {
  if (spec === false) return undefined;
  const allowed = spec.allowed ?? "selected";
  if (!(allowed in ALLOWED)) problems.add("actions.allowed", allowed, 'is unknown; write "all", "local" or "selected"');
  const limits = (["githubOwned", "verified", "patterns"] as const).filter((key) => spec[key] !== undefined);
  if (allowed !== "selected" && limits.length > 0)
    problems.add("actions", limits, `apply only to selected actions; remove them, or write allowed: "selected"`);
  for (const pattern of spec.patterns ?? []) {
    if (!/^!?[\w.*-]+\/[\w./*-]+@?[\w./*-]*$/.test(pattern))
      problems.add("actions.patterns", pattern, 'is not a pattern for actions; write one like "docker/*@*"');
  }
  const enabled = spec.enabled ?? true;
  return {
    permissions: {
      enabled,
      ...(enabled
        ? {
            allowedActions: ALLOWED[allowed],
            ...(allowed === "selected"
              ? {
                  allowedActionsConfig: {
                    githubOwnedAllowed: spec.githubOwned ?? true,
                    verifiedAllowed: spec.verified ?? false,
                    patternsAlloweds: [...(spec.patterns ?? allowedPatterns(workflows))].sort(),
                  },
                }
              : {}),
            shaPinningRequired: spec.pinned ?? true,
          }
        : {}),
    },
    token: { defaultWorkflowPermissions: spec.token ?? "read", canApprovePullRequestReviews: spec.approve ?? false },
  };
}
