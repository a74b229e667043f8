import { clashProblem, domainClashes, type Routed } from "../shared/domains.ts";
import { Problems } from "../shared/problems.ts";

/** @param inSettings the applications whose domains the settings give; others declare them */
export function clashes(all: Routed[], inSettings: string[]): string[] {
  return domainClashes(all).flatMap((clash) => {
    const { application, domain } = clash;
    const problems = new Problems(application);
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
