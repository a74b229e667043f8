/**
 * GitHub Actions workflows as data. Keys are GitHub's own words:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
import type { Action } from "./actions.ts";

export type Permission =
  | "actions"
  | "attestations"
  | "contents"
  | "deployments"
  | "id-token"
  | "issues"
  | "packages"
  | "pull-requests"
  | "security-events";

/** What the job's token may do. Nothing that is not named. */
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
  /** Never holds an expression of GitHub's (`${{ }}`): values come by `env`. */
  run?: string;
}

export interface Strategy {
  "fail-fast": boolean;
  matrix: Record<string, unknown>;
}

interface AnyJob {
  name: string;
  needs?: string[];
  if?: string;
  permissions: Permissions;
}

export interface RunnerJob extends AnyJob {
  "runs-on": string | string[];
  "timeout-minutes": number;
  environment?: { name: string; url?: string };
  concurrency?: Concurrency;
  strategy?: Strategy;
  outputs?: Record<string, string>;
  services?: Record<string, Service>;
  env?: Record<string, string>;
  steps: Step[];
}

/** A job that is another workflow of the same repository. */
export interface CallJob extends AnyJob {
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
  /** Or an expression. */
  "cancel-in-progress": boolean | string;
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
  /** What a run is called; of nothing but spaces: as GitHub calls it. @default GitHub's own */
  "run-name"?: string;
  on: Events;
  concurrency?: Concurrency;
  /** By id. Each asks for its own permissions; the workflow's are none. */
  jobs: Record<string, Job>;
}
