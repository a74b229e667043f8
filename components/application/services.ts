/** The parts of a declaration, with shorthands resolved and defaults filled in. */

import type { ComposeDocument, ComposeService } from "../compose/document.ts";
import { interpolate } from "../compose/interpolate.ts";
import { publishedPort, targetPort } from "../compose/ports.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { type Domain, domainProblem, parseDomain } from "../shared/domains.ts";
import type { Problems } from "../shared/problems.ts";
import { type DeploymentWindow, windowProblems } from "../shared/window.ts";
import type { ApplicationSpec, OneOffSpec, ServiceSpec } from "./declaration.ts";
import type { OneOff, PlannedStack, Service } from "./model.ts";

const PATH = /^\/[^\s"'`{}\\]*$/;

/** Good checks in a row, 0.3 s apart. Where nothing but running can be checked, it takes longer to tell a crash loop from work. */
const SUCCESSES = { told: 3, running: 10 };

function health(problems: Problems, name: string, spec: ServiceSpec, service: ComposeService): Service["health"] {
  const given = typeof spec.health === "string" ? { path: spec.health } : (spec.health ?? {});
  if (given.path !== undefined && !PATH.test(given.path))
    problems.add(`services.${name}.health`, given.path, 'is not a path; write "/health"');
  if (given.path !== undefined && (given.port ?? spec.port) === undefined)
    problems.add(`services.${name}.health`, given.path, `needs a port; add services.${name}.port or health.port`);
  const port = given.port ?? spec.port;
  return {
    ...(given.path === undefined ? {} : { path: given.path, ...(port === undefined ? {} : { port }) }),
    interval: problems.time(`services.${name}.health.interval`, given.interval, 300),
    successes:
      given.successes ??
      (given.path === undefined && service.healthcheck === undefined ? SUCCESSES.running : SUCCESSES.told),
    timeout: problems.time(`services.${name}.health.timeout`, given.timeout, 60_000),
  };
}

/** How many containers the document wants, as a number. */
function replicas(
  problems: Problems,
  name: string,
  service: ComposeService,
  variables: Record<string, string>,
): number {
  const deploy = service.deploy as { replicas?: unknown } | undefined;
  const [place, written] =
    service.scale === undefined || service.scale === null
      ? ["deploy.replicas", deploy?.replicas ?? 1]
      : ["scale", service.scale];
  const count = interpolate(String(written), variables);
  if (/^[1-9]\d{0,2}$/.test(count)) return Number(count);
  problems.add(
    `services.${name}.${place}`,
    written,
    "is not a number of containers from 1 to 999; to run none, take the service out, or give it a profile that is not active",
  );
  return 1;
}

export function ownService(
  problems: Problems,
  name: string,
  spec: ServiceSpec,
  document: ComposeDocument,
  settings: VersionedSettings,
  variables: Record<string, string>,
): Service {
  const service = document.services[name]!;
  const count = replicas(problems, name, service, variables);
  const hasVolumes = ((service.volumes as unknown[] | undefined) ?? []).length > 0;
  const strategy = spec.strategy ?? (spec.port !== undefined && !hasVolumes ? "rolling" : "recreate");
  const ports = ((service.ports as unknown[] | undefined) ?? []).filter(
    (port) => spec.port === undefined || targetPort(port) !== spec.port,
  );
  if (!["rolling", "recreate"].includes(strategy))
    problems.add(`services.${name}.strategy`, strategy, 'is not a strategy; write "rolling" or "recreate"');
  const fixed = ports.map(publishedPort).find((port) => port !== undefined);
  if (strategy === "rolling" && fixed !== undefined) {
    problems.add(
      `services.${name}.strategy`,
      strategy,
      `cannot run two containers that publish port ${fixed}; remove that port, or use "recreate"`,
    );
  }
  if (spec.port !== undefined && count > 1) {
    problems.add(`services.${name}`, count, "replicas behind the proxy are not supported; remove deploy.replicas");
  }
  if (spec.port !== undefined && service.network_mode !== undefined) {
    problems.add(
      `services.${name}.network_mode`,
      service.network_mode,
      "keeps the proxy from reaching it; remove network_mode, or the port",
    );
  }
  if (spec.path !== undefined && !PATH.test(spec.path))
    problems.add(`services.${name}.path`, spec.path, 'is not a path; write "/api"');
  return {
    name,
    strategy,
    replicas: count,
    ...(spec.port === undefined ? {} : { port: spec.port }),
    ...(spec.path === undefined ? {} : { path: spec.path }),
    health: health(problems, name, spec, service),
    drain: settings.drain ?? problems.time(`services.${name}.drain`, spec.drain, 10_000),
  };
}

export function domains(problems: Problems, spec: ApplicationSpec, settings: VersionedSettings): Domain[] {
  const given = settings.domains ?? (spec.domain === undefined ? [] : [spec.domain].flat());
  const all = given.map(parseDomain);
  for (const [index, { host, scheme }] of all.entries()) {
    const wrong = domainProblem(given[index]!);
    if (wrong !== undefined) reportDomain(problems, settings, given[index]!, wrong);
    if (all.findIndex((other) => other.host === host && other.scheme === scheme) < index)
      reportDomain(problems, settings, given[index]!, "is named twice; remove one");
  }
  return all;
}

/** Says what is wrong with a domain in the place that it comes from. */
export function reportDomain(problems: Problems, settings: VersionedSettings, domain: string, remedy: string): void {
  if (settings.domains === undefined) problems.add("domain", domain, remedy);
  else problems.setting("domain", domain, remedy);
}

export function oneOff(
  problems: Problems,
  path: string,
  value: OneOffSpec | string[] | undefined,
  own: string[],
): OneOff | undefined {
  if (value === undefined) return undefined;
  const given = Array.isArray(value) ? { command: value } : value;
  const service = given.service ?? own[0] ?? "";
  if (!own.includes(service))
    problems.add(`${path}.service`, service, `is not one of its own services: ${own.join(", ") || "none"}`);
  if (given.command.length === 0 || given.command.some((word) => word.includes("\n")))
    problems.add(`${path}.command`, given.command, "must be words without line breaks");
  return { service, command: given.command, timeout: problems.time(`${path}.timeout`, given.timeout, 300_000) };
}

export function verification(
  problems: Problems,
  spec: ApplicationSpec,
  version: string,
  hasDomain: boolean,
): PlannedStack["verification"] {
  const given = spec.verification ?? {};
  const asked = typeof given.version === "string" ? { path: given.version, field: "version" } : given.version;
  const checks = (given.checks ?? []).map((check) =>
    typeof check === "string" ? { path: check, status: 200 } : { status: 200, ...check },
  );
  for (const path of [
    ...checks.map((check) => check.path),
    ...(asked ? [asked.path] : []),
    ...(given.responseTime ? [given.responseTime.path] : []),
  ]) {
    if (!PATH.test(path)) problems.add("verification", path, 'is not a path; write "/api/v1/version"');
  }
  if (!hasDomain && (asked || checks.length > 0 || given.responseTime)) {
    problems.add(
      "verification",
      given,
      `would not run: it asks through the proxy, and there is no domain; give one (domain, or slipway:applications.${spec.name}.domain), or remove it`,
    );
  }
  return {
    ...(asked ? { version: { equals: version, ...asked } } : {}),
    checks,
    ...(given.responseTime ? { responseTime: given.responseTime } : {}),
  };
}

/** When deployments are allowed. */
export function window(problems: Problems, spec: ApplicationSpec): DeploymentWindow | undefined {
  const given = spec.preflight?.window;
  if (given === undefined) return undefined;
  for (const { key, value, remedy } of windowProblems(given)) problems.add(`preflight.window.${key}`, value, remedy);
  return given;
}
