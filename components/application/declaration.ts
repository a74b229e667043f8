/**
 * What an application declares, in `apps/<name>.ts`. Everything here is plain data; versions, hosts and secrets come
 * from the environment's settings.
 */

import type { ComposeDocument } from "../compose/schema.ts";
import type { Build } from "../image/plan.ts";
import type { Exemption } from "../policies/exemptions.ts";
import type { ProxyRules, RouteSpec } from "../settings/routeSchema.ts";
import type { Duration } from "../shared/duration.ts";
import type { DeploymentWindow } from "../shared/window.ts";
import type { BackupsSpec } from "./backupsSpec.ts";
import type { Route } from "./route.ts";
import type { Strategy } from "./strategies.ts";

export interface ApplicationSpec {
  /** Name: folder on the host, Compose project, key in `slipway:applications`. */
  name: string;
  /** Repository of the application's own image, without tag: `ghcr.io/anna/shop`. Settings may override it. */
  image?: string;
  /** Builds and pushes the image from here instead of expecting it in the registry. */
  build?: Build;
  /** Path of an existing Compose file, taken as it is; `services` then only gives hints. Several are put on top of each other, the first one first, as by `docker compose -f a -f b`. */
  compose?: string | string[];
  /** Compose profiles that are active. @default those of COMPOSE_PROFILES */
  profiles?: string[];
  services?: Record<string, ServiceSpec>;
  /** A Postgres beside the application: `"postgres:15"`. It sets DATABASE_URL, needs the secret DATABASE_PASSWORD. */
  database?: string;
  /**
   * What DATABASE_URL is, for a library that wants another: `"postgresql+asyncpg://app:{password}@db:5432/app"`.
   * @default "postgresql://app:{password}@db:5432/app?sslmode=disable"
   */
  databaseUrl?: string;
  /** A Redis beside the application: `"redis:7"`. It sets REDIS_URL. */
  cache?: string;
  /** Domain that the proxy answers. `http://` in front: without TLS. Settings may override it. */
  domain?: string | string[];
  /**
   * What the proxy does with its requests: `{ headers: { "X-Frame-Options": "DENY" }, maxBody: "10MB",
   * login: { user: "anna", password: { secret: "LOGIN" } }, redirects: [{ domain: "www.example.com", to: "https://example.com" }] }`.
   * A route may say otherwise. Settings may override each of them.
   */
  proxy?: ProxyRules;
  /** Environment variables of all its own services. `${NAME}` in them is the secret of that name. */
  environment?: Record<string, string>;
  /**
   * Runs once in the new image before it starts; the running release is not touched when it fails. It runs for versions
   * that are new on the host, not for one that a host goes back to. Words alone, or `{ command }`, are its `up`.
   */
  migration?: MigrationSpec | OneOffSpec | string[];
  /** Runs once before the migration; a failure stops the deployment. */
  backup?: BackupSpec;
  /**
   * Data that is backed up by a schedule, and restored aside by another to see that it can be: one alone, or several by
   * names of your choice. `{ what: "postgres", service: "db", check: "select count(*) from orders" }`
   */
  backups?: BackupsSpec | Record<string, BackupsSpec>;
  /** One-offs of the release that serves, by a schedule: `{ cleanup: { schedule: "30 2 * * *", command: ["node", "cleanup.js"] } }`. */
  jobs?: Record<string, JobSpec>;
  verification?: VerificationSpec;
  preflight?: PreflightSpec;
  /** How long a new release is watched before it is confirmed. @default "0s", "15s" in a protected environment */
  observe?: Duration;
  /**
   * Time that a host which has switched gives the others, `lockWait` not counted; not confirmed by then, it goes back.
   * @default "60s" and the longest `health.timeout` of its services, so "120s"
   */
  confirmWithin?: Duration;
  /** How long the proxy holds requests while nobody answers. @default "30s" */
  hold?: Duration;
  /** Exceptions from rules of `policies/`: `[{ rule: "root-user", service: "db", reason: "…", until: "2027-01-31" }]`. */
  exemptions?: Exemption[];
  /** Last word on what is rendered. */
  transform?: {
    /** Gets the finished Compose document and returns the one to deploy. */
    compose?: (document: ComposeDocument) => ComposeDocument;
    /** Gets what the proxy does, as data, and returns it with changes: `directives` of a site are lines of a Caddyfile. */
    route?: (route: Route) => Route;
  };
}

