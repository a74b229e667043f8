/**
 * What a host takes as a release, as strict as what is done with it there: a text that reaches the shell's arithmetic, a
 * path or a program's options is bounded here, whoever sent it. It takes what this program and the version before render.
 * The host has it as JSON Schema, in components/host/scripts/lib/releaseSchema.sh; writeSchema.ts writes that.
 */

import { HOST } from "../shared/domains.ts";
import { HEADER, JOB, NAME, SERVICE, VARIABLE, ZONE } from "../shared/names.ts";
import { z } from "../shared/zod.ts";

const DAY = 86_400;
const YEAR = 366 * DAY;
const NUL = "has a NUL character";

/** On the host the scripts separate texts by NUL. */
const text = z.string().refine((value) => !value.includes("\0"), NUL);
const line = z.string().regex(/^[^\p{Cc}]{0,1000}$/u);
const service = z.string().regex(SERVICE).max(200);
const variable = z.string().regex(VARIABLE).max(1000);
const application = z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/);
const host = z.string().regex(HOST);
const scheme = z.enum(["http", "https"]);
/** No option of Docker's, as it begins with no "-". */
const image = z.string().regex(/^(\[|[A-Za-z0-9])([A-Za-z0-9._:/@-]|\[|\]){0,500}$/);
const path = z.string().regex(/^\/[^\s\p{Cc}"'`{}\\]{0,1000}$/u);
const port = z.int().min(1).max(65_535);
/** Bash's `read -t` and `timeout` take thousandths, but no exponent. */
const seconds = z.number().min(0).max(YEAR).multipleOf(0.001);
const wholeSeconds = z.int().min(0).max(YEAR);
const milliseconds = z
  .int()
  .min(0)
  .max(YEAR * 1000);
const upstream = z.string().regex(/^[a-z][a-z0-9-]{1,39}\.[A-Za-z0-9][A-Za-z0-9._-]{0,200}(@[1-9][0-9]{0,4})?$/);
const site = z.string().regex(/^https?:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
const url = z.string().regex(/^https?:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/[^\s\p{Cc}"'`{}\\]{0,1000}$/u);

const oneOff = z.strictObject({ service, command: z.array(text), timeout: seconds });

const migration = oneOff.extend({
  down: z.array(text).min(1).optional(),
  revision: z.array(text).min(1).optional(),
  compatible: z.boolean().optional(),
});

const numbers = (least: number, most: number) => z.array(z.int().min(least).max(most)).min(1).optional();

const job = oneOff.partial({ service: true, command: true }).extend({
  act: z.enum(["backup", "drill"]).optional(),
  of: z.string().regex(NAME).optional(),
  schedule: line,
  minutes: numbers(0, 59),
  hours: numbers(0, 23),
  days: numbers(1, 31),
  months: numbers(1, 12),
  weekdays: numbers(0, 6),
  fixed: z.boolean().optional(),
  zone: z.string().regex(ZONE).max(100).optional(),
  missed: z.enum(["skip"]).optional(),
  host: z.string().regex(NAME).optional(),
});

const kept = z.int().min(1).max(10_000).optional();
/** As Postgres takes them, which a connection string would read otherwise. */
const postgresName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/);

const data = z.strictObject({
  what: z.enum(["postgres", "sqlite", "volume"]),
  service,
  database: postgresName.optional(),
  user: postgresName.optional(),
  mount: path.optional(),
  file: z
    .string()
    .regex(/^(?:(?!\.{1,2}\/)[^/\s\p{Cc}"'`{}\\]{1,200}\/){0,20}(?!\.{1,2}$)[^/\s\p{Cc}"'`{}\\]{1,200}$/u)
    .optional(),
  live: z.boolean().optional(),
  check: z.strictObject({
    query: text.optional(),
    atLeast: z.number().min(0).max(1e15).optional(),
    command: z.array(text).min(1).optional(),
  }),
  to: z.string().regex(NAME),
  keep: z.strictObject({ last: kept, daily: kept, weekly: kept, monthly: kept }),
  timeout: seconds,
});

const ownService = z.strictObject({
  name: service,
  strategy: z.string().regex(/^[a-z][A-Za-z]{0,30}$/),
  replicas: z.int().min(1).max(999),
  port: port.optional(),
  upstream: upstream.optional(),
  upstreams: z.record(upstream, port).optional(),
  hostNetwork: z.boolean().optional(),
  network: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,200}$/)
    .optional(),
  health: z.strictObject({
    path: path.optional(),
    port: port.optional(),
    interval: seconds,
    successes: z.int().min(1).max(10_000),
    timeout: wholeSeconds,
  }),
  drain: wholeSeconds,
  joined: z.record(z.string().regex(/^[a-z_]{1,20}$/), service).optional(),
  needs: z.array(service).min(1).optional(),
  awaited: z.boolean().optional(),
});

const user = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/);
const secretPath = z.string().regex(/^[0-9a-f]{1,64}\/[A-Za-z0-9_]{1,200}$/);

export const receivedRoute = z.strictObject({
  hold: milliseconds,
  sites: z
    .array(
      z.strictObject({
        scheme,
        host,
        directives: z.array(line).optional(),
        redirects: z
          .array(z.strictObject({ path: path.optional(), to: line, code: z.int().min(301).max(308) }))
          .optional(),
      }),
    )
    .min(1),
  services: z.array(
    z.strictObject({
      name: service,
      upstream,
      replicas: z.int().min(1).max(30).optional(),
      path: path.optional(),
      strip: z.boolean().optional(),
      sites: z.array(line).min(1).optional(),
      logins: z
        .array(z.strictObject({ user: user, file: secretPath, hashed: z.boolean().optional() }))
        .min(1)
        .optional(),
      headers: z.array(z.strictObject({ name: z.string().regex(HEADER), value: line.optional() })).optional(),
      maxBody: z.int().min(1).max(1e13).optional(),
    }),
  ),
});

const verification = z.strictObject({
  host: host.optional(),
  scheme: scheme.optional(),
  version: z.strictObject({ path, field: line.optional(), equals: line }).optional(),
  checks: z.array(z.strictObject({ path, status: z.int().min(100).max(599), site: site.optional() })),
  answers: z.array(url).optional(),
  responseTime: z.strictObject({ path, milliseconds: seconds }).optional(),
  headers: z
    .array(z.strictObject({ name: z.string().regex(HEADER), value: line.optional(), secret: variable.optional() }))
    .optional(),
  login: z.strictObject({ user: z.string().regex(/^[^:\p{Cc}]{1,200}$/u), secret: variable }).optional(),
  command: oneOff.optional(),
  certificateWithin: wholeSeconds.optional(),
});

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** Folders with a slash behind each, and a file: none of them is `.` or `..`. */
const below = z.string().regex(/^(?:(?!\.{1,2}\/)[^/\\\p{Cc}]{1,200}\/){0,50}(?!\.{1,2}$)[^/\\\p{Cc}]{1,200}$/u);

/** It names a file of the host's tz database. */
const zone = z.string().regex(/^[A-Za-z0-9_+-]{1,40}(?:\/[A-Za-z0-9_+-]{1,40}){0,3}$/);
const time = z.string().regex(/^[0-2][0-9]:[0-5][0-9]$/);

export const receivedManifest = z.strictObject({
  application,
  environment: line,
  release: z.string().regex(/^[0-9a-f]{12}$/),
  version: line,
  images: z.array(image),
  accessories: z.array(service),
  late: z.array(service).optional(),
  pins: z.record(image, image),
  accessoriesHash: z.string().regex(/^[0-9a-f]{1,64}$/),
  once: z
    .record(
      service,
      z.strictObject({
        hash: z.string().regex(/^[0-9a-f]{1,64}$/),
        each: z.boolean().optional(),
        timeout: wholeSeconds,
      }),
    )
    .optional(),
  start: z.array(z.array(service)).optional(),
  adopt: z
    .strictObject({ project: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,200}$/), exclusive: z.boolean().optional() })
    .optional(),
  mounted: z.array(service),
  services: z.array(ownService),
  secrets: z.array(variable),
  secretTexts: z.array(secretPath).optional(),
  backup: oneOff.extend({ restore: z.array(text).min(1).optional() }).optional(),
  migration: migration.optional(),
  jobs: z.record(z.string().regex(JOB), job).optional(),
  backups: z.record(z.string().regex(NAME), data).optional(),
  proof: wholeSeconds.optional(),
  verification: verification.optional(),
  route: receivedRoute.optional(),
  observe: milliseconds,
  preflight: z.strictObject({
    freeMiB: z.number().min(0).max(1e9).multipleOf(0.001),
    variables: z.array(variable),
    ports: z.array(port),
    window: z
      .strictObject({ days: z.array(z.int().min(1).max(7)), from: time, until: time, timeZone: zone.optional() })
      .optional(),
  }),
});

/** The manifest is a text within `files`. */
export const receivedInput = z.strictObject({
  files: z.strictObject({
    "compose.yaml": text,
    "manifest.json": text,
    ".env": text,
    "route.caddy": text.optional(),
  }),
  secretFiles: z
    .record(
      secretPath,
      z.strictObject({
        content: text,
        owner: z.int().min(0).max(4_294_967_294).optional(),
        open: z.boolean().optional(),
        base64: z.boolean().optional(),
        sha256: digest.optional(),
      }),
    )
    .optional(),
  releaseFiles: z
    .record(
      z.string().regex(/^[0-9a-f]{16}$/),
      z.strictObject({
        files: z
          .array(
            z.strictObject({
              path: below,
              size: z.int().min(0).max(4_194_304),
              sha256: digest,
              executable: z.boolean().optional(),
            }),
          )
          .min(1),
        data: text,
      }),
    )
    .optional(),
  registries: z
    .array(
      z.strictObject({
        server: z.string().regex(/^(\[|[A-Za-z0-9])([A-Za-z0-9._:/-]|\[|\]){0,250}$/),
        username: line,
        password: text,
      }),
    )
    .optional(),
});

/** Characters of a page. The proxy reads up to 1 MiB of a file into an answer. */
export const PAGE_LIMIT = 200_000;

/** The input of `slipway maintenance --on`. */
export const receivedMaintenance = z.strictObject({
  by: line,
  retryAfter: z
    .int()
    .min(1)
    .max(31 * DAY),
  allow: z.array(z.string().regex(/^[0-9a-fA-F:.]{2,45}(\/[0-9]{1,3})?$/)),
  page: text.max(PAGE_LIMIT),
});
export type Maintenance = z.output<typeof receivedMaintenance>;
