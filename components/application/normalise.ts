/** Turns a declaration and the environment's settings into one plain plan. All errors at once, before anything runs. */
import { formatReference, parseReference, referenceProblem } from "../image/reference.ts";
import type { ApplicationSettings } from "../settings/types.ts";
import { parseDuration } from "../settings/duration.ts";
import { publishedPort, targetPort } from "../stack/compose.ts";
import { activeServices, filesBeside, interpolate, neededVariables, parseComposeFile } from "../stack/composeFile.ts";
import type { Domain, OneOff, Service, Stack } from "../stack/model.ts";
import { declaredDocument, isAccessory, isOwnImage } from "./document.ts";
import type { ApplicationSpec, ComposeDocument, ComposeService, Duration, OneOffSpec, ServiceSpec } from "./spec.ts";

export interface Context {
  settings: ApplicationSettings;
  /** Name of the environment. */
  environment: string;
  /** Folder of applications on the host. @default "/opt" */
  root: string;
  protected: boolean;
  secretNames: string[];
  /** Reads a file of the project. */
  readFile: (path: string) => string;
}

/** An image to resolve: `version` is its tag. */
export interface ImageRequest {
  repository: string;
  version: string;
  own: boolean;
}

/** Everything but the values that are known only later: digests and secrets. */
export interface Plan {
  stack: Omit<Stack, "secrets" | "tags">;
  /** By reference with tag. */
  images: Record<string, ImageRequest>;
  /** The key of `images` that each service uses; absent where the file already gives a digest. */
  imageOf: Record<string, string>;
  /** Whether Slipway's own Postgres is beside it. */
  database: boolean;
}

