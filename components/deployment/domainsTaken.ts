/** Domains that a host's proxy leads to another application now: two cannot have one, and none may be moved by chance. */
import type { HostSeen } from "../protocol/inspect.ts";
import { inWords, isForeign } from "./owner.ts";

export interface Wanted {
  application: string;
  host: string;
  own: string;
  domains: string[];
}

/**
 * Refused although this `pulumi up` may take the domain from the other one: both change at the same time, and what
 * comes first is not known.
 * @returns what is wrong, a line for each domain
 */
export function domainsTaken({ application, host, own, domains }: Wanted, running: HostSeen["applications"]): string[] {
  return Object.entries(running)
    .filter(([name]) => name !== application)
    .flatMap(([name, other]) =>
      domains
        .filter((domain) => other.domains?.includes(domain))
        .map((domain) => {
          const theirs = isForeign(other.owner, own) ? `, which belongs to ${inWords(other.owner)}` : "";
          return (
            `slipway:applications.${application}.domain: ${JSON.stringify(domain)} leads to ${name} on ${host} now${theirs}; ` +
            `take it from ${name} (or remove ${name}) and run pulumi up, then give it to ${application} and run it again; it answers 404 in between`
          );
        }),
    );
}
