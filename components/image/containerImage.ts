import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { inOwnWords } from "../shared/ownWords.ts";
import { writeLabelled } from "./dockerfile.ts";
import { type Build, type BuildPlan, type Places, type Plan, plan, pluginName, settingsOf } from "./plan.ts";
import { DEFAULT_PLATFORM } from "./platform.ts";
import { type Credentials, registryProvider } from "./providers.ts";
import { formatReference, pin } from "./reference.ts";

export interface ContainerImageArgs {
  /** The repository without tag, like `ghcr.io/me/shop`. */
  repository: string;
  /** Semantic version or tag: the tag as written. Needed unless there is a digest or a build with a commit. */
  version?: string;
  /** `sha256:…`: exactly this image; nothing is asked. */
  digest?: string;
  /** Build and push, instead of looking up what is there. */
  build?: Build;
  /** Login at the registry; default: none. */
  credentials?: Credentials;
  /** Accept any certificate of the registry. Default: false. */
  insecureSkipVerify?: boolean;
  /** Provider of the docker plugin that knows the login; default: one of its own. See `registryAccess`. */
  provider?: docker.Provider;
  /** Platform of the hosts, for a build that names none; one that is undefined in the end is left to the plugin. Default: `linux/amd64`. */
  platform?: pulumi.Input<string | undefined>;
  /** Where image, version and digest are set, for errors. Default: in `slipway:applications.<name>`. */
  places?: Places;
  transform?: {
    /** Changes the arguments of every docker.Image of a build. */
    image?: (args: docker.ImageArgs) => docker.ImageArgs;
  };
}

/**
 * An image, by version in and by digest out. Without `build`, the digest is known at preview and a missing tag is an
 * error there, with the newest tags; with `build`, it is known when the image is pushed.
 *
 * @example new ContainerImage("shop", { repository: "ghcr.io/me/shop", version: "1.4.0" }).reference
 * @throws at once if repository, version or digest are wrong; later if the registry does not give the image.
 */
export class ContainerImage extends pulumi.ComponentResource {
  /** `ghcr.io/me/shop@sha256:…`: the one thing to deploy. */
  readonly reference: pulumi.Output<string>;
  readonly digest: pulumi.Output<string>;
  /** The version as written; of a build without one, its `sha-…` tag. */
  readonly version: pulumi.Output<string>;

  constructor(name: string, args: ContainerImageArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = orRunError(() => plan(args, args.places ?? settingsOf(name)));
    super("slipway:image:ContainerImage", name, { repository: args.repository, version: planned.version }, opts);
    const provider =
      args.provider ??
      (this.getProvider("docker:index:Image") as docker.Provider | undefined) ??
      registryProvider(`${name}-registry`, planned.reference.registry, args.credentials, { parent: this });

    this.digest =
      planned.kind === "given"
        ? pulumi.output(planned.digest)
        : planned.kind === "build"
          ? this.built(name, planned, args, provider)
          : pulumi.output(this.lookedUp(planned, args, provider));
    this.reference = this.digest.apply((digest) => pin(planned.reference, digest));
    this.version = pulumi.output(planned.version);
    this.registerOutputs({ reference: this.reference, digest: this.digest, version: this.version });
  }

  /** One docker.Image per tag; the first one's digest counts, the others tag what the build cache has. */
  private built(
    name: string,
    { reference, tags, build }: BuildPlan,
    args: ContainerImageArgs,
    provider: docker.Provider,
  ): pulumi.Output<string> {
    const dockerfile = orRunError(() =>
      writeLabelled(name, build.dockerfile, build.labels, build.target ? { target: build.target } : {}),
    );
    const transform = args.transform?.image ?? ((own) => own);
    const images: docker.Image[] = [];
    for (const { part, tag } of tags) {
      images.push(
        new docker.Image(
          `${name}-${part}`,
          transform({
            imageName: formatReference({ ...reference, tag }),
            build: {
              context: build.context,
              dockerfile,
              args: build.args,
              // Left out, it would be that of the machine that runs Pulumi: a laptop and CI would rebuild each other's images.
              platform: (build.platform ??
                ("platform" in args ? args.platform : DEFAULT_PLATFORM)) as pulumi.Input<string>,
            },
            ...(args.credentials
              ? {
                  registry: {
                    server: reference.registry,
                    username: args.credentials.username,
                    password: pulumi.secret(args.credentials.password),
                  },
                }
              : {}),
          }),
          { parent: this, provider, dependsOn: images.slice(0, 1) },
        ),
      );
    }
    return images[0]!.repoDigest.apply((repoDigest) => repoDigest.slice(repoDigest.indexOf("@") + 1));
  }

  private async lookedUp(
    { reference, places }: Plan,
    args: ContainerImageArgs,
    provider: docker.Provider,
  ): Promise<string> {
    const insecureSkipVerify = args.insecureSkipVerify ?? false;
    try {
      const found = await docker.getRegistryImage(
        { name: pluginName(reference), insecureSkipVerify },
        { parent: this, provider },
      );
      return found.sha256Digest;
    } catch (error) {
      const login = { insecureSkipVerify, ...(await plainLogin(args.credentials)) };
      // Loaded here because it brings Node's HTTP client, which the program needs for nothing else.
      const { explain } = await import("./explain.ts");
      const message = await explain({ reference, places, login, cause: (error as Error).message });
      // Shown at its component without a stack trace.
      throw inOwnWords(new pulumi.ResourceError(message, this, true));
    }
  }
}

/** An error of plain code becomes one that the engine shows without a stack trace. */
function orRunError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
}

/** The login in plain text, for requests of our own; it goes into no Output. */
async function plainLogin(
  credentials: Credentials | undefined,
): Promise<{ username: string; password: string } | undefined> {
  if (!credentials) return undefined;
  const password = await new Promise<string>((resolve) => {
    pulumi.output(credentials.password).apply(resolve);
  });
  return { username: credentials.username, password };
}
