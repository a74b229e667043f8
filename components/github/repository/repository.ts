import type * as sdk from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { RepositoryFacts } from "../../policies/facts.ts";
import { defined } from "../../shared/records.ts";
import type { Addition } from "./additions.ts";
import type { Tree } from "./files.ts";
import { type GitHub, numberOf } from "./github.ts";
import { judgedRepository } from "./judged.ts";
import { ManagedFiles } from "./managedFiles.ts";
import { resourceNamePart } from "./names.ts";
import type { ChildKind, Transform } from "./partSpecs.ts";
import type { RepositoryPlan } from "./plan.ts";
import { removeAdditions } from "./removals.ts";
import { type Actor, actorTypeOf } from "./rulesets.ts";
import { github } from "./sdk.ts";
import { transformed } from "./transform.ts";

export interface RepositoryArgs {
  plan: RepositoryPlan;
  github: GitHub;
  /** Values of the plan's secrets, including those of webhooks, by name. */
  secrets: Record<string, pulumi.Input<string>>;
  /** What GitHub already has and this stack takes over: the provider's import ids by resource name. */
  imports?: Record<string, string>;
  /** The managed files on the default branch. @default none */
  tree?: Tree;
  /** What somebody added to it on GitHub, and this update removes. @default nothing */
  removals?: Addition[];
  transform?: Transform;
  /** What rules judge of it. @default nothing is judged */
  facts?: RepositoryFacts;
}

/**
 * What is no longer declared stays on GitHub: "not managed" does not reset it. It also keeps a renamed repository whole:
 * the provider recreates some of these under the new name, and deleting them under the old name, which GitHub redirects,
 * would delete the new ones.
 */
const KEPT = { retainOnDelete: true };

/**
 * A repository on GitHub, and everything that belongs to it as a whole. Destroying it archives it: its settings, labels,
 * people, branches and files stay as they are; rules, secrets, variables, keys and webhooks are removed first.
 * @example new Repository("shop", { plan: planRepository(spec, context).whole!, github, secrets: {} })
 */
