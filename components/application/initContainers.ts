/**
 * `pre_start` of Compose 5.3 (https://docs.docker.com/compose/how-tos/init-containers/): containers that run to their end,
 * one after the other, before their service is started. Older ones refuse it, so each becomes a service that runs once.
 */
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import type { Problems } from "../shared/problems.ts";
import { defined, omit } from "../shared/records.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import { type Conditions, conditionsOf } from "./dependencies.ts";
import type { PlanContext } from "./model.ts";

type InitContainer = NonNullable<ComposeService["pre_start"]>[number];

/** Of the running service alone: what two containers cannot have, and what is for one that goes on. */
const ITS_OWN = [
  "pre_start",
  "post_start",
  "pre_stop",
  "labels",
  "annotations",
  "ports",
  "expose",
  "container_name",
  "hostname",
  "healthcheck",
  "deploy",
  "scale",
  "mac_address",
  "restart",
  "profiles",
];

const COMPLETED = { condition: "service_completed_successfully" };

/** The same networks, without addresses and names that are the service's. */
const networksOf = ({ networks }: ComposeService): ComposeService["networks"] =>
  networks === undefined || Array.isArray(networks) ? networks : Object.keys(networks);

function environmentOf({ environment = {} }: Pick<ComposeService, "environment">): Record<string, unknown> {
  if (!Array.isArray(environment)) return environment;
  return Object.fromEntries(
    environment.map((entry) =>
      entry.includes("=") ? [entry.split("=")[0]!, entry.slice(entry.indexOf("=") + 1)] : [entry, null],
    ),
  );
}

function stepOf(
  service: ComposeService,
  image: string | undefined,
  given: InitContainer,
  needed: Conditions,
): ComposeService {
  const inherited = omit(service, ...ITS_OWN, ...(given.image === undefined ? [] : ["build", "platform"]));
  const { per_replica: _, ...own } = given;
  const environment = { ...environmentOf(service), ...environmentOf(given) } as ComposeService["environment"];
  return {
    ...inherited,
    ...defined({ image, networks: networksOf(service) }),
    ...own,
    ...(service.environment === undefined && given.environment === undefined ? {} : { environment }),
    ...(Object.keys(needed).length > 0 ? { depends_on: needed } : {}),
    restart: "no",
  } as ComposeService;
}

/** The declaration and the document with a service for each of them, which its service waits for. */
export function withInitContainers(
  problems: Problems,
  spec: ApplicationSpec,
  { settings }: PlanContext,
  document: ComposeDocument,
): { spec: ApplicationSpec; document: ComposeDocument } {
  if (Object.values(document.services).every(({ pre_start }) => pre_start === undefined)) return { spec, document };
  const services: ComposeDocument["services"] = {};
  const hints: Record<string, ServiceSpec> = {};
  for (const [name, service] of Object.entries(document.services)) {
    const { image: hinted, secretFiles } = spec.services?.[name] ?? {};
    let needed = conditionsOf(service);
    for (const [index, given] of (service.pre_start ?? []).entries()) {
      const step = `${name}-pre_start-${index}`;
      check(problems, `services.${name}.pre_start.${index}`, step, given, document);
      const image = given.image ?? settings.images[name] ?? hinted ?? service.image;
      services[step] = stepOf(service, image, given, needed);
      hints[step] = { ...defined({ secretFiles }), once: true, ...spec.services?.[step] };
      needed = { ...needed, [step]: COMPLETED };
    }
    const { pre_start, ...rest } = service;
    services[name] = (pre_start ?? []).length > 0 ? { ...rest, depends_on: needed } : rest;
  }
  return { spec: { ...spec, services: { ...spec.services, ...hints } }, document: { ...document, services } };
}

function check(
  problems: Problems,
  place: string,
  step: string,
  given: InitContainer,
  { services }: ComposeDocument,
): void {
  if (String(given.per_replica ?? false) !== "false")
    problems.add(`${place}.per_replica`, given.per_replica, "is not supported, by Docker Compose neither; take it out");
  if (Object.hasOwn(services, step))
    problems.add(
      place,
      step,
      "is the name that it runs under, and there is a service called so; give that one another name",
    );
}
