/** What a declaration's workflows bring along: their files, the check that a merge needs. */
import type { Problems } from "../../shared/problems.ts";
import {
  checkWorkflows,
  communityFiles,
  QUALITY_GATE,
  SECURITY_GATE,
  targetsOf,
  type WorkflowsSpec,
  workflowFiles,
} from "../workflows/index.ts";
import type { RepositorySpec } from "./spec.ts";

/** The declaration with the files that it makes, and with the gates as its checks unless it names its own. */
export function withGenerated(problems: Problems, spec: RepositorySpec): RepositorySpec {
  const files = generatedFiles(problems, spec);
  for (const path of Object.keys(files).filter((name) => Object.hasOwn(spec.files?.content ?? {}, name))) {
    problems.add("files.content", path, "is made by `workflows` or `community` already; remove one of the two");
  }
  const { release } = spec.workflows ?? {};
  if (
    typeof release === "object" &&
    release.changelog &&
    (spec.actions === undefined || (spec.actions && !spec.actions.approve))
  ) {
    problems.add(
      "workflows.release.changelog",
      true,
      "opens a pull request, which GitHub lets workflows do only with actions: { approve: true }; add it, or leave the changelog out",
    );
  }
  const gates = [...(spec.workflows?.ci ? [QUALITY_GATE] : []), ...(spec.workflows?.security ? [SECURITY_GATE] : [])];
  const checks = spec.checks ?? (gates.length > 0 ? gates : undefined);
  return {
    ...spec,
    ...(checks ? { checks } : {}),
    ...(Object.keys(files).length > 0
      ? { files: { ...spec.files, content: { ...spec.files?.content, ...files } } }
      : {}),
  };
}

/** The declared workflows; their branch model is the repository's unless they have one of their own. */
export const workflowsIn = ({ workflows, branches }: RepositorySpec): WorkflowsSpec | undefined =>
  workflows && { ...(typeof branches === "string" ? { branches } : {}), ...workflows };

/** By path in the repository. */
export function generatedFiles(problems: Problems, spec: RepositorySpec): Record<string, string> {
  const { community, environments = {} } = spec;
  const own = workflowsIn(spec);
  if (own) {
    checkWorkflows(own, (path, value, remedy) => problems.add(`workflows.${path}`, value, remedy));
    checkEnvironments(problems, own, Object.keys(environments));
  }
  const names = new Map(Object.entries(environments).map(([stack, { name = stack }]) => [stack, name]));
  return { ...(own ? workflowFiles(own, names) : {}), ...(community ? communityFiles(community) : {}) };
}

/** GitHub makes an environment that a job names and nobody has declared, and nothing protects that one. */
function checkEnvironments(problems: Problems, spec: WorkflowsSpec, declared: string[]): void {
  const { deploy, preview } = spec;
  const missing = (names: string[]): string[] => names.filter((name) => !declared.includes(name));
  const there = `is not among the declaration's environments (${declared.join(", ") || "none"})`;
  for (const name of missing(deploy ? Object.keys(targetsOf(deploy, spec)) : [])) {
    problems.add(
      `workflows.deploy.environments.${name}`,
      name,
      `${there}, and GitHub would make it without any protection at the first deployment; add environments: { ${name}: {} }, or name only those that there are in deploy.environments`,
    );
  }
  for (const name of missing(preview?.environments ?? [])) {
    problems.add("workflows.preview.environments", name, `${there}; add environments: { ${name}: {} }, or take it out`);
  }
}
