/** What a declaration says about the smaller parts of a repository. */

/** Built-in permissions; an organisation's custom roles by name. */
export type Permission = "pull" | "triage" | "push" | "maintain" | "admin" | (string & {});

export interface ActionsSpec {
  /** @default true */
  enabled?: boolean;
  /** `local`: only actions of this repository. @default "selected" */
  allowed?: "all" | "local" | "selected";
  /** GitHub's own actions, where only selected ones are allowed. @default true */
  githubOwned?: boolean;
  /** Actions of verified creators. @default false */
  verified?: boolean;
  /** Patterns like `"docker/*@*"`. @default those that generated workflows use */
  patterns?: string[];
  /** Actions must be pinned by full commit. @default true */
  pinned?: boolean;
  /** What a workflow's token may do unless the workflow says otherwise. @default "read" */
  token?: "read" | "write";
  /** Workflows may open and approve pull requests. @default false */
  approve?: boolean;
}

export interface LabelSpec {
  name: string;
  /** Six hex digits, without `#`. */
  color: string;
  description?: string;
}

export interface WebhookSpec {
  url: string;
  /** As GitHub names them: `["push", "release"]`. */
  events: string[];
  /** Name of a secret in `slipway:repositories.<name>.secrets` that signs deliveries. @default unsigned */
  secret?: string;
  /** @default "json" */
  contentType?: "json" | "form";
  /** @default true */
  active?: boolean;
}

export interface DeployKeySpec {
  /** Public key: "ssh-ed25519 AAAA…". */
  key: string;
  /** @default true */
  readOnly?: boolean;
}

export interface FilesSpec {
  /** Content by path in the repository. A file that is no longer listed stays there: delete it by hand. @default none */
  content?: Record<string, string>;
  /**
   * `branch`: committed to the default branch. `pull-request`: proposed as one, where direct writes are refused.
   * @default "pull-request" where the default branch is protected and nobody may bypass that by a push, else "branch"
   */
  through?: "branch" | "pull-request";
  /** Commit message and title of the pull request. @default "Update files managed by Slipway" */
  message?: string;
}

/** Arguments of a resource, in the GitHub provider's form. */
export type Args = Record<string, unknown>;

export type ChildKind =
  | "repository"
  | "alerts"
  | "fixes"
  | "branch"
  | "defaultBranch"
  | "ruleset"
  | "protection"
  | "actions"
  | "token"
  | "labels"
  | "webhook"
  | "collaborators"
  | "deployKey"
  | "secret"
  | "variable"
  | "environment"
  | "policy"
  | "environmentSecret"
  | "environmentVariable"
  | "file"
  | "pullRequest";

/** By kind: receives the finished arguments and the resource's name, and returns the arguments to use. */
export type Transform = Partial<Record<ChildKind, (args: Args, name: string) => Args>>;
