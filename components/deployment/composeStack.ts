import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ApplicationPlan } from "../application/model.ts";
import type { DockerHost, Login } from "../host/dockerHost.ts";
import { deployable } from "../image/version.ts";
import {
  confirmCommand,
  deployCommand,
  deployInput,
  destroyCommand,
  stageCommand,
  type Target,
} from "../protocol/commands.ts";
import type { Release } from "../release/model.ts";
import { renderRelease, type Transform } from "../release/render.ts";
import { keepPins, pinsOf, resolve } from "../release/resolve.ts";
import { DeclarationError } from "../shared/problems.ts";
import { keptStack, keptToken } from "../state/lastState.ts";
import { decide } from "./drift.ts";

export interface ComposeStackArgs {
  plan: ApplicationPlan;
  /** Digest-pinned references by reference with tag, as `plan.images` names them. */
  images: Record<string, pulumi.Input<string>>;
  /** By name of the variable. */
  secrets: Record<string, pulumi.Input<string>>;
  hosts: DockerHost[];
  hostNames: string[];
  registries: Login[];
  /** Names a new deployment; see `freshToken`. */
  fresh: string;
  protected: boolean;
  allowDowngrade?: boolean;
  /** Milliseconds to wait for another deployment's lock. @default 0 */
  lockWait?: number;
  /** Confirmed releases to keep on a host. @default 5 */
  keepReleases?: number;
  /** Whether destroy removes data. @default false */
  removeData?: boolean;
  transform?: Transform & { command?: (args: remote.CommandArgs, host: string) => remote.CommandArgs };
}

/** Names a deployment: its release, its token, and the component that owns it. */
interface Decided {
  id: string;
  token: string;
  owner: string;
}

/**
 * An application's Compose stack on its hosts. With several hosts: staged on all, then activated on all, then
 * confirmed on all; a host that is not confirmed goes back by itself.
 */
export class ComposeStack extends pulumi.ComponentResource {
  readonly version: string;
  /** The release's name: the hash of everything in it. */
  readonly release: pulumi.Output<string>;
  /** The component's place in the program owns the application on the host: a successor's work is not removed. */
  private readonly place: pulumi.Output<string>;

  constructor(name: string, args: ComposeStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const { application, version } = args.plan.stack;
    super("slipway:stack:ComposeStack", name, { application, version, hosts: args.hostNames }, opts);
    this.version = version;
    // Without the urn's own dependency on this component, which stands for all its children: each would wait for the others.
    this.place = pulumi.output(
      new Promise<string>((resolve) => void this.urn.apply((urn) => resolve(urn.split("::").slice(1).join("::")))),
    );
    const images = pulumi
      .all([args.images, args.hosts.map(({ seen }) => seen)])
      .apply(async ([wanted, seen]) =>
        keepPins(
          args.plan,
          wanted,
          seen.map((host) => host?.applications[application]?.pins).find((pins) => pins) ??
            (await keptStack(name)).pins,
        ),
      );
    const release = pulumi.all([images, args.secrets]).apply(([pinned, secrets]) => {
      try {
        return renderRelease(resolve(args.plan, pinned, secrets), args.transform);
      } catch (error) {
        throw error instanceof DeclarationError ? new pulumi.RunError(error.message) : error;
      }
    });
    this.release = pulumi.unsecret(release.apply(({ id }) => id));
    const tokens = args.hosts.map((host, index) => this.token(name, args, host, index));
    const staged =
      args.hosts.length > 1 ? args.hosts.map((host, index) => this.stage(name, args, release, host, index)) : [];
    const deployed = args.hosts.map((host, index) =>
      this.deploy(name, args, release, host, index, tokens[index]!, staged),
    );
    if (args.hosts.length > 1)
      args.hosts.forEach((host, index) => this.confirm(name, args, host, index, tokens[index]!, deployed));
    this.registerOutputs({ version, release: this.release, pins: images.apply((pinned) => pinsOf(args.plan, pinned)) });
  }

  /** Under another name of the host it is another owner: the old name's resource must not remove what the new one's runs. */
  private owner(args: ComposeStackArgs, index: number): pulumi.Output<string> {
    return this.place.apply((place) => `${place}@${args.hostNames[index]}`);
  }

