/** A route of a service, as a declaration and the settings write it. */
import { z } from "zod";
import { domainProblem } from "../shared/domains.ts";
import { PATH } from "../shared/path.ts";
import { checked, flag, port } from "./connectionSchema.ts";

const domain = checked("", domainProblem);

/** One domain or several. */
export const domains = z.union([domain, z.array(domain).min(1, "is empty; leave it out or name a domain")]);

const pathProblem = (path: string) => (PATH.test(path) ? undefined : 'is not a path; write "/api"');

export const routeSchema = z.strictObject({
  domain: domains
    .optional()
    .describe("Domain, or list of domains; the default is the service's, then the application's"),
  path: checked("", pathProblem).optional().describe("Prefix of its requests' paths; the default is all of them"),
  port: port.optional().describe("Port of the container that gets them; the default is the service's"),
  stripPrefix: flag
    .optional()
    .describe("The service gets the path without that prefix, which X-Forwarded-Prefix then holds"),
});

/** The routes of a service. */
export const routesSchema = z.array(routeSchema).min(1, "is empty; leave it out or write a route");

export type RouteSpec = z.output<typeof routeSchema>;
