import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ApplicationPlan } from "../application/model.ts";
import { containerNames } from "../compose/containerNames.ts";
import { mountedVolumes } from "../compose/volumes.ts";
import type { DockerHost, Login } from "../host/dockerHost.ts";
import { deployable } from "../image/version.ts";
import type { Circumstances } from "../policies/facts.ts";
import {
  confirmCommand,
  deployCommand,
  deployInput,
  destroyCommand,
  type ReleaseName,
  readyCommand,
  stageCommand,
  type Target,
} from "../protocol/commands.ts";
import type { Release } from "../release/model.ts";
import type { Transform } from "../release/render.ts";
import { keepPins, pinsOf } from "../release/resolve.ts";
import { inOwnWords } from "../shared/ownWords.ts";
import { defined, mapValues } from "../shared/records.ts";
import { keptDeployment, keptReview, keptStack, keptToken } from "../state/lastState.ts";
import { alreadyThere, servicesOf } from "./alreadyThere.ts";
import { beginsEmpty } from "./beginsEmpty.ts";
import { decideToken, differentVersions } from "./drift.ts";
import { judgedBeside } from "./judgedBeside.ts";
import { migratesOnce, wayBack } from "./migrations.ts";
import { objections } from "./objections.ts";
import { allSucceeded } from "./outputs.ts";
import { ignoringLater, overSince } from "./over.ts";
import { ownerOf } from "./owner.ts";
import { pinsFor, rendered } from "./rendered.ts";
import { reviewed } from "./reviewed.ts";
import { tellHoldsUp } from "./tellHoldsUp.ts";
import { type Watched, type Watcher, watchedBy } from "./watched.ts";

const COMPOSE_STACK = "slipway:stack:ComposeStack";

export interface ComposeStackArgs {
  plan: ApplicationPlan;
  /** Digest-pinned references, by reference with tag, as in `plan.images`. */
  images: Record<string, pulumi.Input<string>>;
  /** By variable name. */
  secrets: Record<string, pulumi.Input<string>>;
  /** By name, in deployment order. */
  hosts: Record<string, DockerHost>;
  /** Other hosts of the environment, where the application may have run before. @default none */
  otherHosts?: Record<string, DockerHost>;
  /** Hosts of all applications of the environment, by application. @default only this one's */
  declared?: Record<string, string[]>;
  registries: Login[];
  /** The token of a new deployment; see `freshToken`. */
  fresh: string;
  protected: boolean;
  /** What rules are told of the stack. @default no settings of rules, and no exemptions but those of the declaration */
  circumstances?: Circumstances;
  /** The stack that must have confirmed an image of the application's own before. @default none */
  after?: string;
  /** Is told how an update goes. @default nobody */
  watcher?: Watcher;
  transform?: Transform & { command?: (args: remote.CommandArgs, host: string) => remote.CommandArgs };
}

/** What runs on the hosts; without a version nothing. */
export interface Deployed {
  version?: string;
  release?: string;
}

/** One host, and what is sent to it. */
interface Site {
  /** The host's name, and the name of its resources. */
  host: string;
  resource: string;
  machine: DockerHost;
  target: pulumi.Output<Target>;
  /** The deployment's release and token. */
  deployment: pulumi.Output<{ release: ReleaseName; token: string; target: Target }>;
  /** The release and the logins, for stdin. */
  input: pulumi.Output<string>;
}

/**
 * An application's Compose stack on its hosts. With several hosts: staged on all, then activated on all, then
 * confirmed on all; a host that is not confirmed rolls back on its own.
 */
export class ComposeStack extends pulumi.ComponentResource {
  readonly version: string;
  /** The release's name: the hash of everything in it. */
  readonly release: pulumi.Output<string>;
  /** What its hosts confirmed: of a deployment that failed, what was confirmed before. At a preview what would be. */
  readonly deployed: pulumi.Output<Deployed>;
  private readonly watched: Watched;

  constructor(name: string, args: ComposeStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const { application, version } = args.plan.stack;
    const pins = pinsFor(name, args);
    const images = pulumi.all([args.images, pins]).apply(([all, kept]) => keepPins(args.plan, all, kept));
    const release = rendered(args, images);
    const review = reviewed(args, pins, release);
    const policies = judgedBeside(
      name,
      { ...args, circumstances: args.circumstances ?? { protected: args.protected, exemptions: {} } },
      images,
      release,
    );
    const hosts = Object.keys(args.hosts);
    const inputs = { application, version, hosts, review, policies };
    super(COMPOSE_STACK, name, inputs, ignoringLater(COMPOSE_STACK, overSince(name, policies, release), opts));
    this.version = version;
    this.watched = watchedBy(name, args.watcher);
    this.release = pulumi.unsecret(release.apply(({ id }) => id));
    const sites = this.sites(name, args, release);
    const several = sites.length > 1;
    const staged = several ? sites.map((site) => this.stage(args, site)) : [];
    const activated = this.activate(args, sites, staged);
    const confirmed = several ? this.confirm(args, sites, activated) : activated;
    if (several) this.tellVersions(args);
    this.deployed = this.confirmedBy(name, confirmed, sites);
    this.registerOutputs({ version, release: this.release, pins: images.apply((all) => pinsOf(args.plan, all)) });
  }