  private target(args: ComposeStackArgs, host: DockerHost, owner: string): Target {
    return { application: args.plan.stack.application, root: host.root, owner };
  }

  private input(args: ComposeStackArgs, release: pulumi.Output<Release>): pulumi.Output<string> {
    return pulumi.secret(
      pulumi.all([release, args.registries]).apply(([rendered, registries]) => deployInput(rendered, registries)),
    );
  }

  private stage(
    name: string,
    args: ComposeStackArgs,
    release: pulumi.Output<Release>,
    host: DockerHost,
    index: number,
  ): remote.Command {
    const command = pulumi
      .all([this.release, this.owner(args, index)])
      .apply(([id, owner]) => stageCommand(this.target(args, host, owner), { id, version: this.version }));
    return this.command(
      `${name}-${args.hostNames[index]}-stage`,
      args,
      host,
      index,
      { create: command, update: command, stdin: this.input(args, release) },
      [host.ready],
    );
  }

  private deploy(
    name: string,
    args: ComposeStackArgs,
    release: pulumi.Output<Release>,
    host: DockerHost,
    index: number,
    token: pulumi.Output<Decided>,
    after: pulumi.Resource[],
  ): remote.Command {
    const resource = `${name}-${args.hostNames[index]}`;
    const lockWait = args.lockWait ?? 0;
    // Another host may wait for its lock first.
    const options = {
      lockWait,
      confirmWithin: args.hosts.length > 1 ? args.plan.confirmWithin + lockWait : 0,
      keepReleases: args.keepReleases ?? 5,
    };
    const command = token.apply((decided) =>
      deployCommand(
        this.target(args, host, decided.owner),
        { id: decided.id, version: this.version },
        { ...options, token: decided.token },
      ),
    );
    return this.command(
      resource,
      args,
      host,
      index,
      {
        create: command,
        update: command,
        delete: this.owner(args, index).apply((owner) =>
          destroyCommand(this.target(args, host, owner), args.removeData ?? false),
        ),
        stdin: this.input(args, release),
      },
      [host.ready, ...after],
    );
  }

  private confirm(
    name: string,
    args: ComposeStackArgs,
    host: DockerHost,
    index: number,
    token: pulumi.Output<Decided>,
    after: pulumi.Resource[],
  ): remote.Command {
    const command = token.apply((decided) =>
      confirmCommand(this.target(args, host, decided.owner), { id: decided.id, version: this.version }, decided.token),
    );
    return this.command(
      `${name}-${args.hostNames[index]}-confirm`,
      args,
      host,
      index,
      { create: command, update: command },
      after,
    );
  }

  private command(
    name: string,
    args: ComposeStackArgs,
    host: DockerHost,
    index: number,
    own: remote.CommandArgs | Omit<remote.CommandArgs, "connection">,
    dependsOn: pulumi.Resource[],
  ): remote.Command {
    const all: remote.CommandArgs = { connection: host.connection, addPreviousOutputInEnv: false, ...own };
    return new remote.Command(
      name,
      args.transform?.command ? args.transform.command(all, args.hostNames[index]!) : all,
      { parent: this, dependsOn },
    );
  }

  /** Compares what the host runs with what is declared; says what it found, and names the deployment. */
  private token(name: string, args: ComposeStackArgs, host: DockerHost, index: number): pulumi.Output<Decided> {
    const { application } = args.plan.stack;
    return pulumi.all([this.release, host.seen, this.owner(args, index)]).apply(async ([id, seen, owner]) => {
      const now = seen?.applications[application];
      const runs = seen ? now?.version : (await keptStack(name)).version;
      const refused = deployable(runs, this.version, {
        protected: args.protected,
        allowDowngrade: args.allowDowngrade ?? false,
        configPath: `slipway:applications.${application}`,
      });
      if (refused) throw new pulumi.RunError(refused);
      if (seen === undefined)
        return { id, owner, token: (await keptToken(`${name}-${args.hostNames[index]}`)) ?? args.fresh };
      const { token, notes } = decide({ id, version: this.version }, now, args.fresh);
      for (const { kind, text } of notes) {
        const line = `${application} on ${args.hostNames[index]}: ${text}`;
        await (kind === "change" ? pulumi.log.info(line, this) : pulumi.log.warn(line, this));
      }
      return { id, owner, token };
    });
  }
}
