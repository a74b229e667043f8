/** The parts of a declaration, with shorthands resolved and defaults filled in. */
import type { ApplicationSettings } from "../settings/types.ts";
import { publishedPort, targetPort } from "../stack/compose.ts";
import type { Domain, OneOff, Service, Stack } from "../stack/model.ts";
import type { Problems } from "./problems.ts";
import type { ApplicationSpec, ComposeDocument, ComposeService, OneOffSpec, ServiceSpec } from "./spec.ts";

const PATH = /^\/[^\s"'`{}\\]*$/;
const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

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

export function ownService(problems: Problems, name: string, spec: ServiceSpec, document: ComposeDocument, settings: ApplicationSettings): Service {
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

export function domains(problems: Problems, spec: ApplicationSpec, settings: ApplicationSettings): Domain[] {
  const given = settings.domains ?? (spec.domain === undefined ? [] : [spec.domain].flat());
  return given.map((text) => {
    const [, scheme, host] = /^(?:(https?):\/\/)?(.*)$/s.exec(text)!;
    if (!HOST.test(host!)) problems.add("domain", text, 'is not a domain; write "shop.example.com", or "http://shop.home" for one without TLS');
    return { host: host!, scheme: scheme === "http" ? "http" : "https" };
  });
}

export function oneOff(problems: Problems, path: string, value: OneOffSpec | string[] | undefined, own: string[]): OneOff | undefined {
  if (value === undefined) return undefined;
  const given = Array.isArray(value) ? { command: value } : value;
  const service = given.service ?? own[0] ?? "";
  if (!own.includes(service)) problems.add(`${path}.service`, service, `is not one of its own services: ${own.join(", ") || "none"}`);
  if (given.command.length === 0 || given.command.some((word) => word.includes("\n"))) problems.add(`${path}.command`, given.command, "must be words without line breaks");
  return { service, command: given.command, timeout: problems.time(`${path}.timeout`, given.timeout, 300_000) };
}

export function verification(problems: Problems, spec: ApplicationSpec, version: string): Stack["verification"] {
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
