/** Turns the declaration of a repository and a stack's settings into one plain plan. All errors at once, before anything runs. */
import { REPOSITORY, valueNameProblem } from "../../shared/names.ts";
import { DeclarationError, Problems } from "../../shared/problems.ts";
import { type AccessPlan, accessOf } from "./access.ts";
import { type ActionsPlan, actionsOf } from "./actions.ts";
import { type Branches, branchesOf, checkChecks } from "./branches.ts";
import { checkBypass } from "./bypass.ts";
import type { RepositoryContext } from "./context.ts";
import { type EnvironmentPlan, environmentOf, keyOf, noValue } from "./environmentPlan.ts";
import { type FilesPlan, filesOf } from "./files.ts";
import { type GeneralPlan, generalOf, mergeMethods } from "./general.ts";
import { withGenerated } from "./generated.ts";
import { labelsOf } from "./labels.ts";
import { checkPatterns, checkValueNames, OWNER } from "./names.ts";
import type { LabelSpec } from "./partSpecs.ts";
import { PRESETS } from "./presets.ts";
import { checkClassic, type ProtectionPlan, protectionsOf } from "./protection.ts";
import { branchRuleset, namesRuleset, type RulesetPlan, tagRuleset } from "./rulesets.ts";
import type { RepositorySpec } from "./spec.ts";

export interface StackShare {
  /** Its name in this program. */
  key: string;
  owner: string;
  name: string;
  /** What this stack owns of it; absent in all stacks but one. */
  whole?: RepositoryPlan;
  /** Absent where the declaration has no environment for this stack. */
  environment?: EnvironmentPlan;
}

/** All that belongs to the repository as a whole: arguments for the provider, without values of secrets. */
export interface RepositoryPlan extends AccessPlan {
  general: GeneralPlan;
  branches: Branches;
  rulesets: RulesetPlan[];
  protections: ProtectionPlan[];
  alerts: boolean;
  fixes: boolean;
  actions?: ActionsPlan;
  labels?: Required<LabelSpec>[];
  /** Names; their values are the settings'. */
  secrets: string[];
  variables: Record<string, string>;
  files?: FilesPlan;
  adopt: boolean;
  protect: boolean;
}

/** @throws DeclarationError with every problem of the declaration */
export function planRepository(written: RepositorySpec, context: RepositoryContext): StackShare {
  const problems = new Problems(keyOf(written), "repository");
  const [owner, name] = ownName(problems, written, context);
  const spec = withGenerated(problems, written);
  const isOwner = spec.stack === context.stack;
  if (spec.preset !== undefined && !Object.hasOwn(PRESETS, spec.preset))
    problems.add(
      "preset",
      spec.preset,
      `is not known; write ${Object.keys(PRESETS)
        .map((preset) => `"${preset}"`)
        .join(" or ")}`,
    );
  if (spec.stack.trim() === "")
    problems.add("stack", spec.stack, 'is empty; name the stack that owns the repository, like "prod"');
  // The whole is checked everywhere, so that every stack tells the same of one declaration.
  const whole = wholeOf(problems, spec, owner, name);
  const used = [...whole.secrets, ...Object.values(whole.webhooks).flatMap(({ secret }) => secret ?? [])];
  const own = Object.hasOwn(spec.environments ?? {}, context.stack) ? spec.environments![context.stack] : undefined;
  checkWholeSecrets(problems, spec, context, used, isOwner, own?.secrets ?? []);
  const environment =
    own && (isOwner || context.settings) ? environmentOf(problems, spec, own, context, used) : undefined;
  if (context.settings && !own) checkPointless(problems, spec, context, used, isOwner);
  if (problems.found.length > 0) throw new DeclarationError(problems.found.join("\n"));
  return { key: keyOf(spec), owner, name, ...(isOwner ? { whole } : {}), ...(environment ? { environment } : {}) };
}

function ownName(problems: Problems, spec: RepositorySpec, context: RepositoryContext): [string, string] {
  const { name: written, stack } = spec;
  const [owner, name] = written.includes("/")
    ? [written.slice(0, written.indexOf("/")), written.slice(written.indexOf("/") + 1)]
    : [context.owner, written];
  if (spec.key !== undefined && !REPOSITORY.test(spec.key))
    problems.add("key", spec.key, "is no name; use letters, digits, '-', '_' and '.'");
  if (!REPOSITORY.test(name))
    problems.add(
      "name",
      written,
      "is no name of a repository; write \"shop\" or \"anna/shop\" of letters, digits, '-', '_' and '.'",
    );
  // A stack that has nothing to do with the repository need not know of GitHub.
  const concerned = stack === context.stack || context.settings !== undefined;
  if (owner === undefined && !concerned) return ["", name];
  if (owner === undefined)
    problems.add("name", written, 'has no owner; set slipway:github.owner, or write it before the name: "anna/shop"');
  else if (!OWNER.test(owner))
    problems.add("name", written, "has no user or organisation of GitHub before the '/'; use letters, digits and '-'");
  return [owner ?? "", name];
}

