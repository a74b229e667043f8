/** Declarations beside each other: each repository once, and settings only for those that are declared. */
import { Problems } from "../../shared/problems.ts";
import { keyOf } from "./environmentPlan.ts";
import type { RepositorySpec } from "./spec.ts";

/** GitHub takes names in letters of either case for the same, and settings know repositories without their owner. */
export function twice(specs: RepositorySpec[], owner: string | undefined): string[] {
  const full = (name: string): string => (name.includes("/") ? name : `${owner ?? ""}/${name}`).toLowerCase();
  return specs.flatMap((spec, index) => {
    const problems = new Problems(keyOf(spec), "repository");
    const before = specs.slice(0, index);
    const same = before.find((other) => keyOf(other).toLowerCase() === keyOf(spec).toLowerCase());
    if (before.some((other) => full(other.name) === full(spec.name))) {
      problems.add(
        "name",
        spec.name,
        "is declared twice; keep one of the declarations, in which `stack` names its one owner",
      );
    } else if (same) {
      problems.add(
        "name",
        spec.name,
        `has the name of "${same.name}" in this program, and settings could not tell them apart; give it another by \`key\``,
      );
    }
    return problems.found;
  });
}

export function unknown(named: string[], specs: RepositorySpec[]): string[] {
  const known = specs.map(keyOf);
  return named
    .filter((name) => !known.includes(name))
    .map(
      (name) =>
        `slipway:repositories.${name}: no repository of this name is declared; add repositories/${name}.ts, or correct the name (declared: ${known.join(", ") || "none"})`,
    );
}
