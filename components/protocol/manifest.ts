/** The manifest of a release: what the host's scripts need to know about it, in one readable JSON file. */

import type { Route } from "../application/route.ts";
import { HEADER } from "../shared/names.ts";
import { z } from "../shared/zod.ts";

const seconds = z.number().min(0);
const wholeSeconds = z.int().min(0);

const oneOff = z.strictObject({
  service: z.string(),
  command: z.array(z.string()),
  timeout: seconds.describe("Seconds"),
});

const migration = oneOff.extend({
  down: z.array(z.string()).optional().describe("Takes the schema back; {revision} is that of the older release"),
  revision: z.array(z.string()).optional().describe("Prints the revision of this release's schema"),
  compatible: z.boolean().optional().describe("Absent: the release before works with the new schema"),
});

const backup = oneOff.extend({
  restore: z.array(z.string()).optional().describe("Puts back what the command has kept"),
});

const numbers = z.array(z.int()).optional();

const job = oneOff.partial({ service: true, command: true }).extend({
  act: z
    .enum(["backup", "drill"])
    .optional()
    .describe("In place of `service` and `command`: what it does with the backup `of`; then it is called <act>.<of>"),
  of: z.string().optional(),
  schedule: z.string().describe("As it is declared; the numbers say the same"),
  minutes: numbers.describe("Absent, as all that follow: any"),
  hours: numbers,
  days: numbers.describe("Of the month; where weekdays are given as well, one of the two is enough"),
  months: numbers,
  weekdays: numbers.describe("0 is Sunday"),
  fixed: z.boolean().optional().describe("Once where its time comes twice, and after the gap where it does not come"),
  zone: z.string().optional().describe("Whose clock counts; absent: UTC"),
  missed: z.enum(["skip"]).optional().describe("Absent: what was missed while the host was off runs once afterwards"),
  host: z.string().optional().describe("The only one of several hosts on which it runs"),
});

const data = z.strictObject({
  what: z.enum(["postgres", "sqlite", "volume"]),
  service: z.string().describe("Runs the server, or mounts the file or the volume"),
  database: z.string().optional().describe("Of Postgres; absent: the one that the image makes"),
  user: z.string().optional().describe("Of Postgres; absent: the one that the image makes"),
  mount: z.string().optional().describe("Where the service mounts what is kept; absent for Postgres"),
  file: z.string().optional().describe("Path of SQLite's file below `mount`"),
  live: z.boolean().optional().describe("Writers of the volume go on while it is copied; absent: they are paused"),
  check: z
    .strictObject({
      query: z.string().optional().describe("Its first value is true, or a number that is large enough"),
      atLeast: z.number().optional().describe("Absent: more than 0"),
      command: z.array(z.string()).optional().describe("Of a volume: ends with 0 in a fresh container of the service"),
    })
    .describe("What a restored backup has to pass"),
  to: z.string().describe("Name of the destination, of which the host was told"),
  keep: z.strictObject({
    last: z.int().min(1).optional(),
    daily: z.int().min(1).optional(),
    weekly: z.int().min(1).optional(),
    monthly: z.int().min(1).optional(),
  }),
  timeout: seconds.describe("Seconds that a backup, a drill or a restore may take"),
});

const service = z.strictObject({
  name: z.string(),
  strategy: z.string().describe("Carried out by the host script of that name"),
  replicas: z.int().min(1),
  port: z.int().optional().describe("Takes traffic from the proxy; absent for a service without traffic"),
  upstream: z.string().optional().describe("File from which the proxy reads the address that takes the traffic"),
  upstreams: z
    .record(z.string(), z.int())
    .optional()
    .describe("Its further ports that take traffic, by the files from which the proxy reads their addresses"),
  hostNetwork: z.boolean().optional().describe("The proxy reaches it at the host's address"),
  health: z.strictObject({
    path: z.string().optional(),
    port: z.int().optional(),
    interval: seconds.describe("Seconds between checks"),
    successes: z.int().min(1).describe("Good checks in a row"),
    timeout: wholeSeconds.describe("Seconds"),
  }),
  drain: wholeSeconds.describe("Seconds that requests in flight get to finish"),
  joined: z
    .record(z.string(), z.string())
    .optional()
    .describe("Own services whose namespaces it has, by the key that says so, like network_mode"),
  needs: z
    .array(z.string())
    .optional()
    .describe("Own services after which it starts; absent where the order of the strategies is that order, too"),
  awaited: z
    .boolean()
    .optional()
    .describe("Others wait until it is healthy, where nothing of it ran before; absent: false"),
});

