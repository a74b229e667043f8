/** What the proxy does with requests, as a declaration and the settings write it. */

import { domainProblem } from "../shared/domains.ts";
import { HEADER, VARIABLE } from "../shared/names.ts";
import { PATH } from "../shared/path.ts";
import { bytesOf } from "../shared/size.ts";
import { z } from "../shared/zod.ts";
import { checked, flag, port } from "./connectionSchema.ts";

const domain = checked("", domainProblem);

/** One domain or several. */
export const domains = z.union([domain, z.array(domain).min(1, "is empty; leave it out or name a domain")]);

const path = checked("", (text) => (PATH.test(text) ? undefined : 'is not a path; write "/api"'));

const secretName = z.strictObject({
  secret: checked("", (name) => (VARIABLE.test(name) ? undefined : "is not the name of a secret, like LOGIN_PASSWORD")),
});

const login = z
  .strictObject({
    user: checked("", (user) =>
      /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/.test(user)
        ? undefined
        : "is not a user's name; use letters, digits, '.', '_', '@', '+' and '-'",
    ),
    password: secretName.optional(),
    hash: secretName.optional(),
  })
  .refine(
    ({ password, hash }) => (password === undefined) !== (hash === undefined),
    'needs one of `password: { secret: "NAME" }` and `hash: { secret: "NAME" }`',
  );

const headerValue = checked("", (text) =>
  /^[^\p{Cc}{}\\]{1,1000}$/u.test(text)
    ? undefined
    : "is not the value of a header in one line, without braces and backslashes",
);

const headers = z.record(z.string(), z.union([headerValue, z.literal(false)])).superRefine((given, context) => {
  for (const name of Object.keys(given).filter((one) => !HEADER.test(one)))
    context.addIssue({
      code: "custom",
      path: [name],
      message: 'is of a header that cannot be sent; write a name like "X-Frame-Options"',
    });
});

const maxBody = checked("", (text) =>
  bytesOf(text) === undefined ? 'is not a size; write one like "10MB" or "512KB"' : undefined,
);

/** What is done with the requests of a route. */
const TREATMENT = {
  login: z
    .union([login, z.array(login).min(1, "is empty; leave it out or name a user"), z.literal(false)])
    .optional()
    .describe(
      "Basic authentication: a user or a list of users, each with a secret of the application, `password` or `hash` (bcrypt); `false` for none",
    ),
  headers: headers.optional().describe("Headers of its answers, in place of the service's; `false` takes one away"),
  maxBody: maxBody.optional().describe('Largest body of a request, like "10MB"; what is larger is answered with 413'),
};

export const routeSchema = z.strictObject({
  domain: domains
    .optional()
    .describe("Domain, or list of domains; the default is the service's, then the application's"),
  path: path.optional().describe("Prefix of its requests' paths; the default is all of them"),
  port: port.optional().describe("Port of the container that gets them; the default is the service's"),
  stripPrefix: flag
    .optional()
    .describe("The service gets the path without that prefix, which X-Forwarded-Prefix then holds"),
  ...TREATMENT,
});

/** The routes of a service. */
export const routesSchema = z.array(routeSchema).min(1, "is empty; leave it out or write a route");

const CODES = [301, 302, 303, 307, 308] as const;

export const redirectSchema = z.strictObject({
  domain: domain
    .optional()
    .describe(
      "Its domain: one that no service has, or, with a path, one of the application's; the default is all of these",
    ),
  path: path.optional().describe("Its path alone, not what is below it; the default is every path"),
  to: checked("write where it leads", (text) =>
    REDIRECT.test(text)
      ? undefined
      : 'leads nowhere; write "https://example.com", which keeps path and query, or with a path of its own, or "/new"',
  ).describe("URL or path; one without a path keeps that of the request, and its query"),
  code: z
    .literal(CODES, `is not a redirect's status; write ${CODES.slice(0, -1).join(", ")} or ${CODES.at(-1)}`)
    .optional()
    .describe("Status of the answer; the default is 308: for good, with the same method"),
});

/** Of the places a redirect may lead to. On a host the proxy's configuration is checked for the same. */
const REDIRECT =
  /^(?:https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)?(?:\/[!#$%&()*+,./:;<=>?@^_|~0-9A-Za-z[\]-]*)?(?<=.)$/;

/** What the proxy does for an application. */
export const proxyRulesSchema = z.strictObject({
  ...TREATMENT,
  redirects: z.array(redirectSchema).optional().describe("Requests that are answered by a redirect"),
});

export type RouteSpec = z.output<typeof routeSchema>;
export type RedirectSpec = z.output<typeof redirectSchema>;
export type ProxyRules = z.output<typeof proxyRulesSchema>;
