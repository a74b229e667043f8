import type * as sdk from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentFacts } from "../../policies/facts.ts";
import { defined } from "../../shared/records.ts";
import type { Addition } from "./additions.ts";
import { deployKeyOf } from "./deployKey.ts";
import type { GitHubEnvironmentPlan } from "./environmentPlan.ts";
import { type GitHub, numberOf } from "./github.ts";
import { judgedEnvironment } from "./judged.ts";
import { resourceNamePart } from "./names.ts";
import type { ChildKind, Transform } from "./partSpecs.ts";
import { removeAdditions } from "./removals.ts";
import { github } from "./sdk.ts";
import { transformed } from "./transform.ts";

export interface GitHubEnvironmentArgs {
  plan: GitHubEnvironmentPlan;
  github: GitHub;
  /** Its name on GitHub, without the owner. This stack need not own the repository. */
  repository: pulumi.Input<string>;
  /** Its name in this program, from which the deploy key is derived, among other things. */
  key: string;
  /** Values of the plan's secrets by name. */
  secrets: Record<string, pulumi.Input<string>>;
  /** `slipway:github.keySeed`; needed for a deploy key. */
  keySeed?: pulumi.Input<string>;
  /** What GitHub already has and this stack takes over: the provider's import ids by resource name. */
  imports?: Record<string, string>;
  /** What somebody added to it on GitHub, and this update removes. @default nothing */
  removals?: Addition[];
  transform?: Transform;
  /** What rules judge of it. @default nothing is judged */
  facts?: EnvironmentFacts;
}

/**
 * A GitHub environment: who approves a deployment, what may deploy, and the secrets and variables that its jobs see.
 * @example new GitHubEnvironment("shop-prod", { plan: planRepository(spec, context).environment!, github, repository: "shop", key: "shop", secrets: {} })
 */
export class GitHubEnvironment extends pulumi.ComponentResource {
  /** The deploy key's public half: "ssh-ed25519 AAAA… comment". Undefined without a deploy key. */
  readonly publicKey: pulumi.Output<string> | undefined;
  /** The line for authorized_keys of the host's user: commands only, no terminal, no forwarding. */
  readonly authorizedKey: pulumi.Output<string> | undefined;
  private readonly args: GitHubEnvironmentArgs;
  private readonly resourceName: string;

  constructor(name: string, args: GitHubEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "slipway:repository:Environment",
      name,
      { repository: args.key, environment: args.plan.name, ...judgedEnvironment(args.facts) },
      { ...opts, providers: [args.github.provider] },
    );
    this.args = args;
    this.resourceName = name;
    const key = this.deployKey();
    const environment = this.environment();
    this.policies(environment);
    this.values(environment, key ? { ...args.secrets, SSH_PRIVATE_KEY: key.privateKey } : args.secrets);
    removeAdditions({
      parent: this,
      name,
      additions: args.removals ?? [],
      github: args.github,
      repository: args.repository,
      after: [environment],
    });
    this.publicKey = key && pulumi.unsecret(key.publicKey);
    this.authorizedKey = key && pulumi.unsecret(key.authorizedKey);
    this.registerOutputs({ ...(key ? { publicKey: this.publicKey, authorizedKey: this.authorizedKey } : {}) });
  }

  private deployKey() {
    const {
      plan,
      keySeed,
      github: { owner },
      key,
    } = this.args;
    return plan.deployKey
      ? pulumi.secret(keySeed!).apply((seed) => deployKeyOf(seed, owner, key, plan.name))
      : undefined;
  }

  private environment(): sdk.RepositoryEnvironment {
    const { plan, repository } = this.args;
    const { users, teams } = plan.reviewers;
    const numbers = (kind: "user" | "team", names: string[]) =>
      names.length === 0
        ? {}
        : {
            [`${kind}s`]: names.map((name) =>
              numberOf(this.args.github, kind, name, `${this.resourceName}: reviewers.${kind}s`),
            ),
          };
    return this.child(
      "environment",
      "environment",
      {
        repository,
        environment: plan.name,
        canAdminsBypass: plan.canAdminsBypass,
        preventSelfReview: plan.preventSelfReview,
        ...(plan.waitTimer > 0 ? { waitTimer: plan.waitTimer } : {}),
        ...(users.length + teams.length > 0
          ? { reviewers: [{ ...numbers("user", users), ...numbers("team", teams) }] }
          : {}),
        ...defined({ deploymentBranchPolicy: plan.deploymentBranchPolicy }),
      },
      (name, args, opts) => new github.RepositoryEnvironment(name, args, opts),
    );
  }

  private policies({ repository, environment }: sdk.RepositoryEnvironment): void {
    const { branches, tags } = this.args.plan.policies;
    const policies = [
      ...branches.map((branchPattern) => ({ branchPattern })),
      ...tags.map((tagPattern) => ({ tagPattern })),
    ];
    for (const policy of policies) {
      const key = "branchPattern" in policy ? `branch-${policy.branchPattern}` : `tag-${policy.tagPattern}`;
      this.child(
        "policy",
        key,
        { repository, environment, ...policy },
        (name, args, opts) => new github.RepositoryEnvironmentDeploymentPolicy(name, args, opts),
      );
    }
  }

  /** A renamed secret is a different resource: the new one is written before the old one is deleted, at the end of the update. */
  private values(
    { repository, environment }: sdk.RepositoryEnvironment,
    secrets: Record<string, pulumi.Input<string>>,
  ): void {
    const { plan } = this.args;
    for (const secretName of [...plan.secrets, ...(plan.deployKey ? ["SSH_PRIVATE_KEY"] : [])]) {
      this.child(
        "environmentSecret",
        `secret-${secretName}`,
        { repository, environment, secretName, value: pulumi.secret(secrets[secretName]!) },
        (name, args, opts) => new github.ActionsEnvironmentSecret(name, args, opts),
      );
    }
    for (const [variableName, value] of Object.entries(plan.variables)) {
      this.child(
        "environmentVariable",
        `variable-${variableName}`,
        { repository, environment, variableName, value },
        (name, args, opts) => new github.ActionsEnvironmentVariable(name, args, opts),
      );
    }
  }

  private child<T extends object, R>(
    kind: ChildKind,
    key: string,
    args: T,
    make: (name: string, args: T, opts: pulumi.CustomResourceOptions) => R,
  ): R {
    const name = `${this.resourceName}-${resourceNamePart(key)}`;
    const id = this.args.imports?.[name];
    return make(name, transformed(this.args.transform, kind, args, name), {
      parent: this,
      ...defined({ import: id }),
    });
  }
}
