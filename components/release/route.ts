/** What the proxy does for an application, as data: its host renders the Caddyfile (rollout/routeText.sh). */
import type { Service } from "../application/model.ts";
import type { Route } from "../application/route.ts";
import { addressOf } from "../shared/domains.ts";
import type { Stack } from "./model.ts";

/** Name of the file in which the proxy looks up the address that takes the traffic of a service's port. */
export const upstreamName = (application: string, { name, ports }: Pick<Service, "name" | "ports">, port: number) =>
  port === ports[0] ? `${application}.${name}` : `${application}.${name}@${port}`;

/** Undefined for an application without a domain. */
export function routeOf({ application, domains, services, hold }: Stack): Route | undefined {
  if (domains.length === 0) return undefined;
  const routed = services
    .flatMap((service) => service.routes.map((route) => ({ service, ...route })))
    .filter((route) => route.domains.length > 0)
    .sort((a, b) => b.path.length - a.path.length);
  return {
    hold,
    sites: domains.map(({ host, scheme }) => ({ scheme, host })),
    services: routed.map(({ service, port, path, strip, domains: own }) => ({
      name: service.name,
      upstream: upstreamName(application, service, port),
      ...(path === "" ? {} : { path }),
      ...(strip && { strip }),
      ...(isAll(domains.map(addressOf), own.map(addressOf)) ? {} : { sites: own.map(addressOf) }),
    })),
  };
}

const isAll = (all: string[], own: string[]): boolean => all.every((address) => own.includes(address));
