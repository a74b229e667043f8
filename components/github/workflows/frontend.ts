/** `frontend`: builds a site and keeps it as an artifact. */

import type { Workflow } from "./model.ts";
import { runnerOf } from "./runners.ts";
import type { FrontendSpec, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT, inDirectory, job, setupNode, uploadStep, within } from "./steps.ts";

export function frontendWorkflow(spec: FrontendSpec, workflows: WorkflowsSpec): Workflow {
  const { directory = "frontend", node = "24", scripts = ["lint", "test", "build"], output = "dist" } = spec;
  const at = inDirectory(directory);
  const paths = directory === "." ? {} : { paths: [`${directory}/**`, ".github/workflows/frontend.yml"] };
  return {
    name: "frontend",
    on: { pull_request: { ...paths }, push: { branches: ["main"], ...paths } },
    concurrency: {
      group: "frontend-${{ github.ref }}",
      "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    },
    jobs: {
      build: job(runnerOf(workflows, "checks"), {
        name: "build",
        steps: [
          CHECKOUT,
          setupNode(node, directory),
          { run: "npm ci", ...at },
          ...scripts.map((name) => ({ run: `npm run ${name}`, ...at })),
          uploadStep("frontend", within(directory, output)),
        ],
      }),
    },
  };
}
