/** What a declaration says about branches and about who may change them. */

/** A check by name; with `app`, only that GitHub App (by id) may report it. 15368 is GitHub Actions. */
export type CheckSpec = string | { name: string; app: number };

/** Custom rules, where neither `trunk` nor `gitflow` fits. */
export interface BranchModel {
  /** @default "main" */
  default?: string;
  /** Further branches to create, from the default branch. */
  create?: string[];
  /** What is protected, and how. */
  rules: BranchRuleSpec[];
}

export interface BranchRuleSpec extends RulesSpec {
  /** Name of the ruleset. */
  name: string;
  /** Patterns without `refs/heads/`: `"main"`, `"release/*"`. A `*` does not match a slash. Syntax: Ruby's File.fnmatch, as GitHub documents. */
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
  /** Pull requests are merged by GitHub's queue, which checks each together with those before it. In repositories of organisations; private ones need Enterprise Cloud. Of single branches alone, like main. @default false */
  mergeQueue?: boolean;
  /** Only signed commits. @default false */
  signedCommits?: boolean;
  /** Force pushes are allowed. @default false */
  forcePush?: boolean;
  /** Deletion is allowed. @default false, true for gitflow's release branches */
  deletion?: boolean;
}

export interface ReviewSpec {
  /** Approving reviews, 0 to 6. @default 1; open-source 2; solo 0 */
  required?: number;
  /** The code owners of the changed files must approve (CODEOWNERS). @default true; solo false */
  codeOwners?: boolean;
  /** Someone other than the last pusher must approve. @default true; solo false */
  lastPush?: boolean;
  /** A push dismisses earlier approvals. @default true */
  dismissStale?: boolean;
  /** All conversations must be resolved. @default true */
  conversations?: boolean;
}

/**
 * Who may bypass the rules, by name only. Rulesets support users, teams, apps and roles; classic protection supports
 * users and teams, and lets them bypass only the pull request requirement.
 */
export interface BypassSpec {
  /** By login. */
  users?: string[];
  /** By slug, in an organisation. */
  teams?: string[];
  /** GitHub Apps by slug. */
  apps?: string[];
  roles?: BypassRole[];
  /** `pull-request`: only by merging one. `always`: also by a push. For tags it is always "always". @default "pull-request" */
  mode?: "pull-request" | "always";
}

export type BypassRole = "maintain" | "write" | "admin" | "organization-admin" | "deploy-key";