export interface ServiceSpec {
  /** Image with tag, of a service that is not the application's own. @default the application's image and version */
  image?: string;
  /** Port that takes the traffic. Without it the service gets none from the proxy. */
  port?: number;
  /** Path prefix of its requests, where several services take traffic. @default everything */
  path?: string;
  /** It gets the path without that prefix, which `X-Forwarded-Prefix` then holds. @default false */
  stripPrefix?: boolean;
  /** Domain, or domains, of its own. @default those of the application */
  domain?: string | string[];
  /**
   * Its routes, where it has several: `[{ domain: "s3.example.com", port: 9000 }, { domain: "admin.example.com", port: 9001 }]`.
   * `domain` and `port` of the service are those of a route without its own. Settings may override them.
   */
  routes?: RouteSpec[];
  /**
   * Path that answers 2xx when healthy, or more of it; `command` runs in the container and ends with 0 when healthy. A
   * deployment asks by itself, every `interval` (default 0.3 s) and, once it is good, three times as often, until `successes` (default
   * 3) answers in a row are good; it does not wait for Docker's own check, which runs every 30 s (or as a
   * Compose file says). @default `/health` is not assumed: the container must run, 3 s without a restart
   */
  health?:
    | string
    | { path?: string; port?: number; interval?: Duration; successes?: number; timeout?: Duration; command?: string[] };
  /** How its containers are exchanged; STRATEGIES says what each does. @default rolling with a port, and without volumes, ports of the host and an address of its own; else recreate */
  strategy?: Strategy;
  /** A database or cache: not restarted by a deployment. @default true if it does not use the application's image */
  accessory?: boolean;
  /**
   * Runs to its end, with exit code 0, before the services start; again only when its definition changes, or at `each`
   * deployment. @default true where others wait for its end (`service_completed_successfully`), or with `restart: "no"` and
   * neither port nor health check; `timeout` "10m"
   */
  once?: boolean | { each?: boolean; timeout?: Duration };
  command?: string[];
  environment?: Record<string, string>;
  /** Names of the secrets it gets as environment variables. @default all of the application's but those of the proxy's logins */
  secrets?: string[];
  /** Names of the secrets it gets as files, /run/secrets/NAME. */
  secretFiles?: string[];
  /** `name:/path` for a volume, `./data:/path` for the application's data folder on the host. */
  volumes?: string[];
  /** Memory limit. @default "512m" */
  memory?: string;
  /** Limit in cores. @default none */
  cpus?: number;
  /** User and group. `"image"` leaves it to the image. @default "10001:10001" */
  user?: string;
  /** Ports published on the host, past the proxy: `"5432:5432"`. */
  publish?: string[];
  /** How long requests in flight are given. @default "10s" */
  drain?: Duration;
  /** Time between SIGTERM and SIGKILL. @default "10s" */
  stopGrace?: Duration;
  /** Any Compose keys, on top of the rendered ones. */
  compose?: Record<string, unknown>;
}

export interface OneOffSpec {
  /** @default the first of the application's own services */
  service?: string;
  command: string[];
  /** @default "5m" */
  timeout?: Duration;
}

export interface MigrationSpec extends Omit<OneOffSpec, "command"> {
  up: string[];
  /**
   * Takes the schema back to that of an older version: runs in this version's image before an older one starts.
   * `{revision}` in a word is what the older one's `revision` prints: `["alembic", "downgrade", "{revision}"]`.
   */
  down?: string[];
  /** Prints the revision of the schema that the image itself brings: `["alembic", "heads"]`. The first word of its last line counts. */
  revision?: string[];
  /**
   * Whether the version before works with the new schema. `false`: its requests are held and its services stopped before
   * backup and migration; if the new version fails, the backup is restored, else `down` runs. @default true
   */
  compatible?: boolean;
}

export interface BackupSpec extends OneOffSpec {
  /** Puts back what `command` has kept. Runs by itself only where the new version fails after it stopped the one before for its migration. */
  restore?: string[];
}

export interface JobSpec {
  /** Minute, hour, day of the month, month and weekday as cron has them, like `"30 2 * * *"`; or `"@daily"`. */
  schedule: string;
  command: string[];
  /** @default the first of the application's own services */
  service?: string;
  /** Whose clock counts, like `"Europe/Berlin"`. @default "UTC" */
  timeZone?: string;
  /** A run that takes longer gets SIGTERM, and SIGKILL ten seconds later. @default "1h" */
  deadline?: Duration;
  /** What becomes of a time at which the host was off: the latest of them runs `once` when it is on again, or none. @default "once" */
  missed?: "once" | "skip";
  /** Where it runs, if there are several hosts. @default "first" */
  hosts?: "first" | "all";
}

export interface VerificationSpec {
  /**
   * Where the application reports the version that it serves: a path that answers it as plain text, as a JSON string, or
   * in the field `version` of JSON. `field` names another field, like `"app.version"`, which then must be there.
   * `false`: nowhere.
   */
  version?: string | { path: string; field?: string; equals?: string } | false;
  /** Requests that must answer with a status. @default status 200, at the first domain */
  checks?: (string | { path: string; status?: number; domain?: string })[];
  /** A path's median response time must stay below. */
  responseTime?: { path: string; milliseconds: number };
  /** Headers of all these requests: a text, which the release shows, or a secret, like `{ secret: "TOKEN", prefix: "Bearer " }`. */
  headers?: Record<string, string | SecretText>;
  /** Login of all these requests (basic authentication): `{ user: "anna", password: { secret: "PASSWORD" } }`. */
  login?: { user: string; password: { secret: string } };
  /** Runs in each new container and must end with 0. Without a `service`: of the first of its own services. */
  command?: OneOffSpec | string[];
  /** How long the first deployment waits for the domain's certificate. @default "2m" */
  certificateWithin?: Duration;
}

/** The value of a secret of the application, behind a text that is none. */
export interface SecretText {
  secret: string;
  prefix?: string;
}

export interface PreflightSpec {
  /** Free disk space, in MiB. @default 512 */
  freeMiB?: number;
  /** Variables that must have a value. */
  variables?: string[];
  /**
   * A deployment that migrates is refused where the newest good drill of a backup is older: `"7d"`, `"36h"`; `false`: never.
   * @default "7d" in a protected environment, else false
   */
  proof?: Duration | `${number}d` | false;
  /** When deployments are allowed: `{ days: [1, 2, 3, 4, 5], from: "08:00", until: "17:00", timeZone: "Europe/Berlin" }`; without a zone in UTC, and with an `until` before `from` until the next day. */
  window?: DeploymentWindow;
}

/** Declares an application. It only gives the declaration its type; all checks happen together, when it is deployed. */
export function defineApplication(spec: ApplicationSpec): ApplicationSpec {
  return spec;
}
