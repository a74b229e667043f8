/** What a declaration is turned into: every shorthand resolved, plain values only. */
import type { ComposeDocument } from "../compose/schema.ts";
import type { Exemptions } from "../policies/exemptions.ts";
import type { VersionedSettings } from "../settings/types.ts";
import type { Domain } from "../shared/domains.ts";
import type { Schedule } from "../shared/schedule.ts";
import type { DeploymentWindow } from "../shared/window.ts";
import type { Entry } from "./entry.ts";
import type { Strategy } from "./strategies.ts";

/** An application's stack in one environment, but for what is known last: digests and secrets. */
export interface PlannedStack {
  application: string;
  environment: string;
  /** The application's folder on the host. */
  directory: string;
  version: string;
  /** What the stack's settings say of it: for what a declaration does not speak of. */
  settings: VersionedSettings;
  /** The Compose document with digest-pinned images, before Slipway's own additions. */
  document: ComposeDocument;
  services: Service[];
  accessories: string[];
  /** Those of them that start after the application's own services. */
  late: string[];
  /** Services that run to their end. */
  once: Once[];
  /** What starts before the own services, accessories and services that run once, in its order; empty where none runs once. */
  start: string[][];
  variables: Record<string, string>;
  secretFiles: { service: string; name: string; owner: number }[];
  /** Files of the project that go with the release; the document names their places on the host. */
  carried: Carried;
  /** Those of services come first. */
  domains: Domain[];
  redirects: Redirect[];
  /** Milliseconds. */
  hold: number;
  observe: number;
  migration?: Migration;
  /** Own services that have the data which it changes. */
  databases?: string[];
  backup?: Backup;
  backups?: DataBackup[];
  jobs?: (Job | DataJob)[];
  verification: Verification;
  preflight: {
    freeMiB: number;
    variables: string[];
    ports: number[];
    /** Milliseconds that the newest good drill may be old where a migration runs. */
    proof?: number;
    window?: DeploymentWindow;
  };
}

/** A service that runs to its end, once for each of its definitions, or at each deployment. */
export interface Once {
  name: string;
  each: boolean;
  /** Milliseconds. */
  timeout: number;
}

export interface Carried {
  files: CarriedFiles[];
  secrets: CarriedSecret[];
}

/** A file or a folder that services find where they mount it. */
export interface CarriedFiles {
  /** As the document names it, like "./nginx.conf". */
  name: string;
  /** Its place below `release-files/` on the host, named by its content: the same content is the same mount. */
  at: string;
  /** By their paths in the folder that `at` begins with. */
  files: { path: string; content: Uint8Array; executable: boolean }[];
}

/** A file that may hold secrets: of variables, or one that the document calls a secret. */
export interface CarriedSecret {
  name: string;
  /** Its place below `secrets/` on the host. */
  at: string;
  content: Uint8Array;
  /** Who reads it: Compose (which runs as the deploying user), a user of a container by number, or whoever is in a container. */
  reader: "compose" | "container" | number;
}

/** A folder that has files beside the Compose file, while that of the host is the application's own: none of them goes along. */
export interface StayingFolder {
  /** Where it is named first, like "services.db.volumes". */
  place: string;
  /** As it is written, with variables replaced. */
  source: string;
  /** Its path on the host. */
  at: string;
}

/** One of the application's own services. */
export interface Service {
  name: string;
  strategy: Strategy;
  /** Those that take traffic; the first one is what its checks ask by default. Empty: the proxy gives it none. */
  ports: number[];
  routes: ServiceRoute[];
  /** The proxy reaches it at the host's address: it has no network of its own. */
  hostNetwork?: true;
  replicas: number;
  /** `interval` and `timeout` in milliseconds. */
  health: { path?: string; port?: number; interval: number; successes: number; timeout: number };
  /** Milliseconds. */
  drain: number;
  /** Own services whose namespaces it has, by the key that says so, like `network_mode`. */
  joined?: Record<string, string>;
  /** Own services after which it starts. */
  needs?: string[];
  /** Another one waits until it is healthy. */
  awaited?: true;
}

/** Requests that a service gets. */
export interface ServiceRoute {
  domains: Domain[];
  port: number;
  /** Without a slash at the end; empty: all of them. */
  path: string;
  /** Whether the service gets the path without that prefix. */
  strip: boolean;
  logins?: Login[];
  /** Headers of its answers; without a value one is taken away. */
  headers?: { name: string; value?: string }[];
  /** Bytes of a request's body. */
  maxBody?: number;
}

