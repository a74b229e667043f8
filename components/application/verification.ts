/** What a new release is asked before users get it: through the proxy, and in its containers. */

import { addressOf, type Domain, parseDomain } from "../shared/domains.ts";
import { HEADER } from "../shared/names.ts";
import { PATH } from "../shared/path.ts";
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import type { ApplicationSpec, VerificationSpec } from "./declaration.ts";
import type { PlanContext, ServiceRoute, Verification } from "./model.ts";
import { oneOff } from "./oneOff.ts";
import { guardOf } from "./proxyRules.ts";

/** @param own names of the application's own services; undefined where they are not known */
export function verification(
  problems: Problems,
  spec: ApplicationSpec,
  context: PlanContext,
  own: string[] | undefined,
  domains: Domain[],
  routes: Record<string, ServiceRoute[]>,
): Verification {
  const given = spec.verification ?? {};
  const asked = typeof given.version === "string" ? { path: given.version } : given.version;
  const checks = (given.checks ?? []).map((check) =>
    typeof check === "string" ? { path: check, status: 200 } : checkOf(problems, check, domains),
  );
  checkPaths(problems, [...checks, asked, given.responseTime]);
  if (domains.length === 0) checkUnasked(problems, spec);
  checkSecrets(problems, spec, context.secretNames);
  return defined({
    version: asked ? { equals: context.settings.version, ...asked } : undefined,
    checks,
    responseTime: given.responseTime,
    headers: headers(problems, given),
    login: login(problems, given) ?? loginOfProxy(problems, checks, asked || undefined, domains, routes),
    command: oneOff(problems, "verification.command", given.command, own),
    certificateWithin:
      given.certificateWithin === undefined
        ? undefined
        : problems.time("verification.certificateWithin", given.certificateWithin, 0),
  });
}

type WrittenCheck = Exclude<NonNullable<VerificationSpec["checks"]>[number], string>;

/** One that is asked at another domain than the first one. */
function checkOf(
  problems: Problems,
  { path, status = 200, domain }: WrittenCheck,
  domains: Domain[],
): Verification["checks"][number] {
  if (domain === undefined) return { status, path };
  const meant = domains.find((one) => one.host === parseDomain(domain).host);
  if (meant === undefined)
    problems.add(
      "verification.checks",
      domain,
      `is no domain of the application; ${domains.length > 0 ? `it has ${domains.map(addressOf).join(", ")}` : "it has none"}`,
    );
  return { status, path, ...defined({ domain: meant }) };
}

function checkPaths(problems: Problems, all: ({ path: string } | false | undefined)[]): void {
  for (const { path } of all.filter((one) => one !== false && one !== undefined)) {
    if (!PATH.test(path)) problems.add("verification", path, 'is not a path; write "/api/v1/version"');
  }
}

/** Without a domain only the command runs. */
function checkUnasked(problems: Problems, { name, verification: given = {} }: ApplicationSpec): void {
  const { command: _, version, checks = [], ...rest } = given;
  if (!version && checks.length === 0 && Object.values(rest).every((value) => value === undefined)) return;
  problems.add(
    "verification",
    given,
    `would not run: it asks through the proxy, and there is no domain; give one (domain, or slipway:applications.${name}.domain), or remove it`,
  );
}

function checkSecrets(problems: Problems, { name, verification: given = {} }: ApplicationSpec, known: string[]): void {
  const sent: [string, string | undefined][] = [
    ...Object.entries(given.headers ?? {}).map(([header, value]): [string, string | undefined] => [
      `headers.${header}.secret`,
      typeof value === "string" ? undefined : value.secret,
    ]),
    ["login.password.secret", given.login?.password.secret],
  ];
  for (const [place, secret] of sent) {
    if (secret !== undefined && !known.includes(secret))
      problems.add(
        `verification.${place}`,
        secret,
        `is not a secret of the application; set slipway:secrets.${name}.${secret}`,
      );
  }
}

function headers(problems: Problems, { headers: given }: VerificationSpec): Verification["headers"] {
  if (given === undefined) return undefined;
  return Object.entries(given).map(([name, value]) => {
    const text = typeof value === "string" ? value : value.prefix;
    if (!HEADER.test(name))
      problems.add("verification.headers", name, 'is not a header that can be sent; write one like "X-Api-Key"');
    if (text !== undefined && (/[\r\n\0]/.test(text) || text === ""))
      problems.add(`verification.headers.${name}`, text, "is not one line of text; write what the header should say");
    return { name, ...defined({ value: text, secret: typeof value === "string" ? undefined : value.secret }) };
  });
}

/** Once users get the release it is asked as one of them, with the proxy's login. */
function loginOfProxy(
  problems: Problems,
  checks: Verification["checks"],
  asked: { path: string } | undefined,
  domains: Domain[],
  routes: Record<string, ServiceRoute[]>,
): Verification["login"] {
  const first = asked ?? checks[0];
  if (first === undefined) return undefined;
  const guard = guardOf(routes, ("domain" in first && (first.domain as Domain)) || domains[0], first.path);
  const known = guard.find(({ hashed }) => !hashed);
  if (guard.length > 0 && known === undefined)
    problems.add(
      "verification",
      first.path,
      "asks for a login of which only the hash is known; declare verification.login, or give the login its `password`",
    );
  return known && { user: known.user, secret: known.secret };
}

function login(problems: Problems, { login: given }: VerificationSpec): Verification["login"] {
  if (given === undefined) return undefined;
  if (!/^[^:\r\n\0]+$/.test(given.user))
    problems.add("verification.login.user", given.user, "is not a user's name; write it without a colon, in one line");
  return { user: given.user, secret: given.password.secret };
}