export class Repository extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  private readonly args: RepositoryArgs;
  private readonly resourceName: string;
  private readonly made: pulumi.Resource[] = [];

  constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "slipway:repository:Repository",
      name,
      { owner: args.github.owner, name: args.plan.general.name, ...judgedRepository(args.facts) },
      { ...opts, providers: [args.github.provider] },
    );
    this.args = args;
    this.resourceName = name;
    const repository = this.repository();
    this.security(repository);
    const branches = this.branches(repository);
    this.protection(repository, branches);
    this.actions(repository);
    this.people(repository);
    this.hooks(repository);
    this.values(repository);
    this.files(repository, branches);
    removeAdditions({
      parent: this,
      name,
      additions: args.removals ?? [],
      github: args.github,
      repository: repository.name,
      after: this.made,
    });
    this.name = repository.name;
    this.url = repository.htmlUrl;
    this.registerOutputs({ name: this.name, url: this.url });
  }

  private repository(): sdk.Repository {
    const { general, protect } = this.args.plan;
    return this.child(
      "repository",
      "repository",
      general,
      (name, args, opts) => new github.Repository(name, args, { ...opts, protect }),
    );
  }

  private security(repository: sdk.Repository): void {
    const { alerts, fixes } = this.args.plan;
    const enabled = this.child(
      "alerts",
      "alerts",
      { repository: repository.name, enabled: alerts },
      (name, args, opts) => new github.RepositoryVulnerabilityAlerts(name, args, opts),
      KEPT,
    );
    this.child(
      "fixes",
      "fixes",
      { repository: repository.name, enabled: fixes },
      (name, args, opts) => new github.RepositoryDependabotSecurityUpdates(name, args, opts),
      { ...KEPT, dependsOn: enabled },
    );
  }

  private branches(repository: sdk.Repository): pulumi.Resource[] {
    const { branches, adopt } = this.args.plan;
    const head = this.child(
      "defaultBranch",
      "default-branch",
      { repository: repository.name, branch: branches.default, rename: !adopt },
      (name, args, opts) => new github.BranchDefault(name, args, opts),
      KEPT,
    );
    const others = branches.create.map((branch) =>
      this.child(
        "branch",
        `branch-${branch}`,
        { repository: repository.name, branch, sourceBranch: branches.default },
        (name, args, opts) => new github.Branch(name, args, opts),
        { ...KEPT, dependsOn: head },
      ),
    );
    return [head, ...others];
  }

  private protection(repository: sdk.Repository, branches: pulumi.Resource[]): void {
    const opts = { dependsOn: branches };
    for (const { bypass, ...ruleset } of this.args.plan.rulesets) {
      this.child(
        "ruleset",
        `ruleset-${ruleset.name}`,
        {
          ...ruleset,
          repository: repository.name,
          ...(bypass.length > 0 ? { bypassActors: bypass.map((actor) => this.actor(actor)) } : {}),
        },
        (name, args, childOpts) => new github.RepositoryRuleset(name, args, childOpts),
        opts,
      );
    }
    for (const protection of this.args.plan.protections) {
      this.child(
        "protection",
        `protection-${protection.pattern}`,
        { ...protection, repositoryId: repository.nodeId },
        (name, args, childOpts) => new github.BranchProtection(name, args, childOpts),
        opts,
      );
    }
  }

  private actor(actor: Actor) {
    if (actor.kind === "id")
      return {
        actorType: actor.actorType,
        ...defined({ actorId: actor.actorId }),
        bypassMode: actor.mode,
      };
    return {
      actorType: actorTypeOf(actor),
      actorId: numberOf(
        this.args.github,
        actor.kind,
        actor.name,
        `repositories: ${this.resourceName}.${actor.place ?? "bypass"}.${actor.kind}s`,
      ),
      bypassMode: actor.mode,
    };
  }

  private actions(repository: sdk.Repository): void {
    const { actions } = this.args.plan;
    if (!actions) return;
    this.child(
      "actions",
      "actions",
      { repository: repository.name, ...actions.permissions },
      (name, args, opts) => new github.ActionsRepositoryPermissions(name, args, opts),
      KEPT,
    );
    this.child(
      "token",
      "token",
      { repository: repository.name, ...actions.token },
      (name, args, opts) => new github.WorkflowRepositoryPermissions(name, args, opts),
      KEPT,
    );
  }

  private people(repository: sdk.Repository): void {
    const { labels, collaborators } = this.args.plan;
    if (labels)
      this.child(
        "labels",
        "labels",
        { repository: repository.name, labels },
        (name, args, opts) => new github.IssueLabels(name, args, opts),
        KEPT,
      );
    if (collaborators)
      this.child(
        "collaborators",
        "collaborators",
        { repository: repository.name, ...collaborators },
        (name, args, opts) => new github.RepositoryCollaborators(name, args, opts),
        KEPT,
      );
  }

  private hooks(repository: sdk.Repository): void {
    // GitHub accepts each of these only once.
    for (const [key, deployKey] of Object.entries(this.args.plan.deployKeys)) {
      this.child(
        "deployKey",
        `deploy-key-${key}`,
        { repository: repository.name, ...deployKey },
        (name, args, opts) => new github.RepositoryDeployKey(name, args, opts),
        { deleteBeforeReplace: true },
      );
    }
    for (const [key, { secret, configuration, ...hook }] of Object.entries(this.args.plan.webhooks)) {
      const signed = secret === undefined ? {} : { secret: pulumi.secret(this.args.secrets[secret]!) };
      this.child(
        "webhook",
        `webhook-${key}`,
        { repository: repository.name, ...hook, configuration: { ...configuration, ...signed } },
        (name, args, opts) => new github.RepositoryWebhook(name, args, opts),
        { deleteBeforeReplace: true },
      );
    }
  }

  /** A renamed secret is a different resource: the new one is written before the old one is deleted, at the end of the update. */
  private values(repository: sdk.Repository): void {
    for (const secretName of this.args.plan.secrets) {
      this.child(
        "secret",
        `secret-${secretName}`,
        { repository: repository.name, secretName, value: pulumi.secret(this.args.secrets[secretName]!) },
        (name, args, opts) => new github.ActionsSecret(name, args, opts),
      );
    }
    for (const [variableName, value] of Object.entries(this.args.plan.variables)) {
      this.child(
        "variable",
        `variable-${variableName}`,
        { repository: repository.name, variableName, value },
        (name, args, opts) => new github.ActionsVariable(name, args, opts),
      );
    }
  }

  private files(repository: sdk.Repository, branches: pulumi.Resource[]): void {
    const { plan, tree, transform } = this.args;
    if (!plan.files) return;
    new ManagedFiles(
      `${this.resourceName}-files`,
      { plan: plan.files, repository, tree: tree ?? {}, ...defined({ transform }) },
      { parent: this, dependsOn: branches },
    );
  }

  private child<T extends object, R extends pulumi.Resource>(
    kind: ChildKind,
    key: string,
    args: T,
    make: (name: string, args: T, opts: pulumi.CustomResourceOptions) => R,
    opts: pulumi.CustomResourceOptions = {},
  ): R {
    const name = `${this.resourceName}-${resourceNamePart(key)}`;
    const id = this.args.imports?.[name];
    const made = make(name, transformed(this.args.transform, kind, args, name), {
      ...opts,
      parent: this,
      ...defined({ import: id }),
    });
    this.made.push(made);
    return made;
  }
}
