/** Checks across declarations: each repository is declared once, and settings name only declared ones. */
import { Problems } from "../../shared/problems.ts";
import { keyOf } from "./environmentPlan.ts";
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
