/**
 * Which resources are imported: those of an adopted repository, and those that an interrupted update created on GitHub
 * without recording them. Most things (secrets, labels, environments, permissions) are simply overwritten; only what
 * GitHub refuses to create twice is imported. Import ids: see the provider's documentation.
 */
import { Problems } from "../../shared/problems.ts";
import type { GitHubEnvironmentPlan } from "./environmentPlan.ts";
import { resourceNamePart } from "./names.ts";
import type { RepositoryPlan } from "./plan.ts";

export interface Existing {
  rulesets: { id: number; name: string }[];
  /** Patterns. */
  protections: string[];
  variables: string[];
  webhooks: { id: number; url: string }[];
  deployKeys: { id: number; key: string; title: string; readOnly: boolean }[];
}

type Candidate = [nameSuffix: string, id: string | undefined];

/**
 * Pairs of resource name and import id.
 * @param key the repository's name in this program
 * @param kept names of resources already in the stack: never imported again
 * @param existing what GitHub has; undefined: not asked yet, so everything that might be imported is returned
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
      ({ name }): Candidate => [
        `ruleset-${name}`,
        numbered(existing?.rulesets.find((ruleset) => ruleset.name === name)),
      ],
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
      ([title, { key: publicKey }]): Candidate => [
        `deploy-key-${title}`,
        numbered(existing?.deployKeys.find((deployKey) => deployKey.key === publicKey)),
      ],
    ),
  ];
  return missing(key, candidates, kept);
}

/**
 * The same for an environment, where variables are the only thing GitHub refuses to create twice.
 * @param name name of the environment's component
 */
export function environmentImportsOf(
  name: string,
  repository: string,
  plan: GitHubEnvironmentPlan,
  kept: Set<string>,
  existing: string[] | undefined,
): [string, string][] {
  // The provider's escape for a colon inside a segment of an import id.
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
  return candidates.flatMap(([suffix, id]): [string, string][] => {
    const resource = `${name}-${resourceNamePart(suffix)}`;
    return id === undefined || kept.has(resource) ? [] : [[resource, id]];
  });
}

/** A deploy key cannot be changed, and GitHub does not accept the same one twice. */
export function keyProblems(key: string, plan: RepositoryPlan, kept: Set<string>, existing: Existing): string[] {
  const problems = Problems.ofRepository(key);
  for (const [title, declared] of Object.entries(plan.deployKeys)) {
    const found = existing.deployKeys.find((deployKey) => deployKey.key === declared.key);
    if (
      !found ||
      kept.has(`${key}-${resourceNamePart(`deploy-key-${title}`)}`) ||
      (found.title === title && found.readOnly === declared.readOnly)
    )
      continue;
    problems.add(
      `deployKeys.${title}`,
      title,
      `is already in the repository as "${found.title}", ${found.readOnly ? "read-only" : "with write access"}, and cannot be changed; declare it that way, or delete it on GitHub`,
    );
  }
  return problems.found;
}
