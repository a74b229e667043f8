/** From a branch model, named or custom, to rules in one shape. */

import type { Problems } from "../../shared/problems.ts";
import { defined } from "../../shared/records.ts";
import type { BranchModel, CheckSpec, ReviewSpec, RulesSpec } from "./branchSpec.ts";
import { checkPatterns, duplicates } from "./names.ts";
import { presetOf } from "./presets.ts";
import type { RepositorySpec } from "./spec.ts";

export interface Check {
  name: string;
  app?: number;
}

/** A protected group of branches. */
export interface Rule {
  name: string;
  patterns: string[];
  checks: Check[];
  strict: boolean;
  /** Absent: pushes are allowed without a pull request. */
  reviews?: Required<ReviewSpec>;
  linearHistory: boolean;
  signedCommits: boolean;
  mergeQueue: boolean;
  forcePush: boolean;
  deletion: boolean;
}

export interface Branches {
  default: string;
  /** Created from the default branch. */
  create: string[];
  rules: Rule[];
  /** Names that a new branch may have; absent: any. */
  names?: string[];
}

/** `**` matches across slashes. */
const GITFLOW_WORK = ["feature/**/*", "bugfix/**/*"];
const GITFLOW_RELEASE = "release/**/*";
/** Branches that tools create, GitHub's button "Revert" among them, whose name ends in that of the branch; no model may block them. */
const TOOLS = [
  "dependabot/**/*",
  "renovate/**/*",
  "revert-*",
  "revert-*/**/*",
  "slipway/**/*",
  "gh-readonly-queue/**/*",
];

const TRUNK: BranchModel = { rules: [{ name: "main", patterns: ["main"] }] };
const GITFLOW: BranchModel = {
  create: ["develop"],
  rules: [
    { name: "main", patterns: ["main"], linearHistory: false },
    { name: "develop", patterns: ["develop"], linearHistory: false },
    { name: "release", patterns: [GITFLOW_RELEASE], linearHistory: false, deletion: true },
  ],
};

/** Whether it is a branch's name, and not a pattern of several. */
const isLiteral = (pattern: string): boolean => !/[*?[\]{}]/.test(pattern);

export function branchesOf(problems: Problems, spec: RepositorySpec): Branches {
  const branches = spec.branches ?? "trunk";
  if (typeof branches === "string" && branches !== "trunk" && branches !== "gitflow") {
    problems.add("branches", branches, 'is not a branch model; write "trunk", "gitflow", or custom rules');
  }
  const model = modelOf(branches);
  checkRules(problems, "rules", spec.rules ?? {});
  if (spec.rules?.mergeQueue && !model.rules.some(({ patterns }) => patterns.every(isLiteral)))
    problems.add(
      "rules.mergeQueue",
      true,
      "is for single branches alone, and all rules have patterns; give a branch a rule of its own",
    );
  if (typeof branches === "object") checkModel(problems, branches);
  const head = model.default ?? "main";
  return {
    default: head,
    create: (model.create ?? []).filter((branch) => branch !== head),
    rules: model.rules.map((rule) => ruleOf(spec, rule)),
    ...(branches === "gitflow" ? { names: [head, "develop", ...GITFLOW_WORK, GITFLOW_RELEASE, ...TOOLS] } : {}),
  };
}

function modelOf(branches: NonNullable<RepositorySpec["branches"]>): BranchModel {
  if (typeof branches === "object") return branches;
  return branches === "gitflow" ? GITFLOW : TRUNK;
}

function checkModel(problems: Problems, model: BranchModel): void {
  checkPatterns(problems, "branches.default", [model.default ?? "main"], { wildcards: false });
  checkPatterns(problems, "branches.create", model.create ?? [], { wildcards: false });
  for (const name of duplicates(model.rules.map((rule) => rule.name))) {
    problems.add("branches.rules", name, "is the name of two rulesets; give each its own name");
  }
  for (const rule of model.rules) {
    const place = `branches.rules.${rule.name}`;
    if (rule.name.trim() === "" || rule.name.length > 100)
      problems.add("branches.rules", rule.name, "is not a ruleset name; write 1 to 100 characters");
    if (rule.patterns.length === 0) problems.add(`${place}.patterns`, [], 'is empty; list branches, like ["main"]');
    checkPatterns(problems, `${place}.patterns`, rule.patterns);
    checkRules(problems, place, rule);
    if (rule.mergeQueue && !rule.patterns.every(isLiteral))
      problems.add(
        `${place}.mergeQueue`,
        rule.patterns,
        "have a queue, which GitHub has for single branches alone; name them",
      );
  }
}

function checkRules(problems: Problems, place: string, { reviews, checks = [] }: RulesSpec): void {
  const required = typeof reviews === "object" ? reviews.required : reviews;
  if (typeof required === "number" && !(Number.isInteger(required) && required >= 0 && required <= 6)) {
    problems.add(`${place}.reviews`, required, "is not a number of reviews; write 0 to 6");
  }
  validateChecks(problems, `${place}.checks`, checks);
}

export function validateChecks(problems: Problems, place: string, checks: CheckSpec[]): void {
  const names = checks.map((check) => checkOf(check).name);
  for (const name of names.filter((candidate) => candidate.trim() === ""))
    problems.add(place, name, "is empty; write the check's name as GitHub shows it");
  for (const name of duplicates(names)) problems.add(place, name, "is listed twice; remove one");
}

export const checkOf = (check: CheckSpec): Check => (typeof check === "string" ? { name: check } : check);

/** The value in the rule, else the one in the repository, else the model's default, else the preset's. */
function ruleOf(spec: RepositorySpec, rule: BranchModel["rules"][number]): Rule {
  const isModel = typeof spec.branches !== "object";
  const { rules = {} } = spec;
  const merged: RulesSpec = isModel ? { ...rule, ...rules } : { ...rules, ...rule };
  const reviews = reviewsOf(spec, merged.reviews);
  return {
    name: rule.name,
    patterns: rule.patterns,
    checks: (merged.checks ?? spec.checks ?? []).map(checkOf),
    strict: merged.strict ?? true,
    ...defined({ reviews }),
    linearHistory: merged.linearHistory ?? true,
    signedCommits: merged.signedCommits ?? false,
    mergeQueue: (merged.mergeQueue ?? false) && rule.patterns.every(isLiteral),
    forcePush: merged.forcePush ?? false,
    deletion: merged.deletion ?? false,
  };
}

function reviewsOf(spec: RepositorySpec, reviews: RulesSpec["reviews"]): Required<ReviewSpec> | undefined {
  if (reviews === false) return undefined;
  const preset = presetOf(spec).reviews;
  return typeof reviews === "number" ? { ...preset, required: reviews } : { ...preset, ...reviews };
}
