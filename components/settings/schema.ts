import { isDigest, REGISTRY, referenceProblem, repositoryProblem } from "../image/reference.ts";
import { versionProblem } from "../image/version.ts";
import { policiesSchema } from "../policies/schema.ts";
import { parseDuration } from "../shared/duration.ts";
import { NAME, REPOSITORY, SERVICE, VARIABLE } from "../shared/names.ts";
import { reasonProblem } from "../shared/reason.ts";
import { keysAt } from "../shared/schemaKeys.ts";
import { z } from "../shared/zod.ts";
import { backupSchema } from "./backupSchema.ts";
import { type bastionSchema, checked, flag, hostSchema, named, secret, text } from "./connectionSchema.ts";
import { githubSchema, repositorySchema } from "./githubSchema.ts";
import { notificationSchema } from "./notificationSchema.ts";
import { domains, proxyRulesSchema, routesSchema } from "./routeSchema.ts";

const HOLDS_NUL = "holds a NUL character, which no environment variable can carry; remove it";
const value = text("").refine((v) => !v.includes("\0"), HOLDS_NUL);

const DURATION = 'is not a duration; write a number and a unit (ms, s, m, h), like "15s" or "2m"';
const duration = z.string().transform((written, context) => {
  const milliseconds = parseDuration(written);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: DURATION, input: written });
  return z.NEVER;
});

const adopt = z.strictObject({
  project: checked("", (v) =>
    /^[a-z0-9][a-z0-9_-]*$/.test(v)
      ? undefined
      : "is not the name of a Compose project; docker compose ls shows those of a host",
  ).describe("Its name, as docker compose ls shows it"),
  volumes: z
    .array(z.string())
    .default([])
    .describe("Volumes of this application that are that project's, by their names in the Compose file"),
  folder: checked("", (v) =>
    /^\/[^\s"'`{}\\$]+$/.test(v) ? undefined : 'is not a full path; write one like "/srv/shop"',
  )
    .optional()
    .describe("That project's folder on the hosts, below which relative data folders stay"),
});

export const applicationSchema = z.strictObject({
  version: checked('give a semantic version like "1.4.0", or a tag like "sha-3f2c1ab"', (v) =>
    versionProblem(v, { protected: false }),
  )
    .optional()
    .describe(
      "Semantic version or tag: the image's tag as written. Left out: the one that runs, or was confirmed last",
    ),
  digest: checked("", (v) =>
    isDigest(v)
      ? undefined
      : "is not a digest; write sha256: and 64 hexadecimal digits, or leave it out to have the version looked up",
  )
    .optional()
    .describe("Digest of the application's own image; then its version is not looked up"),
  hosts: z
    .array(z.string(), {
      error: ({ input }) => (input === undefined ? "is missing; name the hosts it runs on, like [web-1]" : undefined),
    })
    .min(1, "is empty; name at least one of slipway:hosts")
    .describe("Names of slipway:hosts"),
  image: checked("", repositoryProblem).optional().describe("Image repository to use instead of the declared one"),
  images: named(SERVICE, checked("", referenceProblem))
    .default({})
    .describe("Images of other services, by service, to use instead of the declared ones"),
  environment: named(VARIABLE, value).default({}).describe("Environment variables; no secrets"),
  domain: domains.optional().describe("Domain, or list of domains, that the proxy serves"),
  routes: named(SERVICE, routesSchema)
    .default({})
    .describe("Routes of services, by service, to use instead of the declared ones"),
  proxy: proxyRulesSchema
    .optional()
    .describe("What the proxy does with its requests; each key takes the place of the declared one"),
  allowDowngrade: flag.default(false).describe("Allow going back to an older version"),
  observe: duration.optional().describe('How long a new release is watched before it is confirmed, like "15s"'),
  drain: duration.optional().describe('How long requests in flight may take to finish, like "30s"'),
  lockWait: duration.optional().describe('How long to wait for another deployment, like "2m"'),
  keepReleases: z
    .int("is not a whole number")
    .min(2, "is too few; keep at least 2, the running one and one to go back to")
    .max(1000, "is too many; keep at most 1000")
    .optional()
    .describe("Releases to keep on a host"),
  takeOver: flag
    .default(false)
    .describe("Take the application over from another project or stack that owns it on a host; for one `pulumi up`"),
  outsideWindow: checked("say why", reasonProblem)
    .optional()
    .describe(
      "Why it may be deployed although its preflight.window is closed; ledgers repeat it. slipway deploy --outside-window sets it for one deployment",
    ),
  adopt: z
    .union([z.literal(false), adopt])
    .optional()
    .describe(
      "A Compose project on the hosts that this application takes the place of; false: none, whatever is there",
    ),
  removeData: flag.default(false).describe("Let destroy remove the application's data as well"),
});

const registrySettings = z.strictObject({
  username: text("give the user to log in with").min(1, "is empty; give the user to log in with"),
  password: secret(text("").min(1, "is empty; give the password or token"))
    .optional()
    .describe("Password or token (secret)"),
  passwordFile: text("")
    .min(1, "is empty; give the path")
    .optional()
    .describe("Path of a file that holds the password, relative to the project"),
  insecureSkipVerify: flag.default(false).describe("Do not check the registry's TLS certificate"),
});

const exported = z.strictObject({
  keep: z
    .int("is not a whole number")
    .min(1, "is too few; keep at least 1")
    .max(1000, "is too many; keep at most 1000")
    .default(10)
    .describe("How many are kept"),
  directory: text("")
    .min(1, "is empty; give a folder")
    .default(".slipway/exports")
    .describe("Folder that holds them, relative to the project"),
});

/** What may stand below `slipway:` in Pulumi.<stack>.yaml. */
export const settingsSchema = z.strictObject({
  hosts: named(NAME, hostSchema).default({}).describe("The machines, by name"),
  registries: named(REGISTRY, registrySettings)
    .default({})
    .describe("Logins, by registry host[:port]; Docker Hub is docker.io"),
  applications: named(NAME, applicationSchema).default({}).describe("The applications, by name"),
  secrets: named(NAME, named(VARIABLE, secret(value)))
    .default({})
    .describe("Secret environment variables, by application"),
  github: githubSchema.prefault({}).describe("How to reach GitHub, for repositories"),
  repositories: named(REPOSITORY, repositorySchema)
    .default({})
    .describe("What this environment adds to repositories, by name without the owner"),
  notifications: named(NAME, notificationSchema)
    .default({})
    .describe("Who is told of deployments and jobs, by a name of your choice; docs/notifications.md"),
  backups: named(NAME, backupSchema)
    .default({})
    .describe("Where backups go, by a name of your choice; docs/backups.md"),
  protected: flag.default(false).describe("Refuse silent downgrades and tags that move"),
  policies: policiesSchema.prefault({}).describe("Levels, settings and exemptions of the rules in docs/policies.md"),
  exports: exported.prefault({}).describe("Kept exports of the state"),
});

export type Written = z.output<typeof settingsSchema>;
export type WrittenConnection = z.output<typeof bastionSchema>;

/** The keys that an object at this path may have: what a mistyped key can have meant. */
export const knownKeys = (path: readonly PropertyKey[]): string[] => keysAt(settingsSchema, path);
