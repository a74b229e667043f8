/**
 * The settings of one stack after reading: the schema's, with shorthands resolved, defaults filled in and files
 * read. What each of them means, the schema describes.
 * `S` is the type of a secret: `string` while they are checked, `pulumi.Output<string>` (secret) for the program.
 */
import type { ONLY_WRITTEN, Secret } from "./connectionSchema.ts";
import type { Written, WrittenConnection } from "./schema.ts";

/** The schema's type with `S` for each secret. */
type Revealed<T, S> = T extends Secret ? S : T extends object ? { [K in keyof T]: Revealed<T[K], S> } : T;

/** How to reach a machine by SSH. Without a key the agent is asked; without `hostKey` the check was waived. */
export type Connection<S = string> = Revealed<Omit<WrittenConnection, (typeof ONLY_WRITTEN)[number]>, S> & {
  agent: boolean;
};

export type HostSettings<S = string> = Connection<S> &
  Revealed<Omit<Written["hosts"][string], keyof WrittenConnection | "bastion">, S> & { bastion?: Connection<S> };

export type ProxySettings<S = string> = HostSettings<S>["proxy"];

export type RegistrySettings<S = string> = Revealed<
  Omit<Written["registries"][string], "password" | "passwordFile">,
  S
> & { password: S };

export type GitHubSettings<S = string> = Revealed<Omit<Written["github"], "tokenFile">, S>;

/** What this stack adds to a repository. Absent fields are left to the declaration. */
export type RepositorySettings<S = string> = Revealed<Written["repositories"][string], S>;

/** Absent fields are left to the application's own declaration. */
export type ApplicationSettings = Omit<Written["applications"][string], "domain"> & { domains?: string[] };

/** The settings of an application whose version is known. */
export type VersionedSettings = ApplicationSettings & { version: string };

export type Settings<S = string> = Revealed<Omit<Written, "hosts" | "registries" | "applications" | "github">, S> & {
  hosts: Record<string, HostSettings<S>>;
  registries: Record<string, RegistrySettings<S>>;
  applications: Record<string, ApplicationSettings>;
  github: GitHubSettings<S>;
};
