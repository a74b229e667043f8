/** The output of `slipway inspect`: what a host runs, and how that differs from what was confirmed. */
import { z } from "../shared/zod.ts";

/** A host may have been prepared by an older or newer version: what only one side knows is absent or ignored. */
/** A record that somebody edited may lack it: the host prints null then. */
const text = z
  .string()
  .nullable()
  .transform((value) => value ?? "");
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

/** Which migrations were applied to an application's data, by the order of their first deployment. */
const migrationsSchema = z.object({
  applied: z.array(
    z.object({
      release: text,
      version: text,
      none: z.boolean().optional().describe("It has no migration, only its place in that order"),
      doubt: optionalText.describe("It was begun, and nobody knows that it ended well"),
    }),
  ),
  back: optionalText.describe("How the newest is taken back: to a `revision`, or by one `step`"),
});

const lastRunSchema = z.object({
  time: text.describe("When it ended, or was left out, like 2026-11-21T10:02:11Z"),
  result: text.describe("succeeded, failed, overdue, interrupted, skipped or missed"),
  code: z.number().nullish().describe("Exit code of the command"),
  reason: optionalText,
  run: optionalText,
  by: optionalText,
  release: optionalText,
  due: optionalText.describe("Absent for a run that somebody asked for"),
  began: optionalText,
  seconds: z.number().nullish(),
});

const jobSchema = z.object({
  name: z.string(),
  schedule: text,
  zone: text,
  here: z.boolean().describe("Whether it runs on this host"),
  looked: z.number().nullish().describe("Up to when it was asked whether it is due, in seconds since 1970"),
  last: lastRunSchema.nullish(),
  running: z
    .object({ run: optionalText, by: optionalText, began: optionalText.describe("Seconds since 1970") })
    .nullish()
    .describe("The run that is under way"),
});

const backupSchema = z.object({
  name: z.string(),
  what: text.describe("postgres, sqlite or volume"),
  to: text.describe("Name of its destination"),
  last: z
    .object({
      time: text.describe("When it ended, like 2026-11-21T10:02:11Z"),
      point: optionalText,
      bytes: z.number().nullish(),
      result: text.describe("succeeded, or what became of it"),
      reason: optionalText,
    })
    .nullish(),
  drill: z
    .object({
      time: text,
      result: text,
      pointTime: optionalText.describe("Of when what it restored is"),
      seconds: z.number().nullish(),
      value: z
        .union([z.string(), z.number(), z.boolean()])
        .nullish()
        .transform((value) => (value === null || value === undefined ? undefined : String(value)))
        .describe("What the declared query answered"),
      reason: optionalText,
    })
    .nullish(),
  aside: z
    .object({ time: optionalText, point: optionalText })
    .nullish()
    .describe("What the last restore has kept of what was there before"),
});

const applicationSchema = z.object({
  release: text,
  version: text,
  token: text.describe("Token of the last confirmed deployment"),
  owner: text,
  pins: z
    .record(z.string(), z.string())
    .optional()
    .describe("Digests of its accessories' images, by reference with tag"),
  migrations: migrationsSchema.nullish().describe("Empty where nothing was migrated; older hosts do not say"),
  domains: z.array(z.string()).optional().describe("Domains that lead to it; older hosts do not say"),
  data: z
    .array(z.object({ service: z.string(), target: z.string(), name: z.string() }))
    .optional()
    .describe("Volumes that its containers write to; older hosts do not say"),
  confirmed: z.string().nullish().describe("When it was confirmed, like 2026-11-21T10:02:11Z"),
  containers: z
    .array(z.object({ name: text, service: text, state: text, health: text, started: text }))
    .optional()
    .describe("Without one-off runs; a detail, so only a host that is asked for details says it, and no older one"),
  backup: z
    .number()
    .nullish()
    .describe("When its newest file in backups/ was written, in seconds since 1970; a detail"),
  jobs: z.array(jobSchema).optional().describe("Those of the release that serves; a detail"),
  backups: z.array(backupSchema).optional().describe("Those that the release that serves declares; a detail"),
  kept: z
    .array(z.object({ release: text, version: text, images: z.array(z.string()) }))
    .optional()
    .describe("Confirmed releases that it can roll back to, with the images of their services by digest; a detail"),
  lock: z
    .object({ by: optionalText, since: optionalText })
    .nullish()
    .describe("Who holds its lock: a deployment before it has written its journal, too; a detail"),
  maintenance: z
    .object({
      since: optionalText,
      by: optionalText,
      allow: z
        .array(z.string())
        .nullish()
        .transform((value) => value ?? []),
    })
    .nullish()
    .describe("Since when, by whom and for whose addresses not users get a page in its place; a detail"),
  differences: z.array(z.string()).describe("Differences from what was confirmed, one sentence each"),
  underway: z
    .object({ release: optionalText, version: optionalText, by: optionalText, since: optionalText })
    .nullable()
    .describe("The deployment that holds the lock; empty until it has written its journal"),
});

