/** All files that a repository's declaration makes, by their path: the same bytes wherever they are written to. */

import type { Names } from "./branches.ts";
import { build } from "./build.ts";
import { ci } from "./ci.ts";
import { deploy } from "./deploy.ts";
import { frontend } from "./frontend.ts";
import type { Workflow } from "./model.ts";
import { preview } from "./preview.ts";
import { release } from "./release.ts";
import { renderWorkflow, renderYaml } from "./render.ts";
import { rollback } from "./rollback.ts";
import { security } from "./security.ts";
import type { WorkflowsSpec } from "./spec.ts";

export { targetsOf } from "./branches.ts";
export { checkWorkflows } from "./check.ts";
export { QUALITY_GATE } from "./ci.ts";
export { badges, type CommunitySpec, communityFiles } from "./community.ts";
export { SECURITY_GATE } from "./security.ts";
export type { WorkflowsSpec } from "./spec.ts";

/** @param names GitHub's names of environments, by stack; those that are not in it are called as their stack */
export function workflowsOf(spec: WorkflowsSpec, names: Names = new Map()): Workflow[] {
  return [
    ...(spec.ci ? [ci(spec.ci, spec)] : []),
    ...(spec.build ? [build(spec.build, spec)] : []),
    ...(spec.security ? [security(spec.security === true ? {} : spec.security, spec)] : []),
    ...(spec.preview ? [preview(spec.preview, spec)] : []),
    ...(spec.deploy ? [deploy(spec.deploy, spec, names)] : []),
    ...(spec.deploy && spec.rollback ? [rollback(spec.deploy, spec, names)] : []),
    ...(spec.release ? [release(spec.release === true ? {} : spec.release, spec)] : []),
    ...(spec.frontend ? [frontend(spec.frontend, spec)] : []),
  ];
}

/** Paths in the repository, with content; `names` as above. */
export function workflowFiles(spec: WorkflowsSpec, names?: Names): Record<string, string> {
  return {
    ...Object.fromEntries(
      workflowsOf(spec, names).map((workflow) => [
        `.github/workflows/${workflow.name}.yml`,
        renderWorkflow(workflow, spec.actions),
      ]),
    ),
    ...(spec.release ? { ".github/release.yml": renderYaml(NOTES) } : {}),
    ...runnerLabels(spec),
  };
}

/** Labels of one's own runners, for actionlint. */
function runnerLabels({ runner }: WorkflowsSpec): Record<string, string> {
  const labels = [runner ?? []]
    .flat()
    .filter((label) => !/^(self-hosted|linux|x64|arm64|(ubuntu|macos|windows)-.*)$/.test(label));
  return labels.length === 0 ? {} : { ".github/actionlint.yaml": renderYaml({ "self-hosted-runner": { labels } }) };
}

/** Sections of a release's notes, by label. */
const NOTES = {
  changelog: {
    exclude: { labels: ["no-changelog"] },
    categories: [
      { title: "Breaking changes", labels: ["breaking"] },
      { title: "New", labels: ["feature", "enhancement"] },
      { title: "Corrections", labels: ["bug", "fix", "security"] },
      { title: "Dependencies", labels: ["dependencies"] },
      { title: "Other", labels: ["*"] },
    ],
  },
};
