/** Generated workflows as GitHub reads them. */
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { type WorkflowsSpec, workflowFiles } from "../../components/github/workflows/index.ts";

export interface Rendered {
  on: Record<string, any>;
  permissions: unknown;
  concurrency?: { group: string; "cancel-in-progress": unknown };
  jobs: Record<string, any>;
}

export const rendered = (spec: WorkflowsSpec, name: string): Rendered =>
  parse(workflowFiles(spec)[`.github/workflows/${name}.yml`]!);
export const steps = (job: any): any[] => job.steps ?? [];
/** The exit code of a step's commands, as a runner runs them. */
export const exitOf = ({ run }: { run: string }, env: Record<string, string>): number | null =>
  spawnSync("bash", ["-e", "-o", "pipefail", "-c", run], { env: { ...process.env, ...env } }).status;
export const PUBLIC = "github.event.repository.visibility == 'public'";
