/**
 * Which resources are taken over: those of an adopted repository, and what an update that was cut off had made on GitHub
 * without hearing of it. Most of what GitHub knows is simply written (secrets, labels, environments, permissions); only
 * what it refuses to make twice is imported. Import ids: the provider's documentation.
 */
import { Problems } from "../../shared/problems.ts";
import type { EnvironmentPlan } from "./environmentPlan.ts";
import { part } from "./names.ts";
import type { RepositoryPlan } from "./plan.ts";

export interface Existing {
  rulesets: { id: number; name: string }[];
  /** Patterns. */
  protections: string[];
  variables: string[];
  webhooks: { id: number; url: string }[];
  deployKeys: { id: number; key: string; title: string; readOnly: boolean }[];
}

type Candidate = [part: string, id: string | undefined];

/**
 * Pairs of resource name and import id.
 * @param key the repository's name in this program
 * @param kept names of what the stack has already: never imported again
 * @param existing what GitHub has; undefined: not asked yet, so that all that might be imported is given
 */
export function importsOf(
  key: string,
  plan: RepositoryPlan,
  kept: Set<string>,
  existing: Existing | undefined,
): [string, string][] {
  const repository = plan.general.name;
  const numbered = (found: { id: number } | undefined, separator = ":"): string | undefined =>
    found || !existing ? `${repository}${separator}${found?.id ?? "?"}` : undefined;
  const named = (name: string, among: string[] | undefined): string | undefined =>
    !among || among.includes(name) ? `${repository}:${name}` : undefined;
  const candidates: Candidate[] = [
    ["repository", repository],
    ...plan.rulesets.map(
      ({ name }): Candidate => [`ruleset-${name}`, numbered(existing?.rulesets.find((one) => one.name === name))],
    ),
    ...plan.protections.map(
      ({ pattern }): Candidate => [`protection-${pattern}`, named(pattern, existing?.protections)],
    ),
    ...Object.keys(plan.variables).map(
      (variable): Candidate => [`variable-${variable}`, named(variable, existing?.variables)],
    ),
    ...Object.entries(plan.webhooks).map(
      ([name, { configuration }]): Candidate => [
        `webhook-${name}`,
        numbered(
          existing?.webhooks.find(({ url }) => url === configuration.url),
          "/",
        ),
      ],
    ),
    ...Object.entries(plan.deployKeys).map(
      ([title, own]): Candidate => [
        `deploy-key-${title}`,
        numbered(existing?.deployKeys.find((one) => one.key === own.key)),
      ],
    ),
  ];
  return missing(key, candidates, kept);
}

/**
 * The same of an environment, whose variables are all that GitHub refuses twice.
 * @param name of the environment's component
 */
export function environmentImportsOf(
  name: string,
  repository: string,
  plan: EnvironmentPlan,
  kept: Set<string>,
  existing: string[] | undefined,
): [string, string][] {
  // The provider's own way to write a colon within a part of an import id.
  const environment = plan.name.replaceAll(":", "??");
  return missing(
    name,
    Object.keys(plan.variables).map(
      (variable): Candidate => [
        `variable-${variable}`,
        !existing || existing.includes(variable) ? `${repository}:${environment}:${variable}` : undefined,
      ],
    ),
    kept,
  );
}

function missing(name: string, candidates: Candidate[], kept: Set<string>): [string, string][] {
  return candidates.flatMap(([each, id]): [string, string][] => {
    const resource = `${name}-${part(each)}`;
    return id === undefined || kept.has(resource) ? [] : [[resource, id]];
  });
}

/** A deploy key cannot be changed, and GitHub does not take the same one twice. */
export function keyProblems(key: string, plan: RepositoryPlan, kept: Set<string>, existing: Existing): string[] {
  const problems = new Problems(key, "repository");
  for (const [title, own] of Object.entries(plan.deployKeys)) {
    const found = existing.deployKeys.find((one) => one.key === own.key);
    if (
      !found ||
      kept.has(`${key}-${part(`deploy-key-${title}`)}`) ||
      (found.title === title && found.readOnly === own.readOnly)
    )
      continue;
    problems.add(
      `deployKeys.${title}`,
      title,
      `is in the repository already as "${found.title}", ${found.readOnly ? "read only" : "allowed to write"}, and cannot be changed; declare it so, or delete it on GitHub`,
    );
  }
  return problems.found;
}