  private sites(name: string, args: ComposeStackArgs, release: pulumi.Output<Release>): Site[] {
    const urn = this.ownUrn();
    const input = pulumi.secret(
      pulumi.all([release, args.registries]).apply(([content, registries]) => deployInput(content, registries)),
    );
    return Object.entries(args.hosts).map(([host, machine]) => {
      const resource = `${name}-${host}`;
      const { application, settings } = args.plan.stack;
      const owner = urn.apply((own) => ownerOf(own, host));
      const target = pulumi
        .all([owner, this.claimed(args, host, machine, owner)])
        .apply(([own]): Target => ({ application, root: machine.root, owner: own, takeOver: settings.takeOver }));
      const token = this.token(name, args, host, machine);
      const deployment = pulumi.all([this.release, token, target]).apply(async ([id, decided, at]) => {
        // What is deployed already was deployed for the reason of then, or for none.
        const { outsideWindow } = (await keptDeployment(resource, decided, id)) ?? settings;
        return { release: { id, version: this.version }, token: decided, target: { ...at, outsideWindow } };
      });
      return { host, resource, machine, target, deployment, input };
    });
  }

  /** Hosts that were lost between two confirmations are told of until all agree again. */
  private tellVersions({ plan, hosts }: ComposeStackArgs): void {
    void pulumi.all(Object.values(hosts).map(({ seen }) => seen)).apply(async (inspected) => {
      const text = differentVersions(plan.stack.application, Object.keys(hosts), inspected);
      if (text !== undefined) await pulumi.log.warn(text, this);
    });
  }

  /** What an older version deployed has no review, so nobody knows what is new in it. */
  private async tellEmpty(name: string, { plan }: ComposeStackArgs, host: string, isThere: boolean): Promise<void> {
    const { staying, stack } = plan;
    const review = staying.length > 0 && isThere ? await keptReview(name) : "";
    const lines = review === undefined ? [] : beginsEmpty(staying, host, review);
    for (const line of lines) await pulumi.log.warn(`apps: ${stack.application}.${line}`, this);
  }

  private ownUrn(): pulumi.Output<string> {
    // The promise drops the URN's dependency on this component, which includes all its children: each would wait for the others.
    return pulumi.output(new Promise<string>((done) => void this.urn.apply(done)));
  }

  /** @throws RunError where something speaks against deploying to the host */
  private claimed(args: ComposeStackArgs, host: string, { seen, proxied }: DockerHost, owner: pulumi.Output<string>) {
    const { application, settings, document, variables, ...stack } = args.plan.stack;
    const { otherHosts = {}, declared = { [application]: Object.keys(args.hosts) } } = args;
    const domains = stack.domains.map((domain) => domain.host);
    const mounts = mountedVolumes(document, application, variables);
    const { ports } = stack.preflight;
    // Own services have none of their own, as two of them may run for a moment.
    const names = containerNames(document, stack.accessories, variables);
    const others = pulumi.all(mapValues(otherHosts, (other) => other.seen));
    return pulumi.all([seen, owner, others]).apply(async ([inspected, own, elsewhere]) => {
      const { problems, warnings, notes } = objections(
        { application, own, settings, domains, proxied, mounts, ports, names, declared },
        { host, seen: inspected },
        Object.entries(elsewhere).map(([name, found]) => ({ host: name, seen: found })),
      );
      if (problems.length > 0) throw inOwnWords(new pulumi.RunError(problems.join("\n")));
      for (const text of warnings) await pulumi.log.warn(text, this);
      for (const text of notes) await pulumi.log.info(text, this);
    });
  }

  private stage(args: ComposeStackArgs, site: Site): remote.Command {
    // With the deployment's token, so that it runs whenever its deployment runs.
    const { lockWait = 0 } = args.plan.stack.settings;
    const command = site.deployment.apply(({ release, token, target }) =>
      stageCommand(target, release, { token, lockWait }),
    );
    return this.command(args, site, "-stage", { create: command, update: command, stdin: site.input }, [
      site.machine.ready,
    ]);
  }

