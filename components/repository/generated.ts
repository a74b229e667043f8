/** What a declaration's workflows bring along: their files, the check that a merge needs. */
import type { Problems } from "../application/problems.ts";
import { checkWorkflows, communityFiles, QUALITY_GATE, workflowFiles } from "../workflows/index.ts";
import type { RepositorySpec } from "./spec.ts";

/** The declaration with the files that it makes, and with the gate among its checks unless it names its own. */
export function withGenerated(problems: Problems, spec: RepositorySpec): RepositorySpec {
  const files = generatedFiles(problems, spec);
  for (const path of Object.keys(files).filter((name) => Object.hasOwn(spec.files?.content ?? {}, name))) {
    problems.add("files.content", path, "is made by `workflows` or `community` already; remove one of the two");
  }
  const { release } = spec.workflows ?? {};
  if (typeof release === "object" && release.changelog && (spec.actions === undefined || (spec.actions && !spec.actions.approve))) {
    problems.add("workflows.release.changelog", true, "opens a pull request, which GitHub lets workflows do only with actions: { approve: true }; add it, or leave the changelog out");
  }
  const checks = spec.checks ?? (spec.workflows?.ci ? [QUALITY_GATE] : undefined);
  return {
    ...spec,
    ...(checks ? { checks } : {}),
    ...(Object.keys(files).length > 0 ? { files: { ...spec.files, content: { ...spec.files?.content, ...files } } } : {}),
  };
}

/** By path in the repository. */
export function generatedFiles(problems: Problems, { workflows, community, branches }: RepositorySpec): Record<string, string> {
  const own = workflows && { ...(typeof branches === "string" ? { branches } : {}), ...workflows };
  if (own) checkWorkflows(own, (path, value, remedy) => problems.add(`workflows.${path}`, value, remedy));
  return { ...(own ? workflowFiles(own) : {}), ...(community ? communityFiles(community) : {}) };
}
