import type { CheckRun, Deployment, JobToken, Run } from "./runTypes.ts";
import type { Time } from "./time.ts";

export interface Account {
  id: number;
  login: string;
  type: "User" | "Organization" | "Bot";
  name: string;
  /** The account's plan decides which features its private repositories have. */
  plan: "free" | "pro" | "team" | "enterprise";
  /** Whether secret scanning and code security may be switched on in private repositories. */
  advancedSecurity: boolean;
  createdAt: Time;
}

export interface Team {
  id: number;
  slug: string;
  name: string;
  organization: string;
  description: string | null;
  members: string[];
  createdAt: Time;
}

export type Permission = "pull" | "triage" | "push" | "maintain" | "admin";

/** A value in a sealed box. */
export interface Sealed {
  box: string;
  createdAt: Time;
  updatedAt: Time;
}

export interface BoxKey {
  id: string;
  publicKey: string;
  privateKey: string;
}

/** Where secrets and variables are kept: a repository, or one of its environments. */
export interface Vault {
  key: BoxKey;
  secrets: Record<string, Sealed>;
  variables: Record<string, { value: string; createdAt: Time; updatedAt: Time }>;
}

export interface Environment extends Vault {
  id: number;
  name: string;
  waitTimer: number;
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  reviewers: { type: "User" | "Team"; id: number }[];
  branchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  policies: { id: number; name: string; type: "branch" | "tag" }[];
  createdAt: Time;
  updatedAt: Time;
}

/** The fields of a repository that people can set, by GitHub's names. */
export interface Settings {
  description: string | null;
  homepage: string | null;
  visibility: "public" | "private" | "internal";
  default_branch: string;
  archived: boolean;
  is_template: boolean;
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  has_downloads: boolean;
  has_discussions: boolean;
  allow_squash_merge: boolean;
  allow_merge_commit: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  allow_forking: boolean;
  delete_branch_on_merge: boolean;
  web_commit_signoff_required: boolean;
  squash_merge_commit_title: string;
  squash_merge_commit_message: string;
  merge_commit_title: string;
  merge_commit_message: string;
}

export interface Actions {
  enabled: boolean;
  allowed_actions: "all" | "local_only" | "selected";
  sha_pinning_required: boolean;
  selected: { github_owned_allowed: boolean; verified_allowed: boolean; patterns_allowed: string[] };
  workflow: { default_workflow_permissions: "read" | "write"; can_approve_pull_request_reviews: boolean };
  access_level: "none" | "user" | "organization" | "enterprise";
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
  default: boolean;
}

export interface Hook {
  id: number;
  active: boolean;
  events: string[];
  config: { url: string; content_type: string; insecure_ssl: string };
  /** In a sealed box for the repository's key. */
  secret: string | null;
  createdAt: Time;
  updatedAt: Time;
}

export interface DeployKey {
  id: number;
  title: string;
  key: string;
  read_only: boolean;
  createdAt: Time;
  addedBy: string;
}

export interface Ruleset {
  id: number;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: "disabled" | "active" | "evaluate";
  bypass_actors: { actor_id: number | null; actor_type: string; bypass_mode: string }[];
  conditions: { ref_name?: { include?: string[]; exclude?: string[] } } | null;
  rules: { type: string; parameters?: Record<string, any> }[];
  createdAt: Time;
  updatedAt: Time;
}

/** A classic branch protection rule, by the names of GraphQL. Actors are node ids. */
export interface Protection {
  id: number;
  pattern: string;
  flags: Record<string, boolean>;
  requiredApprovingReviewCount: number;
  requiredStatusCheckContexts: string[];
  pushActorIds: string[];
  reviewDismissalActorIds: string[];
  bypassForcePushActorIds: string[];
  bypassPullRequestActorIds: string[];
}

export interface Person {
  name: string;
  email: string;
  date: Time;
}

export interface Commit {
  sha: string;
  /** Path to blob, the whole tree. */
  files: Record<string, string>;
  tree: string;
  parents: string[];
  author: Person;
  committer: Person;
  message: string;
  /** Who created it through the API. */
  by: string;
}

export interface Pull {
  id: number;
  number: number;
  title: string;
  body: string | null;
  head: string;
  base: string;
  state: "open" | "closed";
  draft: boolean;
  maintainerCanModify: boolean;
  mergedAt: Time | null;
  mergedBy: string | null;
  mergeSha: string | null;
  headSha: string;
  baseSha: string;
  user: string;
  createdAt: Time;
  updatedAt: Time;
  closedAt: Time | null;
  approvals: string[];
}

export interface Comment {
  id: number;
  number: number;
  body: string;
  user: string;
  createdAt: Time;
}

export interface Status {
  id: number;
  sha: string;
  state: string;
  context: string;
  description: string | null;
  target_url: string | null;
  creator: string;
  /** The app whose token posted it. */
  app?: number;
  createdAt: Time;
}

export interface Repository extends Vault {
  id: number;
  owner: string;
  name: string;
  createdAt: Time;
  updatedAt: Time;
  pushedAt: Time;
  settings: Settings;
  topics: string[];
  security: Record<"advanced_security" | "secret_scanning" | "secret_scanning_push_protection", boolean>;
  vulnerabilityAlerts: boolean;
  automatedSecurityFixes: boolean;
  privateVulnerabilityReporting: boolean;
  actions: Actions;
  dependabot: Vault;
  environments: Environment[];
  labels: Label[];
  hooks: Hook[];
  keys: DeployKey[];
  collaborators: { login: string; permission: Permission }[];
  invitations: { id: number; login: string; permission: Permission; inviter: string; createdAt: Time }[];
  teams: { slug: string; permission: Permission }[];
  rulesets: Ruleset[];
  protections: Protection[];
  blobs: Record<string, string>;
  commits: Record<string, Commit>;
  /** Full name, like refs/heads/main, to commit. */
  refs: Record<string, string>;
  pulls: Pull[];
  comments: Comment[];
  statuses: Status[];
  checkRuns: CheckRun[];
  runs: Run[];
  deployments: Deployment[];
  lastNumber: number;
}

export interface State {
  version: number;
  lastId: number;
  accounts: Account[];
  /** Members of the organisation; owners may do everything in it. */
  members: { organization: string; login: string; owner: boolean }[];
  teams: Team[];
  /** By the SHA-256 of the token. */
  tokens: Record<string, { login: string; scopes: string[]; job?: JobToken }>;
  repositories: Repository[];
  /** Former full names, in lower case, to the repository's number. */
  renamed: Record<string, number>;
}
