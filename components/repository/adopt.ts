/**
 * Which resources are taken over: of an adopted repository, and what an update that was cut off had made on GitHub
 * without hearing of it. Most of what GitHub knows is simply written (secrets, labels,
 * environments, permissions); only what it refuses to make twice is imported. Import ids: the provider's documentation.
 */
import type { EnvironmentPlan } from "./environmentPlan.ts";
import type { RepositoryPlan } from "./normalise.ts";
import { part } from "./names.ts";

export interface Existing {
  rulesets: { id: number; name: string }[];
  /** Patterns. */
  protections: string[];
  variables: string[];
  webhooks: { id: number; url: string }[];
  deployKeys: { id: number; key: string }[];
}

/**
 * Pairs of resource name and import id.
 * @param kept names of what the stack has already: never imported again
 * @param existing what GitHub has; undefined: not asked yet, so that only the possible names count
 */
export function importsOf(name: string, repository: string, plan: RepositoryPlan, kept: Set<string>, existing: Existing | undefined): [string, string][] {
  const all: [key: string, id: string | number | undefined][] = [
    ["repository", repository],
    ...plan.rulesets.map((own): [string, string | number | undefined] => [`ruleset-${own.name}`, existing ? id(repository, existing.rulesets.find((one) => one.name === own.name)?.id) : "?"]),
    ...plan.protections.map(({ pattern }): [string, string | undefined] => [`protection-${pattern}`, !existing || existing.protections.includes(pattern) ? `${repository}:${pattern}` : undefined]),
    ...Object.keys(plan.variables).map((variable): [string, string | undefined] => [`variable-${variable}`, !existing || existing.variables.includes(variable) ? `${repository}:${variable}` : undefined]),
    ...Object.entries(plan.webhooks).map(([key, hook]): [string, string | undefined] => [`webhook-${key}`, existing ? id(repository, existing.webhooks.find(({ url }) => url === hook.configuration.url)?.id, "/") : "?"]),
    ...Object.entries(plan.deployKeys).map(([key, own]): [string, string | undefined] => [`deploy-key-${key}`, existing ? id(repository, existing.deployKeys.find((one) => one.key === own.key)?.id) : "?"]),
  ];
  return missing(name, all, kept);
}

/** The same of an environment, whose variables are all that GitHub refuses twice. */
export function environmentImportsOf(name: string, repository: string, plan: EnvironmentPlan, kept: Set<string>, existing: string[] | undefined): [string, string][] {
  const environment = plan.name.replaceAll(":", "??");
  return missing(name, Object.keys(plan.variables).map((variable) =>
    [`variable-${variable}`, !existing || existing.includes(variable) ? `${repository}:${environment}:${variable}` : undefined]), kept);
}

function missing(name: string, all: [key: string, id: string | number | undefined][], kept: Set<string>): [string, string][] {
  return all.flatMap(([key, found]): [string, string][] => {
    const resource = `${name}-${part(key)}`;
    return found === undefined || kept.has(resource) ? [] : [[resource, String(found)]];
  });
}

const id = (repository: string, number: number | undefined, separator = ":"): string | undefined => (number === undefined ? undefined : `${repository}${separator}${number}`);
