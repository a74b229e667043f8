/**
 * The settings of one environment, after reading: shorthands resolved, defaults filled in, files read.
 * `S` is the type of a secret: `string` while they are checked, `pulumi.Output<string>` (secret) for the program.
 */
export interface Settings<S = string> {
  hosts: Record<string, HostSettings<S>>;
  /** By registry, `host[:port]`; Docker Hub is `docker.io`. */
  registries: Record<string, RegistrySettings<S>>;
  applications: Record<string, ApplicationSettings>;
  /** By application, then by name of the environment variable. */
  secrets: Record<string, Record<string, S>>;
  /** How to reach GitHub, for repositories. */
  github: GitHubSettings<S>;
  /** By the repository's name in the program: mostly its name without the owner. */
  repositories: Record<string, RepositorySettings<S>>;
  /** A protected environment allows no silent downgrade and no tag that moves. */
  protected: boolean;
  /** Kept exports of the state: how many, and in which folder (relative to the project). */
  exports: { keep: number; directory: string };
}

/** How to reach a machine by SSH. */
export interface Connection<S = string> {
  address: string;
  port: number;
  user: string;
  /** Content of the private key; absent if the SSH agent is asked. */
  privateKey?: S;
  privateKeyPassword?: S;
  /** Whether the SSH agent (SSH_AUTH_SOCK) is asked. */
  agent: boolean;
  /** The machine's public key as "<type> <base64>"; absent only if `insecureIgnoreHostKey: true` waives the check. */
  hostKey?: string;
}

export interface HostSettings<S = string> extends Connection<S> {
  bastion?: Connection<S>;
  proxy: ProxySettings;
  /** Whether Docker Engine and Compose are installed where they are missing. */
  install: boolean;
  hardening: HardeningSettings;
  /** Whether a preview reads what the host runs. */
  look: boolean;
  /** The folder that holds one folder per application. */
  root: string;
}

export interface ProxySettings {
  enabled: boolean;
  image: string;
  httpPort: number;
  httpsPort: number;
  /** Address for the certificate authority's notices. */
  email?: string;
  /** Whether Caddy signs certificates itself, for names without public DNS. */
  localCertificates: boolean;
}

export interface HardeningSettings {
  sshPasswordLogin: "off" | "keep";
  firewall: boolean;
  unattendedUpgrades: boolean;
}

export interface RegistrySettings<S = string> {
  username: string;
  password: S;
  insecureSkipVerify: boolean;
}

export interface GitHubSettings<S = string> {
  /** User or organisation of repositories that are declared without one. */
  owner?: string;
  /** Absent: the environment's GITHUB_TOKEN. */
  token?: S;
  /** Of a GitHub server of one's own; absent: github.com. */
  baseUrl?: string;
  /** Milliseconds between writes; absent: the provider's own second, which GitHub asks for. */
  writeDelayMs?: number;
  /** What the deploy keys of environments are made of. */
  keySeed?: S;
}

/** What this environment adds to a repository. Absent fields are left to the declaration. */
export interface RepositorySettings<S = string> {
  /** By name, as GitHub shows them. */
  secrets: Record<string, S>;
  variables: Record<string, string>;
  reviewers?: { users: string[]; teams: string[] };
  /** Minutes. */
  waitTimer?: number;
  /** Name of `hosts` whose address the environment's jobs are told. */
  host?: string;
}

/** Absent fields are left to the application's own declaration. */
export interface ApplicationSettings {
  /** A semantic version or a tag: the image's tag as written. Absent: the one that this stack deployed last. */
  version?: string;
  /** Digest of the application's own image; absent: its version is looked up. */
  digest?: string;
  /** Names of `hosts`. */
  hosts: string[];
  /** Repository to use instead of the declared one. */
  image?: string;
  /** Images of other services, by service, instead of the declared ones. */
  images: Record<string, string>;
  environment: Record<string, string>;
  domains?: string[];
  allowDowngrade: boolean;
  /** Milliseconds a new release is watched before it is confirmed. */
  observe?: number;
  /** Milliseconds that requests in flight are given to finish. */
  drain?: number;
  /** Milliseconds to wait for another deployment's lock. */
  lockWait?: number;
  /** Releases to keep on a host. */
  keepReleases?: number;
  /** Whether destroy removes the application's data as well. */
  removeData: boolean;
}

/** The settings of an application whose version is known. */
export type VersionedSettings = ApplicationSettings & { version: string };
