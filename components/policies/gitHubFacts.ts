/**
 * What a plan shows of a repository and of a GitHub environment, and rules judge: as it is declared, without values of
 * secrets and variables. Types, not interfaces: they are inputs of resources.
 */

/** Absent from the declaration: GitHub keeps what it has. */
export const UNMANAGED = "not managed";

export type RepositoryReview = {
  /** "public", "private", "internal" */
  visibility: string;
  /** Nobody else could approve anything: preset solo, and no one is declared who may write. */
  solo?: true;
  defaultBranch: string;
  /** What is asked of a change, by the rule's name. */
  branches: Record<string, BranchReview>;
  /** "enabled", "disabled", "not managed" */
  secretScanning: string;
  pushProtection: string;
  advancedSecurity: string;
  /** What a workflow's token may do where the workflow does not say: "read", "write", "not managed". */
  token: string;
  /** That the program keeps in the repository, by path. */
  workflows: Record<string, WorkflowReview>;
  /** Kinds of resources on which the declaration's `transform` has the last word, after this was written. */
  transformed?: Record<string, true>;
};

/** A protected group of branches. */
export type BranchReview = {
  /** Whether the default branch is one of them. */
  default: boolean;
  /** Whether a change needs a pull request. */
  pullRequest: boolean;
  /** Approving reviews. */
  reviews: number;
  /** That must pass: who may report each. */
  checks: Record<string, string>;
  forcePush: boolean;
  deletion: boolean;
  /** Who need not keep to it, by name: "pull_request", or "always", by a push too. */
  bypass: Record<string, string>;
};

/** A workflow: what starts it, and only what a rule may find wrong. By job, or by job and step: "build.2", counted from 1. */
export type WorkflowReview = {
  /** Why it cannot be read: nothing else is known then. */
  unreadable?: string;
  /** Events, in one line. */
  on: string;
  /** Jobs with all permissions, "write-all", or of which nobody says what they have, "default". */
  permissions?: Record<string, string>;
  /** Actions and workflows of others without a full commit. */
  unpinned?: Record<string, string>;
  /** Images of containers without a digest. */
  images?: Record<string, string>;
  /** Steps that get other code than the event's own, and which: an expression, "gh pr checkout". */
  checkouts?: Record<string, string>;
  /** Jobs on other machines than GitHub's own: "self-hosted", or what may be one. */
  runners?: Record<string, string>;
  /** Workflows of this repository that it calls: paths. */
  calls?: Record<string, string>;
};

/** As `WorkflowReview.runners` shows a machine that certainly is one's own. */
export const SELF_HOSTED = "self-hosted";

export type EnvironmentReview = {
  /** On GitHub. */
  name: string;
  /** Whose jobs are in it: "deploy", "preview" or "release". */
  use: string;
  /** Of its repository. */
  visibility: string;
  solo?: true;
  /** Users and teams, one of whom approves. */
  reviewers: number;
  /** Minutes. */
  waitTimer: number;
  /** Whether whoever started a deployment may approve it. */
  selfReview: boolean;
  /** Whether administrators need neither reviewers nor the timer. */
  adminBypass: boolean;
  /** What may deploy: "branch main", "tag v*", "protected branches", "everything". */
  deploys: Record<string, true>;
  /** As a repository's. */
  transformed?: Record<string, true>;
};

/** As `EnvironmentReview.deploys` shows that nothing is refused. */
export const EVERYTHING = "everything";
