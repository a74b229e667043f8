/** Declarations beside each other: each repository once, and settings only for those that are declared. */
import { Problems } from "../application/problems.ts";
import { shortName } from "./environmentPlan.ts";
import type { RepositorySpec } from "./spec.ts";

/** GitHub takes names in letters of either case for the same, and settings know repositories without their owner. */
export function twice(specs: RepositorySpec[], owner: string | undefined): string[] {
  const full = (name: string): string => (name.includes("/") ? name : `${owner ?? ""}/${name}`).toLowerCase();
  return specs.flatMap((spec, index) => {
    const problems = new Problems(shortName(spec.name), "repository");
    const first = specs.find((other) => shortName(other.name).toLowerCase() === shortName(spec.name).toLowerCase())!;
    if (specs.indexOf(first) === index) return [];
    problems.add("name", spec.name, full(first.name) === full(spec.name)
      ? "is declared twice; keep one of the declarations, in which `stack` names its one owner"
      : `has the short name of "${first.name}", and settings could not tell them apart; deploy one of them from another program`);
    return problems.found;
  });
}

export function unknown(named: string[], specs: RepositorySpec[]): string[] {
  const known = specs.map(({ name }) => shortName(name));
  return named.filter((name) => !known.includes(name)).map((name) =>
    `slipway:repositories.${name}: no repository of this name is declared; add repositories/${name}.ts, or correct the name (declared: ${known.join(", ") || "none"})`);
}
