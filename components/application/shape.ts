/** The shape of a declaration: its keys, and the types that everything else relies on. */

import type { Build } from "../image/plan.ts";
import { exemptionSchema } from "../policies/schema.ts";
import { proxyRulesSchema, redirectSchema, routeSchema, routesSchema } from "../settings/routeSchema.ts";
import { fromIssues, type Path } from "../shared/issues.ts";
import type { Problems } from "../shared/problems.ts";
import { number, object, text, texts } from "../shared/shapes.ts";
import { didYouMean, shown } from "../shared/text.ts";
import { z } from "../shared/zod.ts";
import { backupsProblems } from "./backupsShape.ts";
import type {
  ApplicationSpec,
  BackupSpec,
  JobSpec,
  MigrationSpec,
  OneOffSpec,
  PreflightSpec,
  SecretText,
  ServiceSpec,
  VerificationSpec,
} from "./declaration.ts";

const values = z.record(z.string(), z.unknown()).optional();
/** What it may be is checked elsewhere: in the Compose document that it becomes a part of. */
const any = z.unknown().optional();
const change = z.custom((value) => typeof value === "function", "is not a function; write one").optional();

const oneOff = object<OneOffSpec>({ service: text, command: z.array(z.string()), timeout: text });
const command = z.union([z.array(z.string()), oneOff]).optional();

/** Which of `up` and `command` it has is checked in migration.ts. */
const migration = object<MigrationSpec & OneOffSpec>({
  up: texts,
  down: texts,
  revision: texts,
  compatible: z.boolean().optional(),
  command: texts,
  service: text,
  timeout: text,
});
const backup = object<BackupSpec>({ ...oneOff.shape, restore: texts });

const job = object<JobSpec>({
  schedule: z.string(),
  command: z.array(z.string()),
  service: text,
  timeZone: text,
  deadline: text,
  missed: z.enum(["once", "skip"]).optional(),
  hosts: z.enum(["first", "all"]).optional(),
});

const health = z.strictObject({
  path: text,
  port: number,
  interval: text,
  successes: number,
  timeout: text,
  command: texts,
});

const once = z.strictObject({ each: z.boolean().optional(), timeout: text });

const service = object<ServiceSpec>({
  image: text,
  port: number,
  path: text,
  stripPrefix: z.boolean().optional(),
  domain: routeSchema.shape.domain,
  routes: routesSchema.optional(),
  health: z.union([z.string(), health]).optional(),
  strategy: text,
  accessory: z.boolean().optional(),
  once: z.union([z.boolean(), once]).optional(),
  command: any,
  environment: values,
  secrets: texts,
  secretFiles: texts,
  volumes: any,
  memory: any,
  cpus: any,
  user: any,
  publish: any,
  drain: text,
  stopGrace: any,
  compose: values,
});

const build = object<Build>({
  context: z.string(),
  dockerfile: text,
  args: values,
  platform: text,
  target: text,
  commit: text,
  source: text,
  isDefaultBranch: z.boolean().optional(),
});

const secretText = object<SecretText>({ secret: z.string(), prefix: text });

const verification = object<VerificationSpec>({
  version: z
    .union([z.string(), z.literal(false), z.strictObject({ path: z.string(), field: text, equals: text })])
    .optional(),
  checks: z.array(z.union([z.string(), z.strictObject({ path: z.string(), status: number, domain: text })])).optional(),
  responseTime: z.strictObject({ path: z.string(), milliseconds: z.number() }).optional(),
  headers: z.record(z.string(), z.union([z.string(), secretText])).optional(),
  login: z.strictObject({ user: z.string(), password: z.strictObject({ secret: z.string() }) }).optional(),
  command,
  certificateWithin: text,
});

const preflight = object<PreflightSpec>({
  freeMiB: number,
  variables: texts,
  proof: z.union([z.string(), z.literal(false)]).optional(),
  window: z.strictObject({ days: z.array(z.number()), from: z.string(), until: z.string(), timeZone: text }).optional(),
});

const application = object<ApplicationSpec>({
  name: z.string(),
  image: text,
  build: build.optional(),
  compose: z
    .union([z.string(), z.array(z.string()).min(1, "is an empty list; write the path of a Compose file")])
    .optional(),
  profiles: texts,
  services: z.record(z.string(), service).optional(),
  database: text,
  databaseUrl: text,
  cache: text,
  domain: z.union([z.string(), z.array(z.string())]).optional(),
  proxy: proxyRulesSchema.optional(),
  environment: values,
  migration: z.union([z.array(z.string()), migration]).optional(),
  backup: backup.optional(),
  backups: any,
  jobs: z.record(z.string(), job).optional(),
  verification: verification.optional(),
  preflight: preflight.optional(),
  observe: text,
  confirmWithin: text,
  hold: text,
  exemptions: z.array(exemptionSchema).optional(),
  // Of the last one only ComposeStack knows, as its type is Pulumi's.
  transform: z.strictObject({ compose: change, route: change, command: change }).optional(),
});

/** Where values are often secret by mistake, they are not shown. */
const display = (path: Path, value: unknown): string =>
  path.some((key) => key === "environment" || key === "args" || key === "headers") && typeof value !== "object"
    ? "(a hidden value)"
    : shown(value);

/** The keys that an object at a place may have. */
function known(path: Path): string[] {
  const [first, second, third] = path.map(String);
  const shape = (object: z.ZodObject): string[] => Object.keys(object.shape);
  if (first === undefined) return shape(application);
  if (first !== "verification" && path.includes("login"))
    return ["password", "hash"].includes(String(path.at(-1))) ? ["secret"] : ["user", "password", "hash"];
  if (first === "services")
    return third === undefined
      ? shape(service)
      : third === "health"
        ? shape(health)
        : third === "once"
          ? shape(once)
          : third === "routes"
            ? shape(routeSchema)
            : [];
  if (first === "verification") {
    if (second === undefined) return shape(verification);
    if (second === "headers") return shape(secretText);
    if (second === "login") return third === undefined ? ["user", "password"] : ["secret"];
    if (second === "version") return ["path", "field", "equals"];
    if (second === "checks") return ["path", "status", "domain"];
    if (second === "responseTime") return ["path", "milliseconds"];
    return shape(oneOff);
  }
  if (first === "proxy") return shape(second === "redirects" ? redirectSchema : proxyRulesSchema);
  if (first === "preflight") return second === undefined ? shape(preflight) : ["days", "from", "until"];
  if (first === "exemptions") return shape(exemptionSchema);
  if (first === "build") return shape(build);
  if (first === "migration") return shape(migration).filter((key) => key !== "command");
  if (first === "backup") return shape(backup);
  if (first === "jobs") return shape(job);
  if (first === "transform") return ["compose", "route", "command"];
  return shape(oneOff);
}

function unknownKey(path: Path, key: string): string {
  const candidates = known(path);
  const meant = didYouMean(key, candidates);
  return `is nothing that can be declared here; ${meant ? `did you mean ${JSON.stringify(meant)}?` : `known: ${candidates.join(", ")}`}`;
}

/** @returns whether the declaration is one: all further checks rely on it */
export function checkShape(problems: Problems, spec: ApplicationSpec): boolean {
  const { error } = application.safeParse(spec);
  const found = [
    ...fromIssues(error?.issues ?? [], spec, { display, unknownKey }),
    ...backupsProblems((spec as Partial<ApplicationSpec> | undefined)?.backups),
  ];
  for (const { path, message } of found) problems.at(path, message);
  return found.length === 0;
}
