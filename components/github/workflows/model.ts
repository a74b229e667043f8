/**
 * GitHub Actions workflows as data. Keys are GitHub's own words:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
import type { Action } from "./actions.ts";

export type Permission =
  | "actions"
  | "artifact-metadata"
  | "attestations"
  | "contents"
  | "deployments"
  | "id-token"
  | "issues"
  | "packages"
  | "pull-requests"
  | "security-events";

/** What the job's token may do; nothing else. */
export type Permissions = Partial<Record<Permission, "read" | "write">>;

export interface Step {
  name?: string;
  id?: string;
  if?: string;
  /** An action without its version: `render.ts` pins it. */
  uses?: Action;
  with?: Record<string, string | number | boolean>;
  env?: Record<string, string>;
  "working-directory"?: string;
  /** Never contains a GitHub expression (`${{ }}`): values are passed in `env`. */
  run?: string;
}

export interface Strategy {
  "fail-fast": boolean;
  matrix: Record<string, unknown>;
}

interface BaseJob {
  name: string;
  needs?: string[];
  if?: string;
  permissions: Permissions;
}

export interface RunnerJob extends BaseJob {
  "runs-on": string | string[];
  "timeout-minutes": number;
  /** `deployment: false`: its secrets and rules, without a record of a deployment. */
  environment?: { name: string; url?: string; deployment?: false };
  concurrency?: Concurrency;
  strategy?: Strategy;
  outputs?: Record<string, string>;
  services?: Record<string, Service>;
  env?: Record<string, string>;
  steps: Step[];
}

/** A job that calls another workflow of the same repository. */
export interface CallJob extends BaseJob {
  uses: `./.github/workflows/${string}.yml`;
  with?: Record<string, string>;
  secrets?: Record<string, string>;
}

export type Job = RunnerJob | CallJob;

export interface Service {
  image: string;
  env?: Record<string, string>;
  ports: string[];
  options: string;
}

export interface Concurrency {
  group: string;
  /** A string is an expression. */
  "cancel-in-progress": boolean | string;
  /**
   * `max`: up to 100 wait and follow one another. @default "single": one waits, which a newer one replaces
   * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
   */
  queue?: "single" | "max";
}

export interface Input {
  description: string;
  type: "string" | "choice" | "boolean";
  required: boolean;
  default?: string | boolean;
  options?: string[];
}

export interface Events {
  pull_request?: { branches?: string[]; paths?: string[] };
  merge_group?: Record<string, never>;
  push?: { branches?: string[]; tags?: string[]; paths?: string[] };
  schedule?: { cron: string }[];
  workflow_dispatch?: { inputs?: Record<string, Input> };
  workflow_call?: {
    inputs?: Record<string, Input>;
    secrets?: Record<string, { description: string; required: boolean }>;
    outputs?: Record<string, { description: string; value: string }>;
  };
}

export interface Workflow {
  name: string;
  /** The name of a run. @default GitHub's own name, also if it is blank */
  "run-name"?: string;
  on: Events;
  concurrency?: Concurrency;
  /** By id. Each job requests its own permissions; the workflow itself has none. */
  jobs: Record<string, Job>;
}
