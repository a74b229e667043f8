/** Where an application's domains come from, and what is wrong with them. */
import type { VersionedSettings } from "../settings/types.ts";
import {
  clashProblem,
  type Domain,
  domainClashes,
  domainProblem,
  parseDomain,
  type Routed,
} from "../shared/domains.ts";
import { Problems } from "../shared/problems.ts";
import type { ApplicationSpec } from "./declaration.ts";

export function domains(problems: Problems, spec: ApplicationSpec, settings: VersionedSettings): Domain[] {
  const given = settings.domains ?? (spec.domain === undefined ? [] : [spec.domain].flat());
  const all = given.map(parseDomain);
  for (const [index, { host, scheme }] of all.entries()) {
    const wrong = domainProblem(given[index]!);
    if (wrong !== undefined) reportDomain(problems, settings, given[index]!, wrong);
    if (all.findIndex((other) => other.host === host && other.scheme === scheme) < index)
      reportDomain(problems, settings, given[index]!, "is named twice; remove one");
  }
  return all;
}

/** Says what is wrong with a domain in the place that it comes from. */
export function reportDomain(problems: Problems, settings: VersionedSettings, domain: string, remedy: string): void {
  if (settings.domains === undefined) problems.add("domain", domain, remedy);
  else problems.setting("domain", domain, remedy);
}

/** @param inSettings the applications whose domains the settings give; others declare them */
export function clashes(all: Routed[], inSettings: string[]): string[] {
  return domainClashes(all).flatMap((clash) => {
    const { application, domain } = clash;
    const problems = Problems.ofApplication(application);
    if (inSettings.includes(application)) problems.setting("domain", domain, clashProblem(clash));
    else
      problems.add(
        "domain",
        domain,
        `${clashProblem(clash)} (slipway:applications.${application}.domain takes the place of the declared one)`,
      );
    return problems.found;
  });
}
