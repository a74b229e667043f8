/** All files that a repository's declaration generates, by path: the same bytes wherever they are written. */

import type { Environments } from "./branches.ts";
import { buildWorkflow } from "./build.ts";
import { ciWorkflow } from "./ci.ts";
import { deployWorkflow } from "./deploy.ts";
import { frontendWorkflow } from "./frontend.ts";
import type { Workflow } from "./model.ts";
import { NEXT_SCRIPT } from "./nextScript.ts";
import { previewWorkflow } from "./preview.ts";
import { NEXT_SCRIPT_PATH, releaseWorkflow } from "./release.ts";
import { renderWorkflow, renderYaml } from "./render.ts";
import { rollbackWorkflow } from "./rollback.ts";
import { ownLabels } from "./runners.ts";
import { securityWorkflow } from "./security.ts";
import type { WorkflowsSpec } from "./spec.ts";

export { APP_KEY, RELEASE_ENVIRONMENT } from "./app.ts";
export { type Environments, releasedBranches, targetsOf } from "./branches.ts";
export { checkWorkflows } from "./check.ts";
export { QUALITY_GATE } from "./ci.ts";
export { badges, type CommunitySpec, communityFiles } from "./community.ts";
export { allowedPatterns } from "./credentials.ts";
export { previewEnvironment } from "./preview.ts";
export { checksOnOwnMachines } from "./runners.ts";
export { SECURITY_GATE } from "./security.ts";
export type { DeployTarget, WorkflowsSpec } from "./spec.ts";
export { GHCR } from "./steps.ts";
export { trustOf } from "./trust.ts";

/** @param environments what differs from the defaults, by stack */
export function workflowsOf(spec: WorkflowsSpec, environments: Environments = new Map()): Workflow[] {
  return [
    ...(spec.ci ? [ciWorkflow(spec.ci, spec)] : []),
    ...(spec.build ? [buildWorkflow(spec.build, spec)] : []),
    ...(spec.security ? [securityWorkflow(spec.security === true ? {} : spec.security, spec)] : []),
    ...(spec.preview ? [previewWorkflow(spec.preview, spec, environments)] : []),
    ...(spec.deploy ? [deployWorkflow(spec.deploy, spec, environments)] : []),
    ...(spec.deploy && spec.rollback ? [rollbackWorkflow(spec.deploy, spec, environments)] : []),
    ...(spec.release ? [releaseWorkflow(spec.release === true ? {} : spec.release, spec)] : []),
    ...(spec.frontend ? [frontendWorkflow(spec.frontend, spec)] : []),
  ];
}

/** Contents by path in the repository; `environments` as above. */
export function workflowFiles(spec: WorkflowsSpec, environments?: Environments): Record<string, string> {
  return {
    ...Object.fromEntries(
      workflowsOf(spec, environments).map((workflow) => [
        `.github/workflows/${workflow.name}.yml`,
        renderWorkflow(workflow, spec.actions),
      ]),
    ),
    ...(spec.release ? { ".github/release.yml": renderYaml(NOTES) } : {}),
    ...(typeof spec.release === "object" && spec.release.automatic ? { [NEXT_SCRIPT_PATH]: NEXT_SCRIPT } : {}),
    ...actionlint(spec),
  };
}

/**
 * Names of the secrets and variables that jobs read.
 * @param readBy names of workflows, whose jobs with an environment count; without them all jobs
 */
export function valuesRead(spec: WorkflowsSpec, readBy?: string[]): { secrets: string[]; variables: string[] } {
  const jobs = workflowsOf(spec).flatMap(({ name, jobs: all }) =>
    Object.values(all).filter((job) => !readBy || (readBy.includes(name) && "environment" in job)),
  );
  const text = JSON.stringify(jobs);
  const names = (kind: string): string[] => [
    ...new Set(Array.from(text.matchAll(new RegExp(`\\b${kind}\\.(\\w+)`, "g")), ([, name]) => name!)),
  ];
  return { secrets: names("secrets"), variables: names("vars") };
}

/** What actionlint cannot know: labels of one's own runners; and what it does not know yet, as of 1.7.12 (its issue 657). */
function actionlint(workflows: WorkflowsSpec): Record<string, string> {
  const labels = ownLabels(workflows);
  const settings = {
    ...(labels.length > 0 && { "self-hosted-runner": { labels } }),
    ...(workflows.deploy && {
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
