/** Checks across declarations: each repository is declared once, and settings name only declared ones. */

import { subjectOf } from "../../policies/rules.ts";
import type { PolicySettings } from "../../policies/schema.ts";
import { Problems } from "../../shared/problems.ts";
import { keyOf } from "./environmentPlan.ts";
import type { StackShare } from "./plan.ts";
import type { RepositorySpec } from "./spec.ts";

/** GitHub ignores the case of names, and settings name repositories without their owner. */
export function duplicateDeclarations(specs: RepositorySpec[], owner: string | undefined): string[] {
  const fullName = (name: string): string => (name.includes("/") ? name : `${owner ?? ""}/${name}`).toLowerCase();
  return specs.flatMap((spec, index) => {
    const problems = Problems.ofRepository(keyOf(spec));
    const earlier = specs.slice(0, index);
    const namesake = earlier.find((other) => keyOf(other).toLowerCase() === keyOf(spec).toLowerCase());
    if (earlier.some((other) => fullName(other.name) === fullName(spec.name))) {
      problems.add("name", spec.name, "is declared twice; keep one declaration, and name its one owner in `stack`");
    } else if (namesake) {
      problems.add(
        "name",
        spec.name,
        `has the same name in this program as "${namesake.name}", and settings could not tell them apart; give it a different \`key\``,
      );
    }
    return problems.found;
  });
}

export function undeclaredSettings(names: string[], specs: RepositorySpec[]): string[] {
  const declared = specs.map(keyOf);
  return names
    .filter((name) => !declared.includes(name))
    .map(
      (name) =>
        `slipway:repositories.${name}: no repository of this name is declared; add repositories/${name}.ts, or correct the name (declared: ${declared.join(", ") || "none"})`,
    );
}

/** Exemptions in a stack's settings of what the stack has no share in: they would match nothing, and nothing would say so. */
export function unsharedExemptions(
  { exemptions }: Pick<PolicySettings, "exemptions">,
  shares: readonly StackShare[],
): string[] {
  const problems = Problems.ofSettings();
  for (const [index, { rule, repository, environment }] of exemptions.entries()) {
    if (repository === undefined) continue;
    const share = shares.find(({ key }) => key === repository);
    const names = share?.environments.map(({ plan }) => plan.name) ?? [];
    const at = (key: string, value: string, problem: string): void =>
      problems.add(
        ["policies", "exemptions", index, key],
        value,
        `${problem}; correct the name, or take the exemption out`,
      );
    if (share === undefined) at("repository", repository, "is no repository in which this stack has a share");
    else if (subjectOf(rule) === "repository" && share.whole === undefined)
      at("repository", repository, "is owned by another stack, and judged there");
    else if (environment !== undefined && !names.includes(environment))
      at(
        "environment",
        environment,
        `is no environment that this stack has there (it has ${names.join(", ") || "none"})`,
      );
  }
  return problems.found;
}
