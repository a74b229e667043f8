import { readdirSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { ApplicationSpec } from "../application/declaration.ts";
import type { ApplicationPlan } from "../application/model.ts";
import { planApplication } from "../application/plan.ts";
import { ComposeStack } from "../deployment/composeStack.ts";
import type { DockerHost, Login } from "../host/dockerHost.ts";
import { commitOf } from "../image/commit.ts";
import { ContainerImage } from "../image/containerImage.ts";
import type { Build } from "../image/plan.ts";
import type { RegistryAccess } from "../image/providers.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { DeclarationError } from "../shared/problems.ts";

export interface ApplicationArgs {
  spec: ApplicationSpec;
  settings: VersionedSettings;
  secrets: Record<string, pulumi.Input<string>>;
  /** All hosts of the environment by name. */
  hosts: Record<string, DockerHost>;
  registries: Login[];
  /** How to reach the registry of a repository. */
  access: (repository: string) => RegistryAccess;
  protected: boolean;
  fresh: string;
}

/** An application in one environment: its images, and its Compose stack on its hosts. */
export class Application extends pulumi.ComponentResource {
  readonly version: string;
  readonly release: pulumi.Output<string>;

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Application", name, { version: args.settings.version, hosts: args.settings.hosts }, opts);
    const plan = planOf({ ...args, root: args.hosts[args.settings.hosts[0]!]!.root });
    const images = this.images(args, plan);
    const stack = this.stack(args, plan, images);
    this.version = stack.version;
    this.release = stack.release;
    this.registerOutputs({ version: this.version, release: this.release });
  }

  private images(args: ApplicationArgs, plan: ApplicationPlan): Record<string, pulumi.Output<string>> {
    const names = imageNames(args.spec.name, plan.images);
    return Object.fromEntries(
      Object.entries(plan.images).map(([key, { repository, version, own }]) => {
        const place = own ? `slipway:applications.${args.spec.name}.version` : `apps: ${args.spec.name}, image ${key}`;
        const image = new ContainerImage(
          names[key]!,
          {
            repository,
            version,
            configPath: place,
            ...args.access(repository),
            ...(own && args.spec.build ? { build: withCommit(args.spec.build) } : {}),
            ...(own && args.settings.digest ? { digest: args.settings.digest } : {}),
          },
          { parent: this },
        );
        return [key, image.reference];
      }),
    );
  }

  private stack(
    args: ApplicationArgs,
    plan: ApplicationPlan,
    images: Record<string, pulumi.Input<string>>,
  ): ComposeStack {
    const { settings, spec } = args;
    return new ComposeStack(
      spec.name,
      {
        plan,
        images,
        secrets: args.secrets,
        hosts: settings.hosts.map((host) => args.hosts[host]!),
        hostNames: settings.hosts,
        registries: args.registries,
        fresh: args.fresh,
        protected: args.protected,
        allowDowngrade: settings.allowDowngrade,
        removeData: settings.removeData,
        ...(settings.lockWait === undefined ? {} : { lockWait: settings.lockWait }),
        ...(settings.keepReleases === undefined ? {} : { keepReleases: settings.keepReleases }),
        ...(spec.transform ? { transform: spec.transform } : {}),
      },
      { parent: this },
    );
  }
}

function withCommit(build: Build): Build {
  const commit = build.commit ?? commitOf(build.context);
  return { ...build, ...(commit === undefined ? {} : { commit }) };
}

/** `shop-postgres`; where several would have that name (`postgres:15` beside `postgres:16`), `shop-postgres-15`. The application's own keeps its name. */
export function imageNames(application: string, images: ApplicationPlan["images"]): Record<string, string> {
  const short = (repository: string): string => `${application}-${repository.split("/").at(-1)!}`;
  const all = Object.entries(images);
  const shared = (name: string): boolean => all.filter(([, { repository }]) => short(repository) === name).length > 1;
  return Object.fromEntries(
    all.map(([key, { repository, own }]) => [
      key,
      own || !shared(short(repository)) ? short(repository) : `${application}-${key.replaceAll(/[^\w.]+/g, "-")}`,
    ]),
  );
}

export type Declared = Pick<ApplicationArgs, "spec" | "settings" | "secrets" | "protected"> & { root: string };

/** @throws RunError with every problem of the declaration */
export function planOf({ spec, settings, secrets, root, protected: isProtected }: Declared): ApplicationPlan {
  try {
    return planApplication(spec, {
      settings,
      root,
      protected: isProtected,
      environment: pulumi.getStack(),
      secretNames: Object.keys(secrets).sort(),
      readFile: (path) => readFileSync(path, "utf8"),
      listFolder: (path) => readdirSync(path),
    });
  } catch (error) {
    if (error instanceof DeclarationError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
