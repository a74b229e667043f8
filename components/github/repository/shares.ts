/** The shares that a stack has in repositories: pure, for the program and the command. */
import type { Settings } from "../../settings/types.ts";
import { DeclarationError } from "../../shared/problems.ts";
import { defined } from "../../shared/records.ts";
import { keyOf } from "./environmentPlan.ts";
import { duplicateDeclarations, undeclaredSettings, unsharedExemptions } from "./ownership.ts";
import { planRepository, type StackShare } from "./plan.ts";
import { shapeProblems } from "./shape.ts";
import type { RepositorySpec } from "./spec.ts";

type StackSettings = Pick<Settings<unknown>, "github" | "hosts" | "policies" | "repositories">;

export interface Shares {
  /** Of the declarations in which the stack has a share. */
  plans: { spec: RepositorySpec; plan: StackShare }[];
  problems: string[];
}

export function sharesOf(written: RepositorySpec[], settings: StackSettings, stack: string): Shares {
  const misshapen = written.flatMap(shapeProblems);
  if (misshapen.length > 0) return { plans: [], problems: misshapen };
  const problems = [
    ...duplicateDeclarations(written, settings.github.owner),
    ...undeclaredSettings(Object.keys(settings.repositories), written),
  ];
  const plans = written.flatMap((spec) => {
    try {
      const plan = planRepository(spec, contextOf(keyOf(spec), settings, stack));
      return plan.whole || plan.environment ? [{ spec, plan }] : [];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  // Of a declaration that has problems nothing is known.
  if (problems.length === 0)
    problems.push(
      ...unsharedExemptions(
        settings.policies,
        plans.map(({ plan }) => plan),
      ),
    );
  return { plans, problems };
}

function contextOf(name: string, settings: StackSettings, stack: string): Parameters<typeof planRepository>[1] {
  const ofRepository = Object.hasOwn(settings.repositories, name) ? settings.repositories[name] : undefined;
  const { owner, keySeed } = settings.github;
  return {
    stack,
    hosts: settings.hosts,
    hasKeySeed: keySeed !== undefined,
    ...defined({ owner }),
    ...(ofRepository ? { settings: { ...ofRepository, secretNames: Object.keys(ofRepository.secrets).sort() } } : {}),
  };
}
