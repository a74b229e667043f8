/** What the proxy does for an application, as data: its host renders the Caddyfile (rollout/routeText.sh). */
import type { Route } from "../application/route.ts";
import type { Stack } from "./model.ts";

/** Name of the file in which the proxy looks up the address that takes a service's traffic. */
export const upstreamName = (application: string, service: string): string => `${application}.${service}`;

/** Undefined for an application without a domain. */
export function routeOf({ application, domains, services, hold }: Stack): Route | undefined {
  if (domains.length === 0) return undefined;
  const routed = services
    .filter(({ port }) => port !== undefined)
    .map(({ name, path = "" }) => ({ name, path: path.replace(/\/+$/, "") }))
    .sort((a, b) => b.path.length - a.path.length);
  return {
    hold,
    sites: domains.map(({ host, scheme }) => ({ scheme, host })),
    services: routed.map(({ name, path }) => ({
      name,
      upstream: upstreamName(application, name),
      ...(path === "" ? {} : { path }),
    })),
  };
}
