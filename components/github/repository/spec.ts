/**
 * A GitHub repository's declaration, in `repositories/<name>.ts`. Everything here is plain data; owner, token and the
 * values of secrets come from the stack's settings (`slipway:github`, `slipway:repositories.<name>`).
 */

import type { Exemption } from "../../policies/exemptions.ts";
import type { CommunitySpec, WorkflowsSpec } from "../workflows/index.ts";
import type { BranchModel, BypassSpec, CheckSpec, RulesSpec } from "./branchSpec.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import type {
  ActionsSpec,
  DeployKeySpec,
  FilesSpec,
  LabelSpec,
  Permission,
  Transform,
  WebhookSpec,
} from "./partSpecs.ts";

export interface RepositorySpec {
  /** `"shop"`, owned by `slipway:github.owner`, or `"anna/shop"`. */
  name: string;
  /** The one stack that owns everything that belongs to the whole repository; other stacks only add their environment. */
  stack: string;
  /**
   * Chooses the defaults. `team`: private, one review. `open-source`: public, two reviews. `solo`: private, no review,
   * because nobody can approve their own pull request. The table is in docs/scorecard.md. @default "team"
   */
  preset?: Preset;
  /**
   * Its name in this program: in `slipway:repositories`, in its resources' names, and in its deploy keys. To rename a
   * repository, write its new `name` and keep the old one here. @default `name` without the owner
   */
  key?: string;
  description?: string;
  /** @default "private", "public" with the preset open-source */
  visibility?: "public" | "private" | "internal";
  homepage?: string;
  /** @default not managed */
  topics?: string[];
  /** A template for new repositories. @default false */
  template?: boolean;
  features?: FeaturesSpec;
  merge?: MergeSpec;
  security?: SecuritySpec;
  /** `trunk`: main. `gitflow`: main, develop, feature/*, bugfix/*, release/*. Or custom rules. @default "trunk" */
  branches?: "trunk" | "gitflow" | BranchModel;
  /** Checks that must pass before a merge, by the name that GitHub shows. @default the "quality gate" of `workflows.ci` and the "security gate" of `workflows.security`, if declared; as rulesets, only as GitHub Actions reports them */
  checks?: CheckSpec[];
  /** Overrides the rules of all protected branches. @default those of the preset */
  rules?: RulesSpec;
  /**
   * Rulesets, classic branch protection, or both; tags are protected by a ruleset with each of them. `none`: nothing is
   * protected, as in private repositories of free accounts. @default "rulesets"
   */
  protection?: "rulesets" | "classic" | "both" | "none";
  /** Who may bypass the rules. @default nobody, not even administrators */
  bypass?: BypassSpec;
  /** Patterns of tags that can be neither moved nor deleted. @default ["v*"] */
  tags?: string[];
  /** Who may create such tags, besides who may bypass the rules. @default the app of `workflows.app` where it releases, else whoever may write */
  tagCreators?: Omit<BypassSpec, "mode">;
  /** `false`: not managed. */
  actions?: ActionsSpec | false;
  /** The complete set of labels: others are removed, also from issues that have them. @default not managed */
  labels?: LabelSpec[];
  /** By a short name of your choice. */
  webhooks?: Record<string, WebhookSpec>;
  /** Permissions by user; anyone not listed has none. @default not managed, if there are no `teams` either */
  collaborators?: Record<string, Permission>;
  /** Permissions by team (slug), in an organisation. @default not managed, if there are no `collaborators` either */
  teams?: Record<string, Permission>;
  /** By title. */
  deployKeys?: Record<string, DeployKeySpec>;
  /** Names of the whole repository's Actions secrets; values from `slipway:repositories.<name>.secrets`. */
  secrets?: string[];
  /** The whole repository's Actions variables. */
  variables?: Record<string, string>;
  /** By stack: its GitHub environment. */
  environments?: Record<string, EnvironmentSpec>;
  /** GitHub Actions workflows. Their gates are required before a merge, unless `checks` says otherwise. */
  workflows?: WorkflowsSpec;
  /** Dependabot, CODEOWNERS, SECURITY.md, the pull request template. */
  community?: CommunitySpec;
  /** Further files that the program keeps in the repository, and how all files get there. */
  files?: FilesSpec;
  /** Takes over the repository if it exists on GitHub but not in this stack, and makes it match the declaration. @default false */
  adopt?: boolean;
  /**
   * Refuses to delete the repository, already in the preview. To lift it: `protect: false`, `pulumi up`, and only then
   * remove the declaration. `pulumi destroy --skip-preview` hits the refusal late, when the rest is already gone: do not
   * use it. @default true
   */
  protect?: boolean;
  /** Deleting archives it, with its branches, files, labels and people. `false` really deletes it. @default true */
  archiveOnDestroy?: boolean;
  /**
   * `pulumi up` removes what somebody added to the repository on GitHub: rulesets, those who may bypass one, webhooks, deploy
   * keys, secrets, variables, environments of no stack, and labels where they are declared. `false`: it is only told.
   * @default false
   */
  exclusive?: boolean;
  /**
   * Exceptions from rules of `policies/`: `[{ rule: "workflow-unpinned-image", file: ".github/workflows/ci.yml", reason: "…",
   * until: "2027-01-31" }]`; of a rule about environments with `environment: "prod"`.
   */
  exemptions?: Omit<Exemption, "service">[];
  /** Has the last word on the arguments of each kind of resource. */
  transform?: Transform;
}

export type Preset = "open-source" | "team" | "solo";

export interface FeaturesSpec {
  /** @default true */
  issues?: boolean;
  /** @default false */
  wiki?: boolean;
  /** @default false */
  projects?: boolean;
  /** @default false */
  discussions?: boolean;
  /** GitHub no longer uses it. @default not managed */
  downloads?: boolean;
}

export interface MergeSpec {
  /** @default true */
  squash?: boolean;
  /** @default false, true with gitflow, whose long-lived branches need it */
  mergeCommit?: boolean;
  /** @default false */
  rebase?: boolean;
  /** @default true */
  autoMerge?: boolean;
  /** Deletes a branch when it is merged. @default true, false with gitflow, where release/* is merged twice */
  deleteBranch?: boolean;
  /** Offers to update a branch that is behind. @default true */
  updateBranch?: boolean;
  /** @default "PR_TITLE" */
  squashTitle?: "PR_TITLE" | "COMMIT_OR_PR_TITLE";
  /** @default "PR_BODY" */
  squashMessage?: "PR_BODY" | "COMMIT_MESSAGES" | "BLANK";
}

export interface SecuritySpec {
  /**
   * GitHub scans pushes for secrets. Private repositories need GitHub Secret Protection for it; without, GitHub refuses
   * the change. The provider enables scanning before it makes a private repository public: do that in two updates, the
   * first with `false`. @default true in a public repository, else not managed
   */
  secretScanning?: boolean;
  /** Refuses a push that contains a secret. @default the value of `secretScanning` */
  pushProtection?: boolean;
  /** GitHub Advanced Security as a whole, in private repositories licensed for it. @default not managed */
  advancedSecurity?: boolean;
  /** Alerts for dependencies with known vulnerabilities. @default true */
  alerts?: boolean;
  /** Dependabot opens pull requests that fix them. @default the value of `alerts` */
  fixes?: boolean;
}

/** Declares a repository. It only gives the declaration its type; all checks run together, at preview and deployment. */

export function defineRepository(spec: RepositorySpec): RepositorySpec {
  return spec;
}
