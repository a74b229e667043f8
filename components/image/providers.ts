import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../shared/records.ts";
import { pluginAddress } from "./plan.ts";
import { registryOf } from "./reference.ts";

/** A login at a registry; the password becomes a secret wherever it goes. */
export interface Credentials {
  username: string;
  password: pulumi.Input<string>;
}

/** What a ContainerImage needs to know of its registry: spread it into the arguments. */
export interface RegistryAccess {
  provider: docker.Provider;
  credentials?: Credentials;
  insecureSkipVerify: boolean;
}

/** A provider of the docker plugin that is logged in at one registry and needs no Docker daemon. */
export function registryProvider(
  name: string,
  registry: string,
  credentials?: Credentials,
  opts?: pulumi.ResourceOptions,
): docker.Provider {
  return new docker.Provider(
    name,
    {
      disableDockerDaemonCheck: true,
      ...(credentials
        ? {
            registryAuth: [
              {
                address: pluginAddress(registry),
                username: credentials.username,
                password: pulumi.secret(credentials.password),
              },
            ],
          }
        : {}),
    },
    opts,
  );
}

/**
 * Gives the access to an image's registry: one provider per registry, made when it is first asked for.
 *
 * @example
 * const access = registryAccess(settings.registries);
 * new ContainerImage("shop", { repository, version, ...access(repository) });
 */
export function registryAccess(
  registries: Record<string, { username: string; password: pulumi.Input<string>; insecureSkipVerify?: boolean }>,
  opts?: pulumi.ResourceOptions,
): (repository: string) => RegistryAccess {
  const known = new Map<string, RegistryAccess>();
  return (repository) => {
    const registry = registryOf(repository);
    const login = Object.hasOwn(registries, registry) ? registries[registry] : undefined;
    const credentials = login && { username: login.username, password: login.password };
    const access = known.get(registry) ?? {
      provider: registryProvider(`registry-${registry.replace(/[^a-z0-9]+/g, "-")}`, registry, credentials, opts),
      ...defined({ credentials }),
      insecureSkipVerify: login?.insecureSkipVerify ?? false,
    };
    known.set(registry, access);
    return access;
  };
}
