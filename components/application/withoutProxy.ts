/** Hosts for which the settings want no proxy: an application may only publish ports there, and the plan says what that costs. */
import type { Domain } from "../shared/domains.ts";
import type { ApplicationSpec } from "./declaration.ts";
import type { PlanContext, Service } from "./model.ts";

/** @returns what the plan tells; of a domain, the host says whether another stack's proxy leads to it (objections.ts) */
export function withoutProxy(
  spec: ApplicationSpec,
  { withoutProxy: hosts = [] }: PlanContext,
  domains: Domain[],
  services: Pick<Service, "ports">[],
  published: number[],
): string[] {
  const alone = domains.length === 0 && services.every(({ ports }) => ports.length === 0) && published.length > 0;
  if (hosts.length === 0 || !alone) return [];
  return [
    `apps: ${spec.name}: publishes a port of ${hosts.join(", ")} without Slipway's proxy: while a new version takes the old one's place its requests fail, as nobody holds them, ` +
      "and users reach it before it is verified, as nothing switches between the two; certificates and domains are what you put in front",
  ];
}
