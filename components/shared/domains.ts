/** Domains that a proxy answers: one rule, wherever they are written. */

export interface Domain {
  host: string;
  scheme: "http" | "https";
}

export const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** `http://` in front: without TLS. Judges nothing. */
export function parseDomain(written: string): Domain {
  const host = written.replace(/^https?:\/\//, "");
  return { host, scheme: written.startsWith("http://") ? "http" : "https" };
}

/** How a domain is written, in Caddy's files too. */
export const addressOf = ({ host, scheme }: Domain): string => (scheme === "http" ? `http://${host}` : host);

/** What is wrong with a domain, to be put after its value; undefined if nothing is. */
export function domainProblem(written: string): string | undefined {
  const { host } = parseDomain(written);
  if (HOST.test(host)) return undefined;
  if (/^[^\s/]+:\/\/|^[^\s/]+\/\S*$/.test(host))
    return 'is a URL with a path; write "shop.example.org", or "http://shop.home" for one without TLS';
  return 'is not a domain; write it in lowercase ASCII letters, like "shop.example.org" (punycode for others: "xn--…")';
}

/** The domains of an application, and the hosts whose proxies answer them. */
export interface Routed {
  application: string;
  hosts: string[];
  domains: string[];
}

/** A domain that on one host leads to another application already. */
export interface DomainClash {
  application: string;
  domain: string;
  owner: string;
  host: string;
}

/** On one host, a domain leads to one application. The first one keeps it; every other is a clash. */
export function domainClashes(all: Routed[]): DomainClash[] {
  const owners = new Map<string, Map<string, string>>();
  return all.flatMap(({ application, hosts, domains }) =>
    [...new Set(domains)].flatMap((domain) => {
      const known = owners.get(domain) ?? new Map<string, string>();
      owners.set(domain, known);
      const host = hosts.find((name) => known.has(name));
      const clash = host === undefined ? [] : [{ application, domain, owner: known.get(host)!, host }];
      for (const name of hosts) if (!known.has(name)) known.set(name, application);
      return clash;
    }),
  );
}

/** The way out of a clash, to be put after the domain. */
export const clashProblem = ({ owner, host }: DomainClash): string =>
  `already leads to ${owner} on the host ${host}; give each a domain of its own`;