const verification = z.strictObject({
  host: z.string().optional().describe("Absent for an application without a domain: then nothing is asked of it"),
  scheme: z.enum(["http", "https"]).optional(),
  version: z.strictObject({ path: z.string(), field: z.string().optional(), equals: z.string() }).optional(),
  checks: z.array(
    z.strictObject({
      path: z.string(),
      status: z.int(),
      site: z.string().optional().describe("Where it is asked, like https://admin.example.com; absent: at `host`"),
    }),
  ),
  answers: z
    .array(z.string())
    .optional()
    .describe("URLs of its routes, at which somebody must answer: where services have domains or ports of their own"),
  responseTime: z.strictObject({ path: z.string(), milliseconds: z.number() }).optional(),
  headers: z
    .array(
      z.strictObject({
        name: z.string().regex(HEADER),
        value: z.string().optional(),
        secret: z.string().optional().describe("Name of a secret in .env, whose value follows `value`"),
      }),
    )
    .optional(),
  login: z.strictObject({ user: z.string(), secret: z.string().describe("Name of the password in .env") }).optional(),
  command: oneOff.optional().describe("Runs in each new container of the service"),
  certificateWithin: wholeSeconds.optional().describe("Seconds that a certificate may take; absent: 120"),
});

const route: z.ZodType<Route> = z.strictObject({
  hold: z.int().min(0).describe("MILLISECONDS for which requests are held while nobody answers"),
  sites: z.array(
    z.strictObject({
      scheme: z.enum(["http", "https"]),
      host: z.string(),
      directives: z.array(z.string()).optional().describe("Lines of a Caddyfile that this site gets as well"),
      redirects: z
        .array(z.strictObject({ path: z.string().optional(), to: z.string(), code: z.int() }))
        .optional()
        .describe("Requests that the proxy answers itself: of one path, or of all"),
    }),
  ),
  services: z
    .array(
      z.strictObject({
        name: z.string(),
        upstream: z.string().describe("File from which the proxy reads the address that takes the traffic"),
        replicas: z.int().optional().describe("Containers among which requests are shared; absent: 1"),
        path: z.string().optional().describe("Prefix of its requests, without a slash at the end; absent: all others"),
        strip: z.boolean().optional().describe("It gets the path without that prefix"),
        sites: z.array(z.string()).optional().describe("shop.example.com or http://shop.home; absent: all sites"),
        logins: z
          .array(z.strictObject({ user: z.string(), file: z.string(), hashed: z.boolean().optional() }))
          .optional()
          .describe("Who may send requests; `file` below secrets/ holds the password, or its hash"),
        headers: z
          .array(z.strictObject({ name: z.string(), value: z.string().optional() }))
          .optional()
          .describe("Headers of its answers; without a value one is taken away"),
        maxBody: z.int().optional().describe("Bytes of a request's body"),
      }),
    )
    .describe("The longest path first"),
});

export const manifestSchema = z.strictObject({
  application: z.string(),
  environment: z.string().describe("Name of the environment: the Pulumi stack"),
  release: z.string().describe("12 hexadecimal digits"),
  version: z.string(),
  images: z.array(z.string()).describe("All images that are pulled, by digest"),
  accessories: z.array(z.string()).describe("Services that a deployment does not restart"),
  late: z.array(z.string()).optional().describe("Those of them that start after the application's own services"),
  pins: z.record(z.string(), z.string()).describe("Images of accessories, by reference with tag"),
  accessoriesHash: z.string().describe("Changes exactly when an accessory's definition changes"),
  once: z
    .record(
      z.string(),
      z.strictObject({
        hash: z.string().describe("Changes exactly when its definition changes"),
        each: z.boolean().optional().describe("Runs at each deployment"),
        timeout: wholeSeconds.describe("Seconds"),
      }),
    )
    .optional()
    .describe("Services that run to their end, by name"),
  start: z
    .array(z.array(z.string()))
    .optional()
    .describe("Accessories, some at once, and services that run once, each alone, in the order in which they start"),
  adopt: z
    .strictObject({
      project: z.string(),
      exclusive: z.boolean().optional().describe("It is stopped before anything of this release starts"),
    })
    .optional()
    .describe("A Compose project that ran here before, and gives way to the application"),
  mounted: z.array(z.string()).describe("The application's own services with a writable mount"),
  services: z.array(service).describe("The application's own services"),
  secrets: z.array(z.string()).describe("Names of variables in .env whose values are never shown"),
  secretTexts: z.array(z.string()).optional().describe("Files below secrets/ of which no line is ever shown"),
  backup: backup.optional(),
  migration: migration.optional(),
  jobs: z.record(z.string(), job).optional().describe("One-offs by a schedule, by name"),
  backups: z.record(z.string(), data).optional().describe("Data that is kept elsewhere, by the name of the backup"),
  proof: wholeSeconds.optional().describe("Seconds that a good drill may be old where a migration is to run"),
  route: route.optional().describe("Absent for an application without a domain"),
  verification: verification.optional().describe("Absent for an application without a domain that declares no command"),
  observe: z.number().min(0).describe("MILLISECONDS for which the new containers are watched"),
  preflight: z.strictObject({
    freeMiB: z.number(),
    variables: z.array(z.string()),
    ports: z.array(z.int()).describe("Host ports that are published past the proxy"),
    window: z
      .strictObject({
        days: z.array(z.int().min(1).max(7)),
        from: z.string(),
        until: z.string(),
        timeZone: z.string().optional().describe("As the tz database names it; absent: UTC"),
      })
      .optional()
      .describe("When deployments are allowed; days are 1 (Monday) to 7, on which it begins"),
  }),
});
export type Manifest = z.output<typeof manifestSchema>;