  /** The migration of a database that all hosts share runs on the first host, before the others start. */
  private activate(args: ComposeStackArgs, sites: Site[], staged: pulumi.Resource[]): remote.Command[] {
    const several = sites.length > 1;
    const once = several && migratesOnce(args.plan.stack);
    if (!once) return sites.map((site) => this.deploy(args, site, several, staged, true));
    const [first, ...others] = sites;
    const migrated = this.deploy(args, first!, several, staged, true);
    return [migrated, ...others.map((site) => this.deploy(args, site, several, [...staged, migrated], false))];
  }

  private deploy(
    args: ComposeStackArgs,
    site: Site,
    several: boolean,
    after: pulumi.Resource[],
    migrates: boolean,
  ): remote.Command {
    const { lockWait = 0, keepReleases = 5, removeData } = args.plan.stack.settings;
    // Another host may wait for its lock first.
    const confirmWithin = several ? args.plan.confirmWithin + lockWait : 0;
    const options = { lockWait, confirmWithin, keepReleases, migrates };
    const command = site.deployment.apply(({ release, token, target }) =>
      deployCommand(target, release, { ...options, token }),
    );
    const remove = site.target.apply((target) => destroyCommand(target, removeData));
    const lifecycle = { create: command, update: command, delete: remove, stdin: site.input };
    return this.command(args, site, "", lifecycle, [site.machine.ready, ...after]);
  }

  /** Nobody confirms before all have said that they can. */
  private confirm(args: ComposeStackArgs, sites: Site[], activated: pulumi.Resource[]): remote.Command[] {
    const round = (suffix: string, asCommand: typeof confirmCommand, after: pulumi.Resource[]) =>
      sites.map((site) => {
        const command = site.deployment.apply(({ release, token, target }) => asCommand(target, release, token));
        return this.command(args, site, suffix, { create: command, update: command }, after);
      });
    return round("-confirm", confirmCommand, round("-prepare", readyCommand, activated));
  }

  private confirmedBy(name: string, commands: remote.Command[], sites: Site[]): pulumi.Output<Deployed> {
    const wanted = this.release.apply((release): Deployed => ({ version: this.version, release }));
    if (pulumi.runtime.isDryRun()) return wanted;
    const needed = sites.flatMap(({ deployment, input }) => [deployment, input]);
    return pulumi.output(allSucceeded(commands, needed)).apply(async (succeeded) => {
      await this.watched.ends(succeeded);
      if (succeeded) return wanted;
      const { version, release } = await keptStack(name);
      return defined({ version, release });
    }) as pulumi.Output<Deployed>;
  }

  private command(
    { transform }: ComposeStackArgs,
    { resource, host, machine }: Site,
    suffix: string,
    lifecycle: Omit<remote.CommandArgs, "connection">,
    dependsOn: pulumi.Resource[],
  ): remote.Command {
    const commandArgs: remote.CommandArgs = {
      connection: machine.connection,
      addPreviousOutputInEnv: false,
      ...lifecycle,
    };
    const transformed = transform?.command ? transform.command(commandArgs, host) : commandArgs;
    const { options } = this.watched;
    return new remote.Command(`${resource}${suffix}`, transformed, { parent: this, dependsOn, ...options });
  }

  /** Compares what the host runs with what is declared, logs the differences, and returns the deployment's token. */
  private token(name: string, args: ComposeStackArgs, host: string, machine: DockerHost): pulumi.Output<string> {
    const { application } = args.plan.stack;
    return pulumi.all([this.release, machine.seen]).apply(async ([id, seen]) => {
      const running = seen?.applications[application];
      const version = seen ? running?.version : (await keptStack(name)).version;
      const refusal = deployable(version, this.version, {
        protected: args.protected,
        allowDowngrade: args.plan.stack.settings.allowDowngrade,
        configPath: `slipway:applications.${application}`,
      });
      if (refusal) throw inOwnWords(new pulumi.RunError(refusal));
      const kept = seen === undefined ? await keptToken(`${name}-${host}`) : undefined;
      await this.tellEmpty(name, args, host, running !== undefined || kept !== undefined);
      if (seen === undefined) return kept ?? args.fresh;
      const found = running === undefined ? alreadyThere(servicesOf(args.plan), seen) : undefined;
      if (found !== undefined) await pulumi.log.warn(`${application} on ${host}: ${found}`, this);
      const { token, notes } = decideToken({ id, version: this.version }, running, args.fresh);
      if (running !== undefined && token === args.fresh) {
        const { refusal: why, note } = wayBack(args.plan.stack, Object.keys(args.hosts), host, running);
        if (why !== undefined) throw inOwnWords(new pulumi.RunError(why));
        if (note !== undefined) notes.push(note);
      }
      await tellHoldsUp(this, args.plan.stack, host, seen, token === args.fresh);
      for (const { kind, text } of notes) {
        const line = `${application} on ${host}: ${text}`;
        await (kind === "change" ? pulumi.log.info(line, this) : pulumi.log.warn(line, this));
      }
      return token;
    });
  }
}
