/** What follows from an application's Compose document: its services, their images, what each is given. */

import { neededVariables } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { Problems } from "../shared/problems.ts";
import { carryFiles } from "./carried.ts";
import { readersOf } from "./carriedSecrets.ts";
import { checkVariables } from "./checks.ts";
import { composeName } from "./composeFiles.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { joinedToOwn, laterThanOwn, type NotAwaited } from "./dependencies.ts";
import { checkLacking, dotenvBeside, unusedValues } from "./dotenvBeside.ts";
import { checkEscapes } from "./escapes.ts";
import { checkHooks } from "./hooks.ts";
import { imagesOf } from "./images.ts";
import { withInitContainers } from "./initContainers.ts";
import type { ApplicationPlan, PlanContext, PlannedStack, Service } from "./model.ts";
import { onceOf, startOrder } from "./once.ts";
import { ownServices } from "./ownServices.ts";
import { publishedPorts } from "./preflight.ts";
import { openDatabases, openOnHost, withoutProxyPorts } from "./publishes.ts";
import { secretFiles } from "./secretFiles.ts";
import { checkSupported } from "./unsupported.ts";

/** Compose's own rule, as far as the name of a host in a network goes. */
const SERVICE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

type DocumentPlan = Pick<
  PlannedStack,
  "document" | "accessories" | "late" | "once" | "start" | "secretFiles" | "carried"
> & {
  services: Omit<Service, "routes">[];
} & Pick<ApplicationPlan, "images" | "imageOf" | "warnings" | "staying"> & { ports: number[]; own: string[] };

/**
 * @param known values of variables
 * @param sighted the same, with those that only a host knows
 */
export function planDocument(
  problems: Problems,
  declared: ApplicationSpec,
  context: PlanContext,
  given: ComposeDocument,
  known: Record<string, string>,
  sighted: Record<string, string>,
): DocumentPlan {
  const { spec, document: read } = withInitContainers(problems, declared, context, given);
  const { own, once, requests, imageOf, services: pinned } = imagesOf(problems, spec, context, read, known);
  const warnings: string[] = [];
  const whole: ComposeDocument = { ...read, services: pinned };
  const written = withoutProxyPorts(problems, warnings, spec, whole, sighted, context.proxyPorts ?? []);
  checkServices(problems, spec, context, written, own);
  const valued = [
    ...Object.keys(known),
    "COMPOSE_PROJECT_NAME",
    ...context.secretNames,
    ...(spec.database ? ["DATABASE_URL"] : []),
  ];
  const asked = new Set([...needed(written, valued), ...handedOn(written, own, known)]);
  const lacking = [...asked].sort().filter((name) => !valued.includes(name));
  const beside = dotenvBeside(spec, context, valued);
  checkVariables(problems, spec, checkLacking(problems, spec, lacking, beside));
  warnings.push(...unusedValues(spec, written, lacking, beside));
  checkEscapes(problems, `${context.root}/${spec.name}`, written, sighted);
  const { document, carried, staying } = carryFiles(problems, spec, context, written, known);
  for (const [name, service] of Object.entries(document.services)) {
    checkSupported(problems, name, service);
    checkHooks(problems, name, service, once.includes(name), sighted);
  }
  const services = ownServices(problems, spec, document, own, context.settings, sighted);
  const accessories = Object.keys(document.services)
    .filter((name) => !own.includes(name) && !once.includes(name))
    .sort();
  const { late, notAwaited } = laterThanOwn(document.services, { own, once, accessories }, sighted);
  warnings.push(
    ...notAwaited.map((one) => doesNotWait(spec, one, once)),
    ...joinedToOwn(document.services, late, own, sighted).map((one) => isLeftBehind(spec, one)),
  );
  const early = accessories.filter((name) => !late.includes(name));
  return {
    own,
    document,
    services,
    accessories,
    late,
    once: onceOf(problems, spec, document.services, once),
    start: startOrder(problems, document.services, early, once),
    secretFiles: secretFiles(problems, spec, context.secretNames, document),
    carried,
    staying,
    images: requests,
    imageOf,
    ports: publishedPorts(document, services, sighted),
    warnings: [
      ...warnings,
      ...openOnHost(problems, spec, services, context.proxyPorts ?? []),
      ...openDatabases(spec, document, services, sighted),
    ],
  };
}

/** Of what runs once none comes after an own service. */
const doesNotWait = (spec: ApplicationSpec, { name, other, neededBy }: NotAwaited, once: string[]): string =>
  `apps: ${spec.name}.services.${name}.depends_on: "${other}" starts after ${name}, as ${neededBy} needs ${name}; ` +
  `if ${name} cannot wait for it by itself, ` +
  (once.includes(neededBy)
    ? `let ${neededBy} do without ${name}`
    : `declare services.${name}.accessory: false: then it is one of the application's own services, and starts in their order`);

/** Compose joins it to the container that is there, and it is not started again with the next one. */
const isLeftBehind = (spec: ApplicationSpec, { name, key, other }: Record<"name" | "key" | "other", string>): string =>
  `apps: ${spec.name}.services.${name}.${key}: is that of ${other}, which each new version replaces: ${name} then goes on with that of a container that is gone; ` +
  `take it out, or, if ${other} takes no requests, declare services.${other}.accessory: true`;

function checkServices(
  problems: Problems,
  spec: ApplicationSpec,
  { settings }: PlanContext,
  { services }: ComposeDocument,
  own: string[],
): void {
  const names = Object.keys(services);
  for (const name of names) {
    if (!SERVICE.test(name))
      problems.add(
        `services.${name}`,
        name,
        "is not a service name; use up to 63 letters, digits, '.', '-' and '_', a letter or digit first",
      );
    // On a host, `web.next` is the file that leads to the next container of `web`.
    const longer = names.find((other) => other.startsWith(`${name}.`));
    if (longer !== undefined)
      problems.add(
        `services.${longer}`,
        longer,
        `begins with the name of the service ${name} and a point; write a - for it`,
      );
  }
  for (const name of Object.keys(spec.services ?? {})) {
    const inactive = `is not an active service of ${composeName(spec)}; it has ${names.join(", ")}`;
    if (Object.hasOwn(services, name)) continue;
    if (Object.hasOwn(settings.routes, name)) problems.setting(`routes.${name}`, name, inactive);
    else problems.add(`services.${name}`, name, inactive);
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

/** Variables whose values are the content of a secret or config of an own service; of others Compose takes care. */
const handedOn = (document: ComposeDocument, own: string[], known: Record<string, string>): string[] =>
  (["secrets", "configs"] as const).flatMap((kind) =>
    Object.entries(document[kind] ?? {}).flatMap(([name, { environment }]) =>
      environment !== undefined && readersOf(document, kind, name, known).some((reader) => own.includes(reader))
        ? [environment]
        : [],
    ),
  );
