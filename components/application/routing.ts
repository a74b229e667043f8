/** Which requests the application's services get. */
import type { RouteSpec } from "../settings/routeSchema.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { addressOf, type Domain, parseDomain } from "../shared/domains.ts";
import type { Problems } from "../shared/problems.ts";
import { defined, mapValues, omit } from "../shared/records.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import type { ServiceRoute } from "./model.ts";
import { treatmentOf } from "./proxyRules.ts";

/** What takes part in the routing: a service's keys that the settings' routes take the place of. */
const SHORT = ["domain", "path", "stripPrefix"] as const;

/** The port that a service's checks ask, and ports are published without: its own, else that of its first route. */
const withPort = (service: ServiceSpec): ServiceSpec => {
  const port = service.port ?? service.routes?.find((route) => route.port !== undefined)?.port;
  return port === undefined ? service : { ...service, port };
};

/** Every port of a service that takes requests, without repetition; the first one is its `port`. */
export const routedPorts = ({ port, routes = [] }: ServiceSpec): number[] =>
  port === undefined ? [] : [...new Set([port, ...routes.flatMap((route) => route.port ?? [])])];

/** The declaration with the routes that the settings have for it, and a port for each service that has a route. */
export function withRoutes(problems: Problems, spec: ApplicationSpec, settings: VersionedSettings): ApplicationSpec {
  const services = { ...spec.services };
  for (const [name, routes] of Object.entries(settings.routes)) {
    if (spec.compose === undefined && !Object.hasOwn(services, name))
      problems.setting(`routes.${name}`, name, `is no service; there are ${Object.keys(services).join(", ")}`);
    else services[name] = { ...omit(services[name] ?? {}, ...SHORT), routes };
  }
  for (const [name, service] of Object.entries(services)) checkShort(problems, settings, name, service);
  return {
    ...spec,
    ...(settings.proxy && { proxy: { ...spec.proxy, ...settings.proxy } }),
    ...(Object.keys(services).length > 0 && { services: mapValues(services, withPort) }),
  };
}

/** What is wrong with the routes of a service as they are written. */
function checkShort(problems: Problems, settings: VersionedSettings, name: string, service: ServiceSpec): void {
  const { port, routes = [] } = service;
  const refuse = reporting(problems, settings, name, service);
  for (const [index, route] of routes.entries()) {
    if (route.port === undefined && port === undefined)
      refuse(index, "port", route.port, `is missing; write it there, or services.${name}.port`);
  }
  if (service.routes !== undefined) {
    for (const key of ["path", "stripPrefix"] as const) {
      if (service[key] !== undefined)
        problems.add(`services.${name}.${key}`, service[key], "stands beside `routes`; write it in one of them");
    }
  } else if (port === undefined && service.domain !== undefined)
    problems.add(`services.${name}.domain`, service.domain, `needs a port; add services.${name}.port`);
  if (port !== undefined && routes.length > 0 && routes.every((route) => (route.port ?? port) !== port))
    problems.add(
      `services.${name}.port`,
      port,
      "gets no requests, as every route has a port of its own; take it out, or leave the port out of a route",
    );
}

/** Says what is wrong with a route in the place that it comes from. */
function reporting(problems: Problems, settings: VersionedSettings, name: string, service: ServiceSpec) {
  return (index: number, key: string, value: unknown, remedy: string): void => {
    if (Object.hasOwn(settings.routes, name)) problems.setting(`routes.${name}[${index}].${key}`, value, remedy);
    else
      problems.add(`services.${name}${service.routes === undefined ? "" : `.routes[${index}]`}.${key}`, value, remedy);
  };
}

/** Without slashes at the end; nothing for all paths. */
export const prefixOf = (path: string | undefined): string => (path ?? "").replace(/\/+$/, "");

/**
 * The routes of all own services, by service. Two routes for the same requests: one of them would never be asked.
 * @param spec as withRoutes gives it
 * @param own names of the services, in their order
 * @param shared domains of the services that have none of their own
 */
export function routesOf(
  problems: Problems,
  spec: ApplicationSpec,
  settings: VersionedSettings,
  own: string[],
  shared: Domain[],
): Record<string, ServiceRoute[]> {
  const owners = new Map<string, string>();
  return Object.fromEntries(
    own.map((name) => {
      const service = spec.services?.[name] ?? {};
      if (service.port === undefined) return [name, []];
      const refuse = reporting(problems, settings, name, service);
      const routes = writtenRoutes(service).map((route, index) => {
        const path = prefixOf(route.path);
        if (route.stripPrefix && path === "")
          refuse(index, "stripPrefix", true, "has no prefix to take away; write `path` beside it, or take it out");
        const domains = [route.domain ?? service.domain ?? []].flat();
        const mine = domains.length > 0 ? domains.map(parseDomain) : shared;
        const twice = domains.find((domain, at) => domains.indexOf(domain) < at);
        if (twice !== undefined) refuse(index, "domain", twice, "is named twice; remove one");
        const keys = (mine.length > 0 ? mine.map(addressOf) : [""]).map((address) => `${address} ${path}`);
        const owner = keys.map((key) => owners.get(key)).find((known) => known !== undefined);
        if (owner !== undefined && twice === undefined)
          refuse(index, "path", path === "" ? "/" : path, `is that of ${owner} already; ${another(owner === name)}`);
        for (const key of keys) owners.set(key, owners.get(key) ?? name);
        const port = route.port ?? service.port!;
        return { domains: mine, port, path, strip: route.stripPrefix ?? false, ...treatmentOf(route, spec.proxy) };
      });
      return [name, routes];
    }),
  );
}

const another = (isItself: boolean): string =>
  isItself ? "give one of them another path or domain" : "give one of them another path, or no port";

const writtenRoutes = ({ routes, domain, path, stripPrefix }: ServiceSpec): RouteSpec[] =>
  routes ?? [defined({ domain, path, stripPrefix })];

/** All domains, those of all services first, each once. */
export function allDomains(shared: Domain[], routes: Record<string, ServiceRoute[]>): Domain[] {
  const own = Object.values(routes).flatMap((all) => all.flatMap(({ domains }) => domains));
  const byAddress = new Map([...shared, ...own].map((domain) => [addressOf(domain), domain]));
  return [...byAddress.values()];
}
