/** The proxy's route of an application, as a Caddyfile (https://caddyserver.com/docs/caddyfile). */
import type { Service } from "../application/model.ts";
import type { Route } from "../protocol/manifest.ts";
import type { Domain } from "../shared/domains.ts";

/**
 * Name of the file in which the proxy looks up the container that takes a service's traffic. With the port in it, a
 * route that still has the old port leads to the old container until the new route is there.
 */
export const upstreamName = (application: string, service: string, port: number): string =>
  `${application}.${service}.${port}`;

/**
 * The upstream's name is read from a file at every request, so that a switch needs no reload and cuts no connection.
 * Connections to containers are not kept, so that an open one is a request in flight.
 */
function proxyTo(application: string, service: Service, holdMs: number): string[] {
  return [
    `reverse_proxy {file./etc/caddy/upstreams/${upstreamName(application, service.name, service.port!)}}:${service.port} {`,
    `\tlb_try_duration ${holdMs}ms`,
    "\tlb_try_interval 100ms",
    "\tstream_close_delay 5m",
    "\ttransport http {",
    "\t\tkeepalive off",
    "\t\tdial_timeout 2s",
    "\t}",
    "}",
  ];
}

const indent = (lines: string[]): string[] => lines.map((text) => `\t${text}`);

export function renderRoute(application: string, domains: Domain[], services: Service[], holdMs: number): string {
  const routed = services.filter((service) => service.port !== undefined);
  const byPath = [...routed].sort((a, b) => (b.path ?? "").length - (a.path ?? "").length);
  const addresses = domains.map(({ host, scheme }) => (scheme === "http" ? `http://${host}` : host));
  const body = byPath.flatMap((service) => {
    const to = proxyTo(application, service, holdMs);
    if (byPath.length === 1 && service.path === undefined) return to;
    const prefix = service.path?.replace(/\/+$/, "");
    // A named matcher, as `handle /api*` would take /apix too.
    return prefix
      ? [`@${service.name} path ${prefix} ${prefix}/*`, `handle @${service.name} {`, ...indent(to), "}"]
      : ["handle {", ...indent(to), "}"];
  });
  return [`${addresses.join(", ")} {`, ...indent(body), "}", ""].join("\n");
}

/** What the manifest says of the route; undefined for an application without a domain. */
export function routeOf(application: string, domains: Domain[], services: Service[], hold: number): Route | undefined {
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
      upstream: `${application}.${name}`,
      ...(path === "" ? {} : { path }),
    })),
  };
}
