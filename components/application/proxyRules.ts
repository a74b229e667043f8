/** What the proxy does with requests, beside leading them to services: logins, headers, sizes, redirects. */
import type { ProxyRules, RedirectSpec, RouteSpec } from "../settings/routeSchema.ts";
import type { VersionedSettings } from "../settings/types.ts";
import { addressOf, type Domain, parseDomain } from "../shared/domains.ts";
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import { bytesOf } from "../shared/size.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { Login, Redirect, ServiceRoute } from "./model.ts";

type WrittenLogin = ProxyRules["login"];

const loginsOf = (written: WrittenLogin): Login[] =>
  [written || []].flat().map(({ user, password, hash }) => ({
    user,
    secret: (password ?? hash)!.secret,
    hashed: hash !== undefined,
  }));

/** What is done with a route's requests: as it says itself, else as the application says. */
export function treatmentOf(
  route: RouteSpec,
  rules: ProxyRules = {},
): Pick<ServiceRoute, "logins" | "headers" | "maxBody"> {
  const logins = loginsOf(route.login ?? rules.login);
  const headers = Object.entries({ ...rules.headers, ...route.headers }).map(([name, value]) =>
    value === false ? { name } : { name, value },
  );
  const size = route.maxBody ?? rules.maxBody;
  return defined({
    logins: logins.length > 0 ? logins : undefined,
    headers: headers.length > 0 ? headers : undefined,
    maxBody: size === undefined ? undefined : bytesOf(size),
  });
}

/** Names of the secrets that are there for logins. */
export const loginSecrets = ({ proxy, services = {} }: ApplicationSpec): string[] =>
  [proxy?.login, ...Object.values(services).flatMap(({ routes = [] }) => routes.map(({ login }) => login))]
    .flatMap(loginsOf)
    .map(({ secret }) => secret);

/** Logins whose secret the application does not have. */
export function checkLogins(
  problems: Problems,
  routes: Record<string, ServiceRoute[]>,
  application: string,
  known: string[],
): void {
  const missing = Object.entries(routes).flatMap(([name, all]) =>
    all.flatMap(({ logins = [] }) => logins.map(({ secret }) => ({ name, secret }))),
  );
  const told = new Set<string>();
  for (const { name, secret } of missing.filter((one) => !known.includes(one.secret))) {
    if (told.has(secret)) continue;
    told.add(secret);
    problems.add(
      `services.${name}: login`,
      secret,
      `is not a secret of the application; set slipway:secrets.${application}.${secret}`,
    );
  }
}

/** @param served domains that lead to services */
export function redirectsOf(
  problems: Problems,
  spec: ApplicationSpec,
  settings: VersionedSettings,
  served: Domain[],
): Redirect[] {
  const known = served.map(addressOf);
  const seen = new Set<string>();
  return (spec.proxy?.redirects ?? []).map((written, index) => {
    const redirect = { ...written, domain: written.domain === undefined ? undefined : parseDomain(written.domain) };
    const wrong = redirectProblem(redirect, known);
    const key = `${redirect.domain ? addressOf(redirect.domain) : ""} ${redirect.path ?? ""}`;
    const refuse = (remedy: string): void => {
      const path = `proxy.redirects[${index}]`;
      const value = written.domain ?? written.path ?? written.to;
      if (settings.proxy?.redirects === undefined) problems.add(path, value, remedy);
      else problems.setting(path, value, remedy);
    };
    if (wrong !== undefined) refuse(wrong);
    else if (seen.has(key)) refuse("is redirected already; take one of them out");
    seen.add(key);
    return {
      ...defined({ domain: redirect.domain, path: redirect.path }),
      to: redirect.to,
      code: redirect.code ?? 308,
    };
  });
}

type Written = Omit<RedirectSpec, "domain"> & { domain: Domain | undefined };

function redirectProblem({ domain, path, to }: Written, served: string[]): string | undefined {
  const isServed = domain !== undefined && served.includes(addressOf(domain));
  if (domain === undefined && path === undefined)
    return "is where all requests would be led; write its domain, or a path";
  if (path === undefined && isServed) return "leads to services, too; take the domain from them, or write a path";
  if (path !== undefined && domain !== undefined && !isServed)
    return "is the domain of no service, so everything but that path would be answered by nobody; leave the path out";
  const target = /^https?:\/\/([^/:]*)/.exec(to)?.[1];
  if (domain !== undefined && path === undefined && (target === undefined || target === domain.host))
    return "would be led to itself; write another domain in `to`";
  return undefined;
}

/** The logins that a request meets: those of the route with the longest path. */
export function guardOf(routes: Record<string, ServiceRoute[]>, domain: Domain | undefined, path: string): Login[] {
  if (domain === undefined) return [];
  const [route] = Object.values(routes)
    .flat()
    .filter((one) => one.domains.some((own) => addressOf(own) === addressOf(domain)))
    .filter((one) => one.path === "" || path === one.path || path.startsWith(`${one.path}/`))
    .sort((a, b) => b.path.length - a.path.length);
  return route?.logins ?? [];
}
