/** What a declaration says of branches and of who may change them. */

/** A check by name; with `app`, only that GitHub App (by id) may report it. 15368 is GitHub Actions. */
export type CheckSpec = string | { name: string; app: number };

/** Rules of one's own, where neither `trunk` nor `gitflow` fits. */
export interface BranchModel {
  /** @default "main" */
  default?: string;
  /** Branches to make beside it, from the default branch. */
  create?: string[];
  /** What is protected, and how. */
  rules: BranchRuleSpec[];
}

export interface BranchRuleSpec extends RulesSpec {
  /** Name of the ruleset. */
  name: string;
  /** Patterns without `refs/heads/`: `"main"`, `"release/*"`. A `*` stops at a slash. Syntax: Ruby's File.fnmatch, as GitHub documents. */
  patterns: string[];
}

export interface RulesSpec {
  /** @default those of the repository */
  checks?: CheckSpec[];
  /** A branch must be up to date with its target before its checks count. @default true */
  strict?: boolean;
  /** `false`: pushes without a pull request are allowed. A number: that many reviews. @default by preset */
  reviews?: number | ReviewSpec | false;
  /** No merge commits. @default true, false with gitflow */
  linearHistory?: boolean;
  /** Only signed commits. @default false */
  signedCommits?: boolean;
  /** Force pushes are allowed. @default false */
  forcePush?: boolean;
  /** Deleting is allowed. @default false, true for gitflow's release branches */
  deletion?: boolean;
}

export interface ReviewSpec {
  /** Approving reviews, 0 to 6. @default 1; open-source 2; solo 0 */
  required?: number;
  /** The owners of the changed files must approve (CODEOWNERS). @default true; solo false */
  codeOwners?: boolean;
  /** Somebody other than the last one who pushed must approve. @default true; solo false */
  lastPush?: boolean;
  /** A push takes the approvals back. @default true */
  dismissStale?: boolean;
  /** All conversations must be resolved. @default true */
  conversations?: boolean;
}

/**
 * Who may pass over the rules, by name only. Rulesets know users, teams, apps and roles; classic protection knows users
 * and teams, and there only for the need of a pull request.
 */
export interface BypassSpec {
  /** By login. */
  users?: string[];
  /** By slug, in an organisation. */
  teams?: string[];
  /** GitHub Apps by slug. */
  apps?: string[];
  roles?: BypassRole[];
  /** `pull-request`: only by merging one. `always`: by a push too. Tags are always "always". @default "pull-request" */
  mode?: "pull-request" | "always";
}

export type BypassRole = "maintain" | "write" | "admin" | "organization-admin" | "deploy-key";
