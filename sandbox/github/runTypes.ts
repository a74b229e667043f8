/** What the sandbox keeps of GitHub Actions. */
import type { Time } from "./time.ts";

/** A check as an app reports it. */
export interface CheckRun {
  id: number;
  sha: string;
  name: string;
  app: number;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  createdAt: Time;
}

/** A job of a run. None is ever executed: a job that nothing refuses or holds up counts as done. */
export interface RunJob {
  id: number;
  name: string;
  result: "waiting" | "success" | "failure" | "skipped";
  /** Why it was refused. */
  message: string | null;
  /** Number of its environment. */
  environment: number | null;
  deployment: number | null;
  startedAt: Time;
}

export interface Approval {
  environments: number[];
  state: "approved" | "rejected";
  user: string;
  comment: string;
}

export interface Run {
  id: number;
  number: number;
  workflow: string;
  name: string;
  title: string;
  event: "push" | "workflow_dispatch";
  ref: string;
  sha: string;
  inputs: Record<string, string>;
  /** Who started it; what a job's token started is the bot's. */
  actor: string;
  createdAt: Time;
  updatedAt: Time;
  jobs: RunJob[];
  approvals: Approval[];
}

export interface Deployment {
  id: number;
  sha: string;
  /** Without `refs/heads/`, as GitHub has it. */
  ref: string;
  environment: string;
  /** Of the job that made it; absent: somebody made it by the API. */
  run?: number;
  job?: number;
  /** Of one that was made by the API. */
  made?: { by: string; description: string | null; payload: unknown; production: boolean; transient: boolean };
  createdAt: Time;
  statuses: DeploymentStatus[];
}

export interface DeploymentStatus {
  id: number;
  state: "error" | "failure" | "inactive" | "in_progress" | "queued" | "pending" | "success";
  createdAt: Time;
  by?: string;
  description?: string;
  log?: string;
  url?: string;
}

/** What makes a token one of a job (`GITHUB_TOKEN`): its repository, and what the job's `permissions` allow there. */
export interface JobToken {
  repository: number;
  permissions: Record<string, "read" | "write">;
}
