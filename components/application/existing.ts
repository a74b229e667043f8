/** An existing Compose file: taken as it is, and refused where a rollout could not do what it says. */

import type { ComposeDocument, ComposeService } from "../compose/document.ts";
import { filesBeside } from "../compose/files.ts";
import { interpolate } from "../compose/interpolate.ts";
import { activeServices, parseComposeFile } from "../compose/parse.ts";
import type { Problems } from "../shared/problems.ts";
import { beside, isFile } from "./checks.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import type { PlanContext } from "./model.ts";

export function existingDocument(
  problems: Problems,
  spec: ApplicationSpec,
  path: string,
  context: PlanContext,
  variables: Record<string, string>,
): ComposeDocument {
  checkHints(problems, spec, path);
  try {
    const parsed = parseComposeFile(path, context.readFile(path));
    const services = Object.fromEntries(
      activeServices(parsed, spec.profiles ?? []).map((name) => [name, active(parsed.services[name]!, variables)]),
    );
    checkExtended(problems, path, services);
    checkFiles(problems, path, context, { ...parsed, services });
    return { ...parsed, services };
  } catch (error) {
    problems.add("compose", path, (error as Error).message);
    return { services: {} };
  }
}

/** A service that was chosen by its profiles; its ports as numbers can be read from them. */
function active({ profiles: _, ...service }: ComposeService, variables: Record<string, string>): ComposeService {
  const ports = service.ports as unknown[] | undefined;
  return ports
    ? { ...service, ports: ports.map((port) => (typeof port === "string" ? interpolate(port, variables) : port)) }
    : service;
}

const RENDERED: (keyof ServiceSpec)[] = [
  "command",
  "environment",
  "secrets",
  "memory",
  "cpus",
  "user",
  "publish",
  "volumes",
  "stopGrace",
  "compose",
];

/** What only a rendered document would follow. */
function checkHints(problems: Problems, spec: ApplicationSpec, path: string): void {
  const given: [string, unknown][] = [
    ["database", spec.database],
    ["cache", spec.cache],
    ...Object.entries(spec.services ?? {}).flatMap(([name, service]): [string, unknown][] => [
      ...RENDERED.map((key): [string, unknown] => [`services.${name}.${key}`, service[key]]),
      [`services.${name}.health.command`, typeof service.health === "object" ? service.health.command : undefined],
    ]),
  ];
  for (const [place, value] of given) {
    if (value !== undefined)
      problems.add(
        place,
        value,
        `does nothing beside a Compose file; write it into ${path}, or change the document by transform.compose`,
      );
  }
}

function checkExtended(problems: Problems, path: string, services: ComposeDocument["services"]): void {
  for (const [name, service] of Object.entries(services)) {
    const base = service.extends as { service?: string; file?: string } | string | undefined;
    if (base === undefined || (typeof base === "object" && base.file !== undefined)) continue;
    problems.add(
      `services.${name}.extends`,
      typeof base === "string" ? base : base.service,
      `is not looked into, so that its image, ports and volumes would be overlooked; share them by a YAML anchor in ${path}: \`<<: *name\``,
    );
  }
}

const AS_FILE =
  "make it a secret file of its service (services.<name>.secretFiles), put it into the image, or name an absolute path on the host";
const AS_CONTENT = "write its content into the Compose file or the settings, or name an absolute path on the host";

function checkFiles(problems: Problems, path: string, context: PlanContext, parsed: ComposeDocument): void {
  const services = Object.fromEntries(
    Object.entries(parsed.services).map(([name, service]) => [
      name,
      withOptional(service, (file) => isFile(context, beside(path, file))),
    ]),
  );
  for (const { place, file } of filesBeside({ ...parsed, services })) {
    problems.add(
      `compose: ${path}: ${place}`,
      file,
      `is a file that a release does not carry; ${/^(configs|secrets)\./.test(place) ? AS_FILE : AS_CONTENT}`,
    );
  }
}

/** The service with those of its optional files as needed that are there. */
function withOptional(service: ComposeService, exists: (file: string) => boolean): ComposeService {
  const files = [service.env_file ?? []].flat() as (string | { path: string })[];
  return {
    ...service,
    env_file: files.map((entry) => (typeof entry === "object" && exists(entry.path) ? entry.path : entry)),
  };
}
