/** `frontend`: a site's build, kept as an artifact. */

import type { Workflow } from "./model.ts";
import type { FrontendSpec, WorkflowsSpec } from "./spec.ts";
import { CHECKOUT, inDirectory, job, keep, setupNode, within } from "./steps.ts";

export function frontend(spec: FrontendSpec, { runner = "ubuntu-24.04" }: WorkflowsSpec): Workflow {
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
      build: job(runner, {
        name: "build",
        steps: [
          CHECKOUT,
          setupNode(node, directory),
          { run: "npm ci", ...at },
          ...scripts.map((name) => ({ run: `npm run ${name}`, ...at })),
          keep("frontend", within(directory, output)),
        ],
      }),
    },
  };
}
