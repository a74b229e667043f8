/** What a declaration says about a GitHub environment: a stack's door to its hosts. */

export interface EnvironmentSpec {
  /** Its name on GitHub. @default the stack's name */
  name?: string;
  /** At most six users and teams, one of whom must approve a deployment. Settings may override it. @default nobody */
  reviewers?: ReviewersSpec;
  /** Minutes that a deployment waits, at most 43200 (30 days). Settings may override it. @default 0 */
  waitTimer?: number;
  /** Whoever started a deployment cannot approve it. @default true where there are reviewers, false with the preset solo */
  preventSelfReview?: boolean;
  /** Administrators may bypass reviewers and the wait timer. @default false */
  adminBypass?: boolean;
  /** Branches that may deploy, as patterns; `"protected"`: the protected ones. @default none if `tags` are given; else the one that `workflows.deploy` deploys from, without which any */
  branches?: string[] | "protected";
  /** Tags that may deploy, as patterns. @default none if `branches` are given; else `v*` if `workflows.deploy` deploys tags, without which any */
  tags?: string[];
  /** Names of its secrets; values from `slipway:repositories.<name>.secrets`. @default all of them except those of the whole repository */
  secrets?: string[];
  /** Its variables; those of the settings are added. */
  variables?: Record<string, string>;
  /** A host of `slipway:hosts`: it gets the variables SSH_HOST, SSH_PORT, SSH_USER and SSH_KNOWN_HOSTS. Settings may override it. */
  host?: string;
  /**
   * A key pair for this environment alone, derived from `slipway:github.keySeed`: the secret SSH_PRIVATE_KEY, and the outputs
   * `publicKey` and `authorizedKey` for the host. @default false
   */
  deployKey?: boolean;
  /**
   * What guards the previews of this stack, where `workflows.preview` lists it: they run what a pull request brings, with
   * the secrets that open the stack, in an environment called `<name>-preview`.
   */
  preview?: PreviewGuardSpec;
  /**
   * `pulumi up` removes what somebody added to the environment on GitHub: policies of branches and tags, secrets, variables.
   * `false`: it is only told. @default true where there are reviewers, else false
   */
  exclusive?: boolean;
}

export interface PreviewGuardSpec {
  /** One of whom must approve each preview. @default nobody, which is refused where the environment itself has reviewers or deploys tags, except with the preset solo */
  reviewers?: ReviewersSpec;
  /** Its variables, instead of those of the environment that say where the state is: a role that may only read it. */
  variables?: Record<string, string>;
}

export interface ReviewersSpec {
  /** By login. */
  users?: string[];
  /** By slug, in an organisation. */
  teams?: string[];
}
