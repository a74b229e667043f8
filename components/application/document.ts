/** What follows from an application's Compose document: its services, their images, what each is given. */

import { neededVariables } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";
import { checkMounts, checkVariables } from "./checks.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { imagesOf } from "./images.ts";
import type { ApplicationPlan, PlanContext, PlannedStack, Service } from "./model.ts";
import { ownService } from "./ownService.ts";
import { publishedPorts } from "./preflight.ts";
import { secretFiles } from "./secretFiles.ts";
import { checkStartable } from "./startable.ts";

const SERVICE = /^[a-z0-9][a-z0-9_-]{0,62}$/;

type DocumentPlan = Pick<PlannedStack, "document" | "services" | "accessories" | "secretFiles"> &
  Pick<ApplicationPlan, "images" | "imageOf"> & { ports: number[] };

export function planDocument(
  problems: Problems,
  spec: ApplicationSpec,
  context: PlanContext,
  read: ComposeDocument,
  known: Record<string, string>,
): DocumentPlan {
  const { own, requests, imageOf, services: pinned } = imagesOf(problems, spec, context, read, known);
  const document: ComposeDocument = { ...read, services: pinned };
  checkServices(problems, spec, document, own);
  const valued = [...Object.keys(known), ...context.secretNames, ...(spec.database ? ["DATABASE_URL"] : [])];
  checkVariables(problems, spec, needed(document, valued), valued);
  checkMounts(problems, spec, context, document, known);
  for (const name of own) checkStartable(problems, name, spec.services?.[name]?.port !== undefined, document);
  const services = own.map((name) =>
    ownService(problems, name, spec.services?.[name] ?? {}, document.services[name]!, context.settings, known),
  );
  checkPaths(problems, services);
  return {
    document,
    services,
    accessories: Object.keys(document.services)
      .filter((name) => !own.includes(name))
      .sort(),
    secretFiles: secretFiles(problems, spec, context.secretNames, document),
    images: requests,
    imageOf,
    ports: publishedPorts(document, services),
  };
}

function checkServices(problems: Problems, spec: ApplicationSpec, { services }: ComposeDocument, own: string[]): void {
  const names = Object.keys(services);
  for (const name of names) {
    if (!SERVICE.test(name))
      problems.add(`services.${name}`, name, "is not a service name; use lowercase letters, digits, - and _");
  }
  for (const name of Object.keys(spec.services ?? {})) {
    if (!Object.hasOwn(services, name))
      problems.add(`services.${name}`, name, `is not an active service of ${spec.compose}; it has ${names.join(", ")}`);
  }
  if (own.length === 0)
    problems.add(
      "services",
      names,
      "none of them is the application's own; give `image`, or a port to the one that takes the traffic",
    );
}

/** Variables without which the document cannot be deployed; those of a build are not among them. */
function needed(document: ComposeDocument, valued: string[]): string[] {
  const { networks, volumes, configs, secrets } = document;
  const deployed = Object.values(document.services).map(({ build: _, ...service }) => service);
  return neededVariables({ deployed, networks, volumes, configs, secrets }, valued);
}

/** Two services on one path: one of them would never be asked. */
function checkPaths(problems: Problems, services: Service[]): void {
  const routed = services.filter((service) => service.port !== undefined);
  const prefix = (service: Service): string => (service.path ?? "/").replace(/(?<=.)\/+$/, "");
  for (const [index, service] of routed.entries()) {
    const first = routed.findIndex((other) => prefix(other) === prefix(service));
    if (first < index)
      problems.add(
        `services.${service.name}.path`,
        prefix(service),
        `is that of ${routed[first]!.name} already; give one of them another path, or no port`,
      );
  }
}
