/** The application's own services, in the order in which they start, with what they are to each other. */
import type { ComposeDocument } from "../compose/schema.ts";
import type { VersionedSettings } from "../settings/types.ts";
import type { Problems } from "../shared/problems.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { inOrder, isAwaited, joinedToOwn, neededOwn } from "./dependencies.ts";
import type { Service } from "./model.ts";
import { ownService } from "./ownService.ts";

type Planned = Omit<Service, "routes">;

/** Old and new ones have addresses in one network of 64, of which some are taken. */
const MOST_CONTAINERS = 30;

export function ownServices(
  problems: Problems,
  spec: ApplicationSpec,
  { services }: ComposeDocument,
  own: string[],
  settings: VersionedSettings,
  variables: Record<string, string>,
): Planned[] {
  const planned: Planned[] = [];
  for (const name of inOrder(problems, own, services, variables)) {
    const joined = Object.fromEntries(
      joinedToOwn(services, [name], own, variables).map(({ key, other }) => [key, other]),
    );
    const targets = planned.filter((one) => Object.values(joined).includes(one.name));
    const given = spec.services?.[name] ?? {};
    const service = ownService(problems, name, given, services[name]!, settings, variables, targets);
    planned.push({
      ...service,
      ...(targets.length > 0 && { joined }),
      ...(isAwaited(name, own, services) && { awaited: true }),
    });
  }
  checkAddresses(problems, planned);
  const differs =
    new Set(planned.map(({ strategy }) => strategy)).size > 1 ||
    planned.some(({ awaited, joined }) => awaited || joined !== undefined);
  if (!differs) return planned;
  return planned.map((service) => {
    const needs = neededOwn(service.name, services, own, variables);
    return needs.length > 0 ? { ...service, needs } : service;
  });
}

function checkAddresses(problems: Problems, services: Planned[]): void {
  const reached = services.filter(({ ports, hostNetwork }) => ports.length > 0 && !hostNetwork);
  const count = reached.reduce((sum, { replicas }) => sum + replicas, 0);
  if (count > MOST_CONTAINERS)
    problems.add(
      "services",
      reached.map(({ name }) => name),
      `have ${count} containers behind the proxy; it reaches ${MOST_CONTAINERS} of an application. Take some of their replicas out`,
    );
}