/** Who may send requests. */
export interface Login {
  user: string;
  /** Name of the secret. */
  secret: string;
  /** Whether that is a bcrypt hash, not the password itself. */
  hashed: boolean;
}

/** Requests that the proxy answers itself. */
export interface Redirect {
  /** Where they come in; absent: at all domains of services. */
  domain?: Domain;
  /** Absent: all of them. */
  path?: string;
  to: string;
  code: number;
}

export interface OneOff {
  service: string;
  command: string[];
  /** Milliseconds. */
  timeout: number;
}

/** Its command is `up`. */
export interface Migration extends OneOff {
  down?: string[];
  revision?: string[];
  /** Absent: the version before works with the new schema. */
  compatible?: false;
}

export interface Backup extends OneOff {
  restore?: string[];
}

/** Data of which backups are taken. */
export interface DataBackup {
  name: string;
  what: "postgres" | "sqlite" | "volume";
  service: string;
  /** Of Postgres; absent: those that the image makes. */
  database?: string;
  user?: string;
  /** Where the service mounts what is kept. */
  mount?: string;
  /** Of SQLite, below `mount`. */
  file?: string;
  /** Its writers go on while it is copied. */
  live?: true;
  check: { query?: string; atLeast?: number; command?: string[] };
  /** Name of its destination. */
  to: string;
  keep: { last?: number; daily?: number; weekly?: number; monthly?: number };
  /** Milliseconds. */
  timeout: number;
}

/** A one-off of the release that serves, by a schedule; its timeout is how long it may run. */
export interface Job extends OneOff, Scheduled {
  /** Times at which the host was off are left out. Absent: the latest runs once. */
  missed?: "skip";
  /** The only one of several hosts on which it runs. */
  host?: string;
}

/** What is done with a backup by a schedule, called `<act>.<of>`. */
export interface DataJob extends Scheduled {
  act: "backup" | "drill";
  of: string;
  /** Milliseconds. */
  timeout: number;
}

interface Scheduled {
  name: string;
  /** As it is declared. */
  schedule: string;
  times: Schedule;
  /** Absent: UTC. */
  timeZone?: string;
}

export interface Verification {
  version?: { path: string; field?: string; equals: string };
  /** `domain`: where it is asked, if not at the first one. */
  checks: { path: string; status: number; domain?: Domain }[];
  responseTime?: { path: string; milliseconds: number };
  /** The value of the secret follows the text. */
  headers?: { name: string; value?: string; secret?: string }[];
  /** `secret` names the password. */
  login?: { user: string; secret: string };
  command?: OneOff;
  /** Milliseconds. */
  certificateWithin?: number;
}

export interface PlanContext {
  settings: VersionedSettings;
  /** Name of the environment. */
  environment: string;
  /** Folder of applications on the host. @default "/opt" */
  root: string;
  protected: boolean;
  secretNames: string[];
  /** Names of `slipway:backups`. @default none */
  destinations?: string[];
  /** Ports that the proxy takes on the application's hosts, like `"443/udp"`. */
  proxyPorts?: string[];
  /** Those of the application's hosts on which no proxy runs. */
  withoutProxy?: string[];
  /** Reads a file of the project. */
  readFile: (path: string) => string;
  /** Names of what is in a folder of the project. */
  listFolder: (path: string) => string[];
  /** What is at a path; `project` is the folder that no link may lead out of. */
  entry: (path: string, project: string) => Entry | undefined;
  /** What git ignores in a folder: paths from there, those of folders with a slash at the end. */
  ignored?: (folder: string) => string[];
}

/** An image to resolve: `version` is its tag. */
export interface ImageRequest {
  repository: string;
  version: string;
  own: boolean;
}

/** Everything but the values that are known only later: digests and secrets. */
export interface ApplicationPlan {
  stack: PlannedStack;
  /** By reference with tag. */
  images: Record<string, ImageRequest>;
  /** The key of `images` that each service uses; absent where the file already gives a digest. */
  imageOf: Record<string, string>;
  /** Milliseconds in which all hosts must have switched. */
  confirmWithin: number;
  /** Whether Slipway's own Postgres is beside it. */
  database: boolean;
  /** Template of DATABASE_URL, where it is not the usual one. */
  databaseUrl?: string;
  exemptions: Exemptions;
  /** What may be meant so, and is told in the plan. */
  warnings: string[];
  /** Told in the plan of a host on which they are new. */
  staying: StayingFolder[];
}
