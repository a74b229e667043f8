import * as pulumi from "@pulumi/pulumi";
import type { ApplicationSpec } from "../application/declaration.ts";
import type { ApplicationPlan, PlanContext } from "../application/model.ts";
import { ComposeStack, type ComposeStackArgs } from "../deployment/composeStack.ts";
import type { DockerHost, Login } from "../host/dockerHost.ts";
import { commitOf } from "../image/commit.ts";
import { ContainerImage } from "../image/containerImage.ts";
import { type Build, type Places, settingsOf } from "../image/plan.ts";
import { DEFAULT_PLATFORM, platformFor } from "../image/platform.ts";
import type { RegistryAccess } from "../image/providers.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { defined, omit } from "../shared/records.ts";
import { keptBuild } from "../state/lastState.ts";
import { planIn } from "./planned.ts";

export interface ApplicationArgs {
  spec: ApplicationSpec;
  settings: VersionedSettings;
  /** The declaration as planned for this environment; see `planOf`. */
  plan: ApplicationPlan;
  secrets: Record<string, pulumi.Input<string>>;
  /** All hosts of the environment by name. */
  hosts: Record<string, DockerHost>;
  /** Hosts of all applications of the environment, by application. */
  declared: Record<string, string[]>;
  registries: Login[];
  /** Returns how to reach an image repository's registry. */
  access: (repository: string) => RegistryAccess;
  protected: boolean;
  fresh: string;
  /** Is told how an update goes; see `ComposeStack`. */
  watcher?: ComposeStackArgs["watcher"];
  /** What `slipway:policies` says of it; see `ComposeStack`. */
  policies?: Pick<ComposeStackArgs, "circumstances" | "after">;
}

/** An application in one environment: its images, and its Compose stack on its hosts. */
export class Application extends pulumi.ComponentResource {
  readonly version: string;
  readonly release: pulumi.Output<string>;
  /** What its hosts confirmed; see `ComposeStack`. */
  readonly deployed: ComposeStack["deployed"];

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Application", name, { version: args.settings.version, hosts: args.settings.hosts }, opts);
    for (const warning of args.plan.warnings) void pulumi.log.warn(warning, this);
    const stack = this.stack(args, this.images(args));
    this.version = stack.version;
    this.release = stack.release;
    this.deployed = stack.deployed;
    this.registerOutputs({ version: this.deployed.version, release: this.deployed.release });
  }

  private images(args: ApplicationArgs): Record<string, pulumi.Output<string>> {
    const names = imageNames(args.spec.name, args.plan.images);
    return Object.fromEntries(
      Object.entries(args.plan.images).map(([key, { repository, version, own }]) => {
        const image = new ContainerImage(
          names[key]!,
          {
            repository,
            version,
            places: own ? settingsOf(args.spec.name) : declaredPlaces(args, key),
            ...args.access(repository),
            ...(own && args.spec.build && buildArgs(args, args.spec.build, names[key]!)),
            ...(own && defined({ digest: args.settings.digest })),
          },
          { parent: this },
        );
        return [key, image.reference];
      }),
    );
  }

  private stack(args: ApplicationArgs, images: Record<string, pulumi.Input<string>>): ComposeStack {
    const { settings, spec } = args;
    return new ComposeStack(
      spec.name,
      {
        plan: args.plan,
        images,
        secrets: args.secrets,
        hosts: Object.fromEntries(settings.hosts.map((host) => [host, args.hosts[host]!])),
        otherHosts: omit(args.hosts, ...settings.hosts),
        declared: args.declared,
        registries: args.registries,
        fresh: args.fresh,
        protected: args.protected,
        ...args.policies,
        ...defined({ transform: spec.transform, watcher: args.watcher }),
      },
      { parent: this },
    );
  }
}

/** Where the image of a service that runs another one than the application's own is written. */
function declaredPlaces({ spec, settings, plan }: ApplicationArgs, key: string): Places {
  const service = Object.keys(plan.imageOf).find((name) => plan.imageOf[name] === key)!;
  const shorthand = { db: spec.database && "database", cache: spec.cache && "cache" }[service];
  const place =
    settings.images[service] === undefined
      ? `apps: ${spec.name}.${shorthand ?? `services.${service}.image`}`
      : `slipway:applications.${spec.name}.images.${service}`;
  return { image: place, version: place, digest: place };
}

/** The hosts are asked only for a build that names no platform: what else runs may run on hosts of several kinds. */
const buildArgs = (args: ApplicationArgs, build: Build, image: string) => ({
  build: withCommit(build),
  ...(build.platform === undefined && { platform: hostPlatform(args, image) }),
});

/**
 * What the hosts are. Where none of them was looked at, what the image was built for last: without a platform, as by an
 * older version, it is left as it is.
 * @throws RunError for hosts of several kinds
 */
function hostPlatform({ spec, settings, hosts }: ApplicationArgs, image: string): pulumi.Output<string | undefined> {
  return pulumi.all(settings.hosts.map((host) => hosts[host]!.seen)).apply(async (seen) => {
    const machines = settings.hosts.map((host, index) => [host, seen[index]?.host.architecture] as const);
    try {
      const platform = platformFor(Object.fromEntries(machines));
      const built = platform === undefined ? await keptBuild(image) : undefined;
      return built ? built.platform : (platform ?? DEFAULT_PLATFORM);
    } catch (error) {
      throw new pulumi.RunError(`apps: ${spec.name}.${(error as Error).message}`);
    }
  }) as pulumi.Output<string | undefined>;
}

function withCommit(build: Build): Build {
  return { ...build, ...defined({ commit: build.commit ?? commitOf(build.context) }) };
}

/** `shop-postgres`; if several images would share that name (`postgres:15` and `postgres:16`), `shop-postgres-15`. The application's own image keeps its short name. */
export function imageNames(application: string, images: ApplicationPlan["images"]): Record<string, string> {
  const shortName = (repository: string): string => `${application}-${repository.split("/").at(-1)!}`;
  const all = Object.entries(images);
  const isShared = (name: string): boolean =>
    all.filter(([, { repository }]) => shortName(repository) === name).length > 1;
  return Object.fromEntries(
    all.map(([key, { repository, own }]) => [
      key,
      own || !isShared(shortName(repository))
        ? shortName(repository)
        : `${application}-${key.replaceAll(/[^\w.]+/g, "-")}`,
    ]),
  );
}

/**
 * A declaration as planned for this environment, in plain values.
 * @param root the folder for applications on its hosts
 * @param proxies which ports the proxy takes there, and which hosts have none
 * @throws DeclarationError with every problem of the declaration
 */
export function planOf(
  {
    spec,
    settings,
    secrets,
    protected: isProtected,
  }: Pick<ApplicationArgs, "spec" | "settings" | "secrets" | "protected">,
  root: string,
  proxies: Pick<PlanContext, "proxyPorts" | "withoutProxy"> = {},
): ApplicationPlan {
  return planIn(spec, {
    settings,
    root,
    ...proxies,
    protected: isProtected,
    environment: pulumi.getStack(),
    secretNames: Object.keys(secrets).sort(),
  });
}