const PATH = /^\/[^\s"'`{}\\]*$/;
const HOST = /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const SERVICE = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export class DeclarationError extends Error {}

class Problems {
  readonly found: string[] = [];
  readonly application: string;
  constructor(application: string) { this.application = application; }
  add(path: string, value: unknown, remedy: string): void {
    this.found.push(`apps: ${this.application}.${path}: ${JSON.stringify(value)} ${remedy}`);
  }
  time(path: string, value: Duration | undefined, fallback: number): number {
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    if (ms === undefined) this.add(path, value, 'is not a time; write "500ms", "15s" or "2m"');
    return ms ?? fallback;
  }
}

function health(problems: Problems, name: string, spec: ServiceSpec): Service["health"] {
  const given = typeof spec.health === "string" ? { path: spec.health } : (spec.health ?? {});
  if (given.path !== undefined && !PATH.test(given.path)) problems.add(`services.${name}.health`, given.path, 'is not a path; write "/health"');
  if (given.path !== undefined && (given.port ?? spec.port) === undefined) problems.add(`services.${name}.health`, given.path, "needs a port; add services." + name + ".port or health.port");
  const port = given.port ?? spec.port;
  return {
    ...(given.path === undefined ? {} : { path: given.path, ...(port === undefined ? {} : { port }) }),
    interval: problems.time(`services.${name}.health.interval`, given.interval, 300),
    successes: given.successes ?? 3,
    timeout: problems.time(`services.${name}.health.timeout`, given.timeout, 60_000),
  };
}

function replicas(service: ComposeService): number {
  const deploy = service["deploy"] as { replicas?: number } | undefined;
  return Number(service["scale"] ?? deploy?.replicas ?? 1);
}

function ownService(problems: Problems, name: string, spec: ServiceSpec, document: ComposeDocument, settings: ApplicationSettings): Service {
  const service = document.services[name]!;
  const hasVolumes = ((service["volumes"] as unknown[] | undefined) ?? []).length > 0;
  const strategy = spec.strategy ?? (spec.port !== undefined && !hasVolumes ? "rolling" : "recreate");
  const ports = ((service["ports"] as unknown[] | undefined) ?? []).filter((port) => spec.port === undefined || targetPort(port) !== spec.port);
  if (!["rolling", "recreate"].includes(strategy)) problems.add(`services.${name}.strategy`, strategy, 'is not a strategy; write "rolling" or "recreate"');
  const fixed = ports.map(publishedPort).find((port) => port !== undefined);
  if (strategy === "rolling" && fixed !== undefined) {
    problems.add(`services.${name}.strategy`, strategy, `cannot run two containers that publish port ${fixed}; remove that port, or use "recreate"`);
  }
  if (spec.port !== undefined && replicas(service) > 1) {
    problems.add(`services.${name}`, replicas(service), "replicas behind the proxy are not supported; remove deploy.replicas");
  }
  if (spec.port !== undefined && service["network_mode"] !== undefined) {
    problems.add(`services.${name}.network_mode`, service["network_mode"], "keeps the proxy from reaching it; remove network_mode, or the port");
  }
  if (spec.path !== undefined && !PATH.test(spec.path)) problems.add(`services.${name}.path`, spec.path, 'is not a path; write "/api"');
  return {
    name,
    strategy,
    replicas: replicas(service),
    ...(spec.port === undefined ? {} : { port: spec.port }),
    ...(spec.path === undefined ? {} : { path: spec.path }),
    health: health(problems, name, spec),
    drain: settings.drain ?? problems.time(`services.${name}.drain`, spec.drain, 10_000),
  };
}

function domains(problems: Problems, spec: ApplicationSpec, settings: ApplicationSettings): Domain[] {
  const given = settings.domains ?? (spec.domain === undefined ? [] : [spec.domain].flat());
  return given.map((text) => {
    const [, scheme, host] = /^(?:(https?):\/\/)?(.*)$/s.exec(text)!;
    if (!HOST.test(host!)) problems.add("domain", text, 'is not a domain; write "shop.example.com", or "http://shop.home" for one without TLS');
    return { host: host!, scheme: scheme === "http" ? "http" : "https" };
  });
}

function oneOff(problems: Problems, path: string, value: OneOffSpec | string[] | undefined, own: string[]): OneOff | undefined {
  if (value === undefined) return undefined;
  const given = Array.isArray(value) ? { command: value } : value;
  const service = given.service ?? own[0] ?? "";
  if (!own.includes(service)) problems.add(`${path}.service`, service, `is not one of its own services: ${own.join(", ") || "none"}`);
  if (given.command.length === 0 || given.command.some((word) => word.includes("\n"))) problems.add(`${path}.command`, given.command, "must be words without line breaks");
  return { service, command: given.command, timeout: problems.time(`${path}.timeout`, given.timeout, 300_000) };
}

function verification(problems: Problems, spec: ApplicationSpec, version: string): Stack["verification"] {
  const given = spec.verification ?? {};
  const asked = typeof given.version === "string" ? { path: given.version, field: "version" } : given.version;
  const checks = (given.checks ?? []).map((check) => (typeof check === "string" ? { path: check, status: 200 } : { status: 200, ...check }));
  for (const path of [...checks.map((check) => check.path), ...(asked ? [asked.path] : []), ...(given.responseTime ? [given.responseTime.path] : [])]) {
    if (!PATH.test(path)) problems.add("verification", path, 'is not a path; write "/api/v1/version"');
  }
  return {
    ...(asked ? { version: { equals: version, ...asked } } : {}),
    checks,
    ...(given.responseTime ? { responseTime: given.responseTime } : {}),
  };
}

function document(problems: Problems, spec: ApplicationSpec, context: Context, variables: Record<string, string>): ComposeDocument {
  if (spec.compose === undefined) return declaredDocument(spec, variables, context.secretNames);
  try {
    const parsed = parseComposeFile(spec.compose, context.readFile(spec.compose));
    const services = Object.fromEntries(activeServices(parsed, spec.profiles ?? []).map((name) => [name, active(parsed.services[name]!, { ...variables, VERSION: context.settings.version })]));
    for (const { place, file } of filesBeside({ ...parsed, services })) {
      problems.add(`compose: ${spec.compose}: ${place}`, file, "is a file that a release does not carry; write its content into the Compose file or the settings, or name an absolute path on the host");
    }
    return { ...parsed, services };
  } catch (error) {
    problems.add("compose", spec.compose, (error as Error).message);
    return { services: {} };
  }
}

/** A service that was chosen by its profiles; its ports as numbers can be read from them. */
function active({ profiles: _, ...service }: ComposeService, variables: Record<string, string>): ComposeService {
  const ports = service["ports"] as unknown[] | undefined;
  return ports ? { ...service, ports: ports.map((port) => (typeof port === "string" ? interpolate(port, variables) : port)) } : service;
}

/** Two services on one path: one of them would never be asked. */
function checkPaths(problems: Problems, services: Service[]): void {
  const routed = services.filter((service) => service.port !== undefined);
  const prefix = (service: Service): string => (service.path ?? "/").replace(/(?<=.)\/+$/, "");
  for (const [index, service] of routed.entries()) {
    const first = routed.findIndex((other) => prefix(other) === prefix(service));
    if (first < index) problems.add(`services.${service.name}.path`, prefix(service), `is that of ${routed[first]!.name} already; give one of them another path, or no port`);
  }
}

function checkVariables(problems: Problems, spec: ApplicationSpec, needed: string[], known: string[]): void {
  for (const name of needed.filter((candidate) => !known.includes(candidate))) {
    problems.add(spec.compose ? "compose" : "services", `\${${name}}`,
      `has no value; set slipway:secrets.${spec.name}.${name} (pulumi config set --secret --path 'slipway:secrets.${spec.name}.${name}'), or slipway:applications.${spec.name}.environment.${name}`);
  }
}

/** Which image each service uses: the application's own with its version, or the one it names. */
function imagesOf(problems: Problems, spec: ApplicationSpec, context: Context, parsed: ComposeDocument, variables: Record<string, string>) {
  const repository = context.settings.image ?? spec.image;
  const own: string[] = [];
  const requests: Plan["images"] = {};
  const imageOf: Plan["imageOf"] = {};
  for (const [name, service] of Object.entries(parsed.services)) {
    const hint = spec.services?.[name];
    const written = context.settings.images[name] ?? hint?.image ?? (service.image === undefined ? undefined : interpolate(service.image, variables));
    const wrong = written === undefined ? undefined : referenceProblem(written);
    if (wrong !== undefined) {
      problems.add(`services.${name}.image`, written, wrong);
      continue;
    }
    const reference = written === undefined ? undefined : parseReference(written);
    const mine = isOwnImage(spec, written);
    if (mine && repository === undefined) problems.add("image", null, `is needed by the service ${name}; write the repository, like "ghcr.io/anna/shop"`);
    if (!isAccessory(spec, hint ?? {}, spec.compose === undefined ? hint?.image ?? service.image : written)) own.push(name);
    if (reference?.digest !== undefined && !mine) continue;
    const from = mine ? repository ?? "" : formatReference({ registry: reference!.registry, repository: reference!.repository });
    const version = mine ? context.settings.version : reference!.tag ?? "latest";
    imageOf[name] = `${from}:${version}`;
    requests[`${from}:${version}`] = { repository: from, version, own: mine };
  }
  return { own, requests, imageOf };
}

/** @throws DeclarationError with every problem of the declaration */
export function normalise(spec: ApplicationSpec, context: Context): Plan {
  const problems = new Problems(spec.name);
  const { settings } = context;
  const variables = { ...spec.environment, ...settings.environment };
  const known = { ...variables, VERSION: settings.version };
  const parsed = document(problems, spec, context, variables);
  const { own, requests, imageOf } = imagesOf(problems, spec, context, parsed, known);
  for (const name of Object.keys(parsed.services)) {
    if (!SERVICE.test(name)) problems.add(`services.${name}`, name, "is not a service name; use small letters, digits, - and _");
  }
  for (const name of Object.keys(spec.services ?? {})) {
    if (!(name in parsed.services)) problems.add(`services.${name}`, name, `is not an active service of ${spec.compose}; it has ${Object.keys(parsed.services).join(", ")}`);
  }
  if (own.length === 0) problems.add("services", Object.keys(parsed.services), "none of them is the application's own; give `image`, or a port to the one that takes the traffic");
  const valued = [...Object.keys(known), ...context.secretNames, ...(spec.database ? ["DATABASE_URL"] : [])];
  const { services: declared, networks, volumes, configs, secrets } = parsed;
  checkVariables(problems, spec, neededVariables({ declared, networks, volumes, configs, secrets }, valued), valued);
  const services = own.map((name) => ownService(problems, name, spec.services?.[name] ?? {}, parsed, settings));
  checkPaths(problems, services);
  const secretFiles = Object.entries(spec.services ?? {}).flatMap(([service, hint]) => (hint.secretFiles ?? []).map((name) => {
    if (!context.secretNames.includes(name)) problems.add(`services.${service}.secretFiles`, name, `is not a secret of the application; set slipway:secrets.${spec.name}.${name}`);
    const user = String(parsed.services[service]?.["user"] ?? "");
    return { service, name, owner: /^\d+/.test(user) ? Number.parseInt(user, 10) : 0 };
  }));
  const directory = `${context.root}/${spec.name}`;
  const stack: Plan["stack"] = {
    application: spec.name,
    environment: context.environment,
    directory,
    version: settings.version,
    document: parsed,
    services,
    accessories: Object.keys(parsed.services).filter((name) => !own.includes(name)).sort(),
    variables: known,
    secretFiles,
    domains: domains(problems, spec, settings),
    hold: problems.time("hold", spec.hold, 30_000),
    observe: settings.observe ?? problems.time("observe", spec.observe, context.protected ? 15_000 : 0),
    ...definedOnly({ migration: oneOff(problems, "migration", spec.migration, own), backup: oneOff(problems, "backup", spec.backup, own) }),
    verification: verification(problems, spec, settings.version),
    preflight: {
      freeMiB: spec.preflight?.freeMiB ?? 512,
      variables: spec.preflight?.variables ?? [],
      ports: Object.values(parsed.services).flatMap((service) => ((service["ports"] as unknown[] | undefined) ?? [])
        .filter((port) => !services.some((mine) => mine.port !== undefined && mine.port === targetPort(port) && parsed.services[mine.name] === service))
        .map(publishedPort).filter((port) => port !== undefined)),
      ...(spec.preflight?.window ? { window: spec.preflight.window } : {}),
    },
  };
  if (stack.domains.length > 0 && !services.some((service) => service.port !== undefined)) {
    problems.add("domain", stack.domains[0]!.host, "leads nowhere: no service has a port");
  }
  if (problems.found.length > 0) throw new DeclarationError(problems.found.join("\n"));
  return { stack, images: requests, imageOf, database: spec.database !== undefined };
}

const definedOnly = <T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };
