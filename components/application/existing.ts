/** An existing Compose file: taken as it is, and refused where a rollout could not do what it says. */

import { withReadablePorts } from "../compose/ports.ts";
import { activeServices } from "../compose/profiles.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";
import { activeProfiles, composeName, readCompose } from "./composeFiles.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import { withActiveDependencies } from "./dependencies.ts";
import { withFolder } from "./folderVariable.ts";
import type { PlanContext } from "./model.ts";

/** Undefined where the file cannot be read: what would follow from it is not known. */
export function existingDocument(
  problems: Problems,
  spec: ApplicationSpec,
  files: string[],
  context: PlanContext,
  variables: Record<string, string>,
): ComposeDocument | undefined {
  checkHints(problems, spec, composeName(spec));
  const read = readCompose(problems, files, context, variables);
  if (read === undefined) return undefined;
  const parsed = "PWD" in variables ? read : withFolder(read, `${context.root}/${spec.name}`);
  const active = Object.fromEntries(
    activeServices(parsed, activeProfiles(spec, context, variables)).map((name) => {
      const { profiles: _, ...service } = parsed.services[name]!;
      return [name, withReadablePorts(service, variables)];
    }),
  );
  const services = withActiveDependencies(problems, parsed.services, active, variables);
  checkImages(problems, spec, context, services);
  const document = { ...parsed, services };
  return document;
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
    ["databaseUrl", spec.databaseUrl],
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

/** Compose refuses these: often it is an overlay without the file that it is put on top of. */
function checkImages(
  problems: Problems,
  spec: ApplicationSpec,
  { settings }: PlanContext,
  services: ComposeDocument["services"],
): void {
  for (const [name, service] of Object.entries(services)) {
    const isTold = spec.services?.[name] !== undefined || settings.images[name] !== undefined;
    if (isTold || service.image !== undefined || service.build !== undefined || service.provider !== undefined)
      continue;
    problems.at(
      `services.${name}.image`,
      `is missing, and nothing builds it; write the image into ${composeName(spec)}, name the file that has it before this one (\`compose: ["compose.yaml", …]\`), ` +
        `or say that it runs the application's own image: services: { ${name}: {} }`,
    );
  }
}
