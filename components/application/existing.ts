/** An existing Compose file: taken as it is, and refused where a rollout could not do what it says. */

import { filesBeside } from "../compose/files.ts";
import { parseComposeFile } from "../compose/parse.ts";
import { withReadablePorts } from "../compose/ports.ts";
import { activeServices } from "../compose/profiles.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { place } from "../shared/issues.ts";
import type { Problems } from "../shared/problems.ts";
import { beside, isFile } from "./checks.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import type { PlanContext } from "./model.ts";

/** Undefined where the file cannot be read: what would follow from it is not known. */
export function existingDocument(
  problems: Problems,
  spec: ApplicationSpec,
  path: string,
  context: PlanContext,
  variables: Record<string, string>,
): ComposeDocument | undefined {
  checkHints(problems, spec, path);
  const parsed = readDocument(problems, path, context);
  if (parsed === undefined) return undefined;
  const services = Object.fromEntries(
    activeServices(parsed, spec.profiles ?? []).map((name) => {
      const { profiles: _, ...service } = parsed.services[name]!;
      return [name, withReadablePorts(service, variables)];
    }),
  );
  const document = { ...parsed, services };
  checkExtended(problems, path, services);
  checkFiles(problems, path, context, document);
  return document;
}

function readDocument(problems: Problems, path: string, context: PlanContext): ComposeDocument | undefined {
  let text: string;
  try {
    text = context.readFile(path);
  } catch (error) {
    problems.add("compose", path, error instanceof Error ? error.message : String(error));
    return undefined;
  }
  const parsed = parseComposeFile(text);
  for (const problem of parsed.problems ?? []) {
    if (problem.path.length === 0) problems.add("compose", path, problem.message);
    else problems.at(`compose: ${path}: ${place(problem.path)}`, problem.message);
  }
  return parsed.document;
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
    const base = service.extends;
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
  for (const found of filesBeside(parsed, (file) => isFile(context, beside(path, file)))) {
    problems.add(
      `compose: ${path}: ${found.place}`,
      found.file,
      `is a file that a release does not carry; ${/^(configs|secrets)\./.test(found.place) ? AS_FILE : AS_CONTENT}`,
    );
  }
}