/** Of a file that cannot be read nothing is told, but that it is there: the host refuses all the same. */
export const freezeSchema = z.object({ by: optionalText, since: optionalText, reason: optionalText });

export const inspectSchema = z.object({
  host: z.object({
    token: z.string().describe("Token of the last completed preparation"),
    scripts: z.string().describe("Name of the scripts' folder"),
    proxyRuns: z.boolean(),
    watched: z
      .boolean()
      .optional()
      .describe("Whether cron looks every minute for deployments that were interrupted; older hosts do not say"),
    architecture: z.string().optional().describe("The machine's own name, as `uname -m` prints it"),
    time: z.number().describe("Seconds since 1970, by the host's clock"),
    disks: z
      .array(z.object({ path: z.string(), free: z.number(), size: z.number() }))
      .optional()
      .describe("In MiB, those of applications and of Docker; a detail"),
    certificates: z.array(z.string()).optional().describe("Those that the proxy has, as PEM; a detail"),
    notifications: z
      .array(z.string())
      .optional()
      .describe(
        "Stacks that have somebody notified from here, each with a fingerprint of its targets; older hosts do not say",
      ),
    backups: z
      .array(z.string())
      .optional()
      .describe(
        "Stacks whose applications' data is backed up from here, each with a fingerprint of its destinations; older hosts do not say",
      ),
    deployKeys: z.array(z.string()).optional().describe("Lines of authorized_keys that belong to a stack"),
  }),
  applications: z.record(z.string(), applicationSchema),
  frozen: z
    .record(z.string(), freezeSchema)
    .optional()
    .describe("Applications that `slipway lock` holds, deployed or not, by name; older hosts do not say"),
  volumes: z.array(z.string()).optional().describe("Names of all volumes of the host; older hosts do not say"),
  projects: z
    .record(
      z.string(),
      z.object({
        folder: z.string().describe("Where its Compose file is"),
        containers: z.array(
          z.object({
            service: z.string(),
            name: z.string(),
            volumes: z.array(z.object({ target: z.string(), name: z.string() })).describe("Those that it writes to"),
            ports: z.array(z.number()).optional().describe("Of the host, that it publishes; older hosts do not say"),
          }),
        ),
      }),
    )
    .optional()
    .describe("Compose projects that are no application's, by name; older hosts do not say"),
});

/** An application as a host runs it. */
export type InspectedApplication = z.output<typeof applicationSchema>;
/** Who holds an application's deployments, since when and why. */
export type Freeze = z.output<typeof freezeSchema>;

/** A backup as a host takes it. */
export type InspectedBackup = z.output<typeof backupSchema>;

/** A job as a host runs it. */
export type InspectedJob = z.output<typeof jobSchema>;
export type Migrations = z.output<typeof migrationsSchema>;
export type HostSeen = z.output<typeof inspectSchema>;
/** A Compose project that Slipway did not make. */
export type OtherProject = NonNullable<HostSeen["projects"]>[string];

/** @throws Error that names the wrong field: what a host says is checked like any other input */
export function parseInspect(output: string): HostSeen {
  let raw: unknown;
  try {
    raw = JSON.parse(output);
  } catch {
    throw new Error(`slipway inspect printed something other than JSON: ${JSON.stringify(output.slice(0, 80))}`);
  }
  const { data, error } = inspectSchema.safeParse(raw);
  if (data !== undefined) return data;
  const [first] = error.issues;
  throw new Error(
    `slipway inspect printed something this version does not understand: ${first!.path.join(".")}: ${first!.message}`,
  );
}