function wholeOf(problems: Problems, spec: RepositorySpec, owner: string, name: string): RepositoryPlan {
  const { bypass = {}, protection = "rulesets", tags = ["v*"] } = spec;
  const general = generalOf(problems, spec, name);
  const branches = branchesOf(problems, spec);
  checkChecks(problems, "checks", spec.checks ?? []);
  checkPatterns(problems, "tags", tags);
  checkBypass(problems, bypass);
  if (!["rulesets", "classic", "both"].includes(protection))
    problems.add("protection", protection, 'is not known; write "rulesets", "classic" or "both"');
  if (protection !== "rulesets") checkClassic(problems, branches.rules, bypass);
  const methods = mergeMethods(general);
  const linear = branches.rules
    .filter((rule) => rule.linearHistory && methods.join() === "merge")
    .map((rule) => rule.name);
  if (linear.length > 0)
    problems.add(
      "merge",
      linear,
      "have a linear history, and only merge commits are allowed, so nothing could be merged; allow squash or rebase, or set linearHistory: false",
    );
  const byRulesets = protection !== "classic";
  const alerts = spec.security?.alerts ?? true;
  const actions = actionsOf(problems, spec.actions);
  const labels = labelsOf(problems, spec.labels);
  const files = filesOf(problems, spec.files, branches.default, branches.rules, bypass, protection !== "rulesets");
  checkValueNames(problems, "secrets", spec.secrets ?? []);
  checkValueNames(problems, "variables", Object.keys(spec.variables ?? {}));
  return {
    general,
    branches,
    rulesets: [
      ...(byRulesets ? branches.rules.map((rule) => branchRuleset(rule, bypass, methods)) : []),
      ...(branches.names ? [namesRuleset(branches, bypass)] : []),
      ...(tags.length > 0 ? [tagRuleset(tags, bypass)] : []),
    ],
    protections: protection === "rulesets" ? [] : branches.rules.flatMap((rule) => protectionsOf(rule, bypass, owner)),
    alerts,
    fixes: spec.security?.fixes ?? alerts,
    ...(actions ? { actions } : {}),
    ...(labels ? { labels } : {}),
    ...accessOf(problems, spec),
    secrets: [...(spec.secrets ?? [])].sort(),
    variables: Object.fromEntries(Object.entries(spec.variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(files ? { files } : {}),
    adopt: spec.adopt ?? false,
    protect: spec.protect ?? true,
  };
}

/**
 * Values of the whole repository stand in the settings of the stack that owns it, and nowhere else. An environment may
 * name one of them for itself: for its jobs GitHub takes the environment's value.
 */
function checkWholeSecrets(
  problems: Problems,
  spec: RepositorySpec,
  { settings, stack }: RepositoryContext,
  used: string[],
  isOwner: boolean,
  own: string[],
): void {
  const known = settings?.secretNames ?? [];
  if (isOwner) {
    for (const name of new Set(used.filter((candidate) => !known.includes(candidate) && !valueNameProblem(candidate))))
      problems.add("secrets", name, noValue(keyOf(spec), name));
    return;
  }
  for (const name of new Set(used.filter((candidate) => known.includes(candidate) && !own.includes(candidate)))) {
    problems.setting(
      "secrets",
      name,
      `belongs to the whole repository, which the stack "${spec.stack}" owns, and this is "${stack}"; set it there, or name it in environments.${stack}.secrets, which then has a value of its own`,
    );
  }
}

/** Settings that nothing takes. */
function checkPointless(
  problems: Problems,
  spec: RepositorySpec,
  context: RepositoryContext,
  used: string[],
  isOwner: boolean,
): void {
  const stacks = Object.keys(spec.environments ?? {});
  if (!isOwner) {
    problems.setting(
      "environments",
      context.stack,
      `has no environment in the declaration, and the stack "${spec.stack}" owns the rest; add environments: { ${context.stack}: {} } (there: ${stacks.join(", ") || "none"}), or take slipway:repositories.${keyOf(spec)} out`,
    );
    return;
  }
  for (const secret of context.settings!.secretNames.filter((name) => !used.includes(name))) {
    problems.setting(
      "secrets",
      secret,
      `is used by nothing; add it to the declaration's secrets, or to environments.${context.stack}`,
    );
  }
}
