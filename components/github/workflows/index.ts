/** All files that a repository's declaration generates, by path: the same bytes wherever they are written. */

import type { EnvironmentNames } from "./branches.ts";
import { buildWorkflow } from "./build.ts";
import { ciWorkflow } from "./ci.ts";
import { deployWorkflow } from "./deploy.ts";
import { frontendWorkflow } from "./frontend.ts";
import type { Workflow } from "./model.ts";
import { previewWorkflow } from "./preview.ts";
import { releaseWorkflow } from "./release.ts";
import { renderWorkflow, renderYaml } from "./render.ts";
import { rollbackWorkflow } from "./rollback.ts";
import { securityWorkflow } from "./security.ts";
import type { WorkflowsSpec } from "./spec.ts";

export { targetsOf } from "./branches.ts";
export { checkWorkflows } from "./check.ts";
export { QUALITY_GATE } from "./ci.ts";
export { badges, type CommunitySpec, communityFiles } from "./community.ts";
export { SECURITY_GATE } from "./security.ts";
export type { WorkflowsSpec } from "./spec.ts";
export { GHCR } from "./steps.ts";

/** @param names names of the environments on GitHub, by stack; any other environment has its stack's name */
export function workflowsOf(spec: WorkflowsSpec, names: EnvironmentNames = new Map()): Workflow[] {
  return [
    ...(spec.ci ? [ciWorkflow(spec.ci, spec)] : []),
    ...(spec.build ? [buildWorkflow(spec.build, spec)] : []),
    ...(spec.security ? [securityWorkflow(spec.security === true ? {} : spec.security, spec)] : []),
    ...(spec.preview ? [previewWorkflow(spec.preview, spec)] : []),
    ...(spec.deploy ? [deployWorkflow(spec.deploy, spec, names)] : []),
    ...(spec.deploy && spec.rollback ? [rollbackWorkflow(spec.deploy, spec, names)] : []),
    ...(spec.release ? [releaseWorkflow(spec.release === true ? {} : spec.release, spec)] : []),
    ...(spec.frontend ? [frontendWorkflow(spec.frontend, spec)] : []),
  ];
}

/** Contents by path in the repository; `names` as above. */
export function workflowFiles(spec: WorkflowsSpec, names?: EnvironmentNames): Record<string, string> {
  return {
    ...Object.fromEntries(
      workflowsOf(spec, names).map((workflow) => [
        `.github/workflows/${workflow.name}.yml`,
        renderWorkflow(workflow, spec.actions),
      ]),
    ),
    ...(spec.release ? { ".github/release.yml": renderYaml(NOTES) } : {}),
    ...actionlint(spec),
  };
}

/** What actionlint cannot know: labels of one's own runners; and what it does not know yet, as of 1.7.12 (its issue 657). */
function actionlint({ runner, deploy }: WorkflowsSpec): Record<string, string> {
  const labels = [runner ?? []]
    .flat()
    .filter((label) => !/^(self-hosted|linux|x64|arm64|(ubuntu|macos|windows)-.*)$/.test(label));
  const settings = {
    ...(labels.length > 0 && { "self-hosted-runner": { labels } }),
    ...(deploy && {
      paths: {
        ".github/workflows/{deploy,rollback}.yml": { ignore: ['unexpected key "queue" for "concurrency" section'] },
      },
    }),
  };
  return Object.keys(settings).length === 0 ? {} : { ".github/actionlint.yaml": renderYaml(settings) };
}

/** Sections of the release notes, by label. */
const NOTES = {
  changelog: {
    exclude: { labels: ["no-changelog"] },
    categories: [
      { title: "Breaking changes", labels: ["breaking"] },
      { title: "New", labels: ["feature", "enhancement"] },
      { title: "Fixes", labels: ["bug", "fix", "security"] },
      { title: "Dependencies", labels: ["dependencies"] },
      { title: "Other", labels: ["*"] },
    ],
  },
};
