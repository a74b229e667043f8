/** What the proxy does for an application, as data: its host renders the Caddyfile (rollout/routeText.sh). */
import type { Service } from "../application/model.ts";
import type { Route } from "../application/route.ts";
import { addressOf, type Domain } from "../shared/domains.ts";
import { fingerprint } from "../shared/fingerprint.ts";
import { defined } from "../shared/records.ts";
import type { Release, Stack } from "./model.ts";

/** Name of the file in which the proxy looks up the address that takes the traffic of a service's port. */
export const upstreamName = (application: string, { name, ports }: Pick<Service, "name" | "ports">, port: number) =>
  port === ports[0] ? `${application}.${name}` : `${application}.${name}@${port}`;

/** Undefined for an application without a domain. */
export function routeOf(stack: Stack): Route | undefined {
  const { application, domains, services, hold } = stack;
  if (domains.length === 0) return undefined;
  const led = domains.filter((domain) => !isRedirected(stack, domain)).map(addressOf);
  const routed = services
    .flatMap((service) => service.routes.map((route) => ({ service, ...route })))
    .filter((route) => route.domains.length > 0)
    .sort((a, b) => b.path.length - a.path.length);
  return {
    hold,
    sites: domains.map((domain) => ({ scheme: domain.scheme, host: domain.host, ...redirectsAt(stack, domain) })),
    services: routed.map(({ service, port, path, strip, domains: own, logins, headers, maxBody }) => ({
      name: service.name,
      upstream: upstreamName(application, service, port),
      ...(service.replicas > 1 && { replicas: service.replicas }),
      ...(path === "" ? {} : { path }),
      ...(strip && { strip }),
      ...(led.length === domains.length && isAll(led, own.map(addressOf)) ? {} : { sites: own.map(addressOf) }),
      ...defined({
        logins: logins?.map(({ user, secret, hashed }) => ({
          user,
          file: loginFile(stack, secret).below,
          ...(hashed && { hashed }),
        })),
        headers,
        maxBody,
      }),
    })),
  };
}

/** All of its requests are. */
const isRedirected = ({ redirects }: Stack, domain: Domain): boolean =>
  redirects.some((one) => one.path === undefined && one.domain && addressOf(one.domain) === addressOf(domain));

function redirectsAt(stack: Stack, domain: Domain): Pick<Route["sites"][number], "redirects"> {
  const isWhole = isRedirected(stack, domain);
  const mine = stack.redirects.filter(({ domain: own }) =>
    own === undefined ? !isWhole : addressOf(own) === addressOf(domain),
  );
  return mine.length > 0 ? { redirects: mine.map(({ domain: _, ...rest }) => rest) } : {};
}

/** A login's secret as a file on the host: its place changes with it, and so does the route. */
function loginFile({ application, secrets }: Stack, secret: string): { below: string; content: string } {
  const content = secrets[secret] ?? "";
  return { below: `${fingerprint(`login\n${secret}\n${content}`, application)}/${secret}`, content };
}

/** The files of all logins. */
export const loginFiles = (stack: Stack): Release["secretFiles"] =>
  Object.fromEntries(
    stack.services
      .flatMap(({ routes }) => routes.flatMap(({ logins = [] }) => logins))
      .map(({ secret }) => loginFile(stack, secret))
      .map(({ below, content }) => [below, { content }]),
  );

const isAll = (all: string[], own: string[]): boolean => all.every((address) => own.includes(address));
