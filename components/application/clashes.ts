import { Problems } from "../shared/problems.ts";

export interface Routed {
  application: string;
  hosts: string[];
  domains: { host: string }[];
}

/** On one host, a domain leads to one application: wherever it was declared. */
export function clashes(all: Routed[]): string[] {
  const owners = new Map<string, string>();
  return all.flatMap(({ application, hosts, domains }) => {
    const problems = new Problems(application);
    for (const domain of new Set(domains.map(({ host }) => host))) {
      const taken = hosts.find((host) => owners.has(`${host} ${domain}`));
      if (taken !== undefined) {
        problems.add(
          "domain",
          domain,
          `already leads to ${owners.get(`${taken} ${domain}`)} on the host ${taken}; give one of them another, also by slipway:applications.${application}.domain`,
        );
      }
      for (const host of hosts) owners.set(`${host} ${domain}`, owners.get(`${host} ${domain}`) ?? application);
    }
    return problems.found;
  });
}
