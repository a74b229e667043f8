/**
 * What a GitHub repository declares, in `repositories/<name>.ts`. Everything here is plain data; owner, token and the
 * values of secrets come from the environment's settings (`slipway:github`, `slipway:repositories.<name>`).
 */

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
  /** `"shop"`, of the owner that `slipway:github.owner` names, or `"anna/shop"`. */
  name: string;
  /** The one stack that owns what belongs to the whole repository; the others only add their environment. */
  stack: string;
  /**
   * What the defaults are. `team`: private, one review. `open-source`: public, two reviews. `solo`: private, no review,
   * as nobody can approve a pull request of their own. docs/scorecard.md has the table. @default "team"
   */
  preset?: Preset;
  /**
   * Its name in this program: in `slipway:repositories`, of its resources, and in its deploy keys. To rename a repository
   * write its new `name` and keep the old one here. @default `name` without the owner
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
  /** `trunk`: main. `gitflow`: main, develop, feature/*, bugfix/*, release/*. Or rules of its own. @default "trunk" */
  branches?: "trunk" | "gitflow" | BranchModel;
  /** Checks that must pass before a merge, by the name that GitHub shows. @default the "quality gate" of `workflows.ci` and the "security gate" of `workflows.security`, as far as they are declared */
  checks?: CheckSpec[];
  /** Changes the rules of all protected branches. @default those of the preset */
  rules?: RulesSpec;
  /** Rulesets, classic branch protection, or both; tags are always protected by a ruleset. @default "rulesets" */
  protection?: "rulesets" | "classic" | "both";
  /** Who may pass over the rules. @default nobody, administrators included */
  bypass?: BypassSpec;
  /** Patterns of tags that are neither moved nor deleted. @default ["v*"] */
  tags?: string[];
  /** `false`: not managed. */
  actions?: ActionsSpec | false;
  /** All labels that there are: others are removed, also from issues that bear them. @default not managed */
  labels?: LabelSpec[];
  /** By a short name of one's own. */
  webhooks?: Record<string, WebhookSpec>;
  /** Permissions by user; who is not named has none. @default not managed, as long as there are no `teams` either */
  collaborators?: Record<string, Permission>;
  /** Permissions by team (slug), in an organisation. @default not managed, as long as there are no `collaborators` either */
  teams?: Record<string, Permission>;
  /** By title. */
  deployKeys?: Record<string, DeployKeySpec>;
  /** Names of Actions secrets of the whole repository; values from `slipway:repositories.<name>.secrets`. */
  secrets?: string[];
  /** Actions variables of the whole repository. */
  variables?: Record<string, string>;
  /** By stack: the environment that it deploys to. */
  environments?: Record<string, EnvironmentSpec>;
  /** GitHub Actions workflows. Their gate is required before a merge, unless `checks` says otherwise. */
  workflows?: WorkflowsSpec;
  /** Dependabot, CODEOWNERS, SECURITY.md, the template of pull requests. */
  community?: CommunitySpec;
  /** Further files that the program keeps in the repository, and how all of them get there. */
  files?: FilesSpec;
  /** Takes over the repository if GitHub has it and this stack does not yet, and brings it into the declared shape. @default false */
  adopt?: boolean;
  /**
   * Refuses to delete it, at the preview. To lift it: `protect: false`, `pulumi up`, and only then remove the declaration.
   * A `pulumi destroy --skip-preview` meets the refusal late, when the rest is gone already: do not use it. @default true
   */
  protect?: boolean;
  /** Deleting archives it, with its branches, files, labels and people. `false` really deletes. @default true */
  archiveOnDestroy?: boolean;
  /** Last word on the arguments of each kind of resource. */
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
   * GitHub looks for secrets in what is pushed. Private repositories need GitHub Secret Protection for it, and GitHub
   * refuses the change without. The provider asks for it before it makes a private repository public: do that in two
   * updates, the first with `false`. @default true in a public repository, else not managed
   */
  secretScanning?: boolean;
  /** A push with a secret is refused. @default as `secretScanning` */
  pushProtection?: boolean;
  /** GitHub Advanced Security as a whole, in private repositories that are licensed for it. @default not managed */
  advancedSecurity?: boolean;
  /** Alerts for dependencies with known holes. @default true */
  alerts?: boolean;
  /** Dependabot mends them by pull requests. @default as `alerts` */
  fixes?: boolean;
}

/** Declares a repository. It only gives the declaration its type; all checks happen together, when it is deployed. */
export function defineRepository(spec: RepositorySpec): RepositorySpec {
  return spec;
}
