/** Generated workflows as GitHub reads them. */
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { type WorkflowsSpec, workflowFiles, workflowsOf } from "../../components/github/workflows/index.ts";
import type { RunnerJob } from "../../components/github/workflows/model.ts";

export interface Rendered {
  on: Record<string, any>;
  permissions: unknown;
  concurrency?: { group: string; "cancel-in-progress": unknown; queue?: string };
  jobs: Record<string, any>;
}

export const rendered = (spec: WorkflowsSpec, name: string): Rendered =>
  parse(workflowFiles(spec)[`.github/workflows/${name}.yml`]!);
export const steps = (job: any): any[] => job.steps ?? [];
/** A job as it is rendered, for a runner of the tests. */
export const jobOf = (spec: WorkflowsSpec, workflow: string, job: string): RunnerJob =>
  workflowsOf(spec).find(({ name }) => name === workflow)!.jobs[job] as RunnerJob;
/** The exit code of a step's commands, as a runner runs them. */
export const exitOf = ({ run }: { run: string }, env: Record<string, string>): number | null =>
  spawnSync("bash", ["-e", "-o", "pipefail", "-c", run], { env: { ...process.env, ...env } }).status;
export const PUBLIC = "github.event.repository.visibility == 'public'";
