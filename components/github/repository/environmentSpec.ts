/** What a declaration says of a GitHub environment: a stack's door to its hosts. */

export interface EnvironmentSpec {
  /** Its name on GitHub. @default the stack's */
  name?: string;
  /** Who must approve a deployment: one of at most six users and teams. Settings may override it. @default nobody */
  reviewers?: ReviewersSpec;
  /** Minutes that a deployment waits, at most 43200 (30 days). Settings may override it. @default 0 */
  waitTimer?: number;
  /** Who started a deployment cannot approve it. @default true where there are reviewers, false with the preset solo */
  preventSelfReview?: boolean;
  /** Administrators may pass over reviewers and waiting. @default false */
  adminBypass?: boolean;
  /** Branches that may deploy, as patterns; `"protected"`: the protected ones. @default any, where no `tags` are given */
  branches?: string[] | "protected";
  /** Tags that may deploy, as patterns. @default any, where no `branches` are given */
  tags?: string[];
  /** Names of its secrets; values from `slipway:repositories.<name>.secrets`. @default all that are there and not the repository's own */
  secrets?: string[];
  /** Its variables; those of the settings are added. */
  variables?: Record<string, string>;
  /** A host of `slipway:hosts`: it gets the variables SSH_HOST, SSH_PORT, SSH_USER and SSH_KNOWN_HOSTS. Settings may override it. */
  host?: string;
  /**
   * A key pair for this environment alone, made of `slipway:github.keySeed`: the secret SSH_PRIVATE_KEY, and the outputs
   * `publicKey` and `authorizedKey` for the host. @default false
   */
  deployKey?: boolean;
}

export interface ReviewersSpec {
  /** By login. */
  users?: string[];
  /** By slug, in an organisation. */
  teams?: string[];
}
