/** Turns a repository's declaration and a stack's settings into one plain plan. Reports all errors at once, before anything runs. */

import type { Exemption } from "../../policies/exemptions.ts";
import { REPOSITORY, valueNameProblem } from "../../shared/names.ts";
import { Problems } from "../../shared/problems.ts";
import { defined } from "../../shared/records.ts";
import { type AccessPlan, accessOf } from "./access.ts";
import { type ActionsPlan, actionsOf } from "./actions.ts";
import { type Branches, branchesOf, validateChecks } from "./branches.ts";
import { checkBypass } from "./bypass.ts";
import type { RepositoryContext } from "./context.ts";
import { environmentOf, type GitHubEnvironmentPlan, keyOf, noValue } from "./environmentPlan.ts";
import { type FilesPlan, filesOf } from "./files.ts";
import {
  checkAppKey,
  checkExemptions,
  checkFurtherNames,
  checkPreviews,
  checkWideSecrets,
  openPreview,
  previewEnvironmentOf,
  releaseEnvironmentOf,
  releaseSecrets,
  unknownReviewers,
} from "./furtherEnvironments.ts";
import { type GeneralPlan, generalOf, mergeMethods } from "./general.ts";
import { checkImageOwners, withGenerated } from "./generated.ts";
import { labelsOf } from "./labels.ts";
import { checkPatterns, checkValueNames, OWNER } from "./names.ts";
import type { LabelSpec } from "./partSpecs.ts";
import { isSolo, PRESETS } from "./presets.ts";
import { checkClassic, type ProtectionPlan, protectionsOf } from "./protection.ts";
import { branchRuleset, namesRuleset, newTagRuleset, type RulesetPlan, tagRuleset } from "./rulesets.ts";
import type { RepositorySpec } from "./spec.ts";
import { openTags, tagCreatorsOf } from "./tagCreators.ts";
import { RELEASE_TAGS } from "./targets.ts";

/** What one stack manages of a repository. */
export interface StackShare {
  /** Its name in this program. */
  key: string;
  owner: string;
  name: string;
  /** Everything that belongs to the repository as a whole; absent in all stacks but its owner. */
  whole?: RepositoryPlan;
  visibility: GeneralPlan["visibility"];
  /** Whether nobody else could approve anything: preset solo, and nobody else is declared who may write. */
  solo: boolean;
  /** In the declaration's order. */
  exemptions: Exemption[];
  /** What the declaration leaves open, to be told. */
  warnings: string[];
  /** Absent where the declaration has no environment for this stack. */
  environment?: GitHubEnvironmentPlan;
  /** That one, that of its previews, and in the owner's stack that of `release`. */
  environments: DeclaredEnvironment[];
}

export interface DeclaredEnvironment {
  /** What is added to the repository's key to name its component; with a colon, which no stack's name has. */
  suffix: string;
  /** Where it is declared: `environments.prod`. */
  place: string;
  /** Names of the generated workflows whose jobs are in it. */
  readBy: string[];
  plan: GitHubEnvironmentPlan;
}

/** Everything that belongs to the repository as a whole: arguments for the provider, without the values of secrets. */
export interface RepositoryPlan extends AccessPlan {
  general: GeneralPlan;
  branches: Branches;
  rulesets: RulesetPlan[];
  protections: ProtectionPlan[];
  alerts: boolean;
  fixes: boolean;
  actions?: ActionsPlan;
  labels?: Required<LabelSpec>[];
  /** Names; the values are in the settings. */
  secrets: string[];
  variables: Record<string, string>;
  files?: FilesPlan;
  adopt: boolean;
  protect: boolean;
  /** Whether an update removes what somebody added on GitHub. */
  exclusive: boolean;
}

/** @throws DeclarationError with every problem of the declaration */
export function planRepository(written: RepositorySpec, context: RepositoryContext): StackShare {
  const problems = Problems.ofRepository(keyOf(written));
  const [owner, name] = fullNameOf(problems, written, context);
  const spec = withGenerated(problems, written);
  const isOwner = spec.stack === context.stack;
  if (spec.preset !== undefined && !Object.hasOwn(PRESETS, spec.preset))
    problems.add(
      "preset",
      spec.preset,
      `is unknown; write ${Object.keys(PRESETS)
        .map((preset) => `"${preset}"`)
        .join(" or ")}`,
    );
  if (spec.stack.trim() === "")
    problems.add("stack", spec.stack, 'is empty; name the stack that owns the repository, like "prod"');
  checkImageOwners(problems, spec, owner);
  checkWideSecrets(problems, spec);
  checkFurtherNames(problems, spec);
  checkPreviews(problems, spec);
  checkExemptions(problems, spec);
  // The whole is checked in every stack, so that all of them report the same problems for one declaration.
  const whole = wholeOf(problems, spec, owner, name);
  const used = [
    ...whole.secrets,
    ...Object.values(whole.webhooks).flatMap(({ secret }) => secret ?? []),
    ...releaseSecrets(spec),
  ];
  const declared = Object.hasOwn(spec.environments ?? {}, context.stack)
    ? spec.environments![context.stack]
    : undefined;
  checkWholeSecrets(problems, spec, context, used, isOwner, declared?.secrets ?? []);
  const environment =
    declared && (isOwner || context.settings) ? environmentOf(problems, spec, declared, context, used) : undefined;
  if (context.settings && !declared) checkUnusedSettings(problems, spec, context, used, isOwner);
  const preview = environment && previewEnvironmentOf(problems, spec, declared!, environment, context);
  if (environment) checkAppKey(problems, spec, context, environment);
  const release = isOwner ? releaseEnvironmentOf(spec) : undefined;
  if (problems.found.length > 0) throw problems.error();
  const { stack } = context;
  const place = `environments.${stack}`;
  const environments = [
    ...(environment ? [{ suffix: stack, place, readBy: ["deploy", "rollback"], plan: environment }] : []),
    ...(preview ? [{ suffix: `${stack}:preview`, place: `${place}.preview`, readBy: ["preview"], plan: preview }] : []),
    ...(release ? [{ suffix: "app:release", place: "workflows.app", readBy: ["release"], plan: release }] : []),
  ];
  return {
    key: keyOf(spec),
    owner,
    name,
    visibility: whole.general.visibility,
    solo: isSolo(spec),
    exemptions: spec.exemptions ?? [],
    warnings: [
      ...(isOwner ? openTags(spec) : []),
      ...(preview ? openPreview(spec, preview) : []),
      ...(environment ? unknownReviewers(spec, declared!, environment) : []),
    ],
    ...(isOwner ? { whole } : {}),
    ...defined({ environment }),
    environments,
  };
}

function fullNameOf(problems: Problems, spec: RepositorySpec, context: RepositoryContext): [string, string] {
  const { name: written, stack } = spec;
  const [owner, name] = written.includes("/")
    ? [written.slice(0, written.indexOf("/")), written.slice(written.indexOf("/") + 1)]
    : [context.owner, written];
  if (spec.key !== undefined && !REPOSITORY.test(spec.key))
    problems.add("key", spec.key, "is not a name; use letters, digits, '-', '_' and '.'");
  if (!REPOSITORY.test(name))
    problems.add(
      "name",
      written,
      "is not a repository name; write \"shop\" or \"anna/shop\", using letters, digits, '-', '_' and '.'",
    );
  // A stack that has no share in the repository needs no GitHub settings.
  const concerned = stack === context.stack || context.settings !== undefined;
  if (owner === undefined && !concerned) return ["", name];
  if (owner === undefined)
    problems.add("name", written, 'has no owner; set slipway:github.owner, or write it before the name: "anna/shop"');
  else if (!OWNER.test(owner))
    problems.add(
      "name",
      written,
      "does not have a GitHub user or organisation before the '/'; use letters, digits and '-'",
    );
  return [owner ?? "", name];
}

function wholeOf(problems: Problems, spec: RepositorySpec, owner: string, name: string): RepositoryPlan {
  const { bypass = {}, protection = "rulesets", tags = RELEASE_TAGS } = spec;
  const general = generalOf(problems, spec, name);
  const branches = branchesOf(problems, spec);
  validateChecks(problems, "checks", spec.checks ?? []);
  checkPatterns(problems, "tags", tags);
  checkBypass(problems, bypass);
  if (!["rulesets", "classic", "both", "none"].includes(protection))
    problems.add("protection", protection, 'is unknown; write "rulesets", "classic", "both" or "none"');
  const isClassic = protection === "classic" || protection === "both";
  if (isClassic) checkClassic(problems, branches.rules, bypass);
  const methods = mergeMethods(general);
  const linear = branches.rules
    .filter((rule) => rule.linearHistory && methods.join() === "merge")
    .map((rule) => rule.name);
  if (linear.length > 0)
    problems.add(
      "merge",
      linear,
      "require a linear history, but only merge commits are allowed, so nothing could be merged; allow squash or rebase, or set linearHistory: false",
    );
  const byRulesets = protection === "rulesets" || protection === "both";
  const creators = tagCreatorsOf(problems, spec);
  const alerts = spec.security?.alerts ?? true;
  const actions = actionsOf(problems, spec.actions, spec.workflows);
  const labels = labelsOf(problems, spec.labels);
  const files = filesOf(problems, spec.files, branches.default, branches.rules, bypass, isClassic);
  checkValueNames(problems, "secrets", spec.secrets ?? []);
  checkValueNames(problems, "variables", Object.keys(spec.variables ?? {}));
  return {
    general,
    branches,
    rulesets:
      protection === "none"
        ? []
        : [
            ...(byRulesets ? branches.rules.map((rule) => branchRuleset(rule, bypass, methods)) : []),
            ...(branches.names ? [namesRuleset(branches, bypass)] : []),
            ...(tags.length > 0 ? [tagRuleset(tags, bypass)] : []),
            ...(tags.length > 0 && creators ? [newTagRuleset(tags, creators)] : []),
          ],
    protections: !isClassic ? [] : branches.rules.flatMap((rule) => protectionsOf(rule, bypass, owner)),
    alerts,
    fixes: spec.security?.fixes ?? alerts,
    ...defined({ actions, labels }),
    ...accessOf(problems, spec),
    secrets: [...(spec.secrets ?? [])].sort(),
    variables: Object.fromEntries(Object.entries(spec.variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))),
    ...defined({ files }),
    adopt: spec.adopt ?? false,
    protect: spec.protect ?? true,
    exclusive: spec.exclusive ?? false,
  };
}

/**
 * Values for the whole repository are in the settings of the stack that owns it, and nowhere else. An environment may
 * also list one of them: its jobs then get the environment's value.
 */
function checkWholeSecrets(
  problems: Problems,
  spec: RepositorySpec,
  { settings, stack }: RepositoryContext,
  used: string[],
  isOwner: boolean,
  environmentSecrets: string[],
): void {
  const known = settings?.secretNames ?? [];
  if (isOwner) {
    for (const name of new Set(used.filter((candidate) => !known.includes(candidate) && !valueNameProblem(candidate))))
      problems.add("secrets", name, noValue(keyOf(spec), name));
    return;
  }
  for (const name of new Set(
    used.filter((candidate) => known.includes(candidate) && !environmentSecrets.includes(candidate)),
  )) {
    problems.setting(
      "secrets",
      name,
      `belongs to the whole repository, which the stack "${spec.stack}" owns, and this is "${stack}"; set it there, or list it in environments.${stack}.secrets, which gives the environment its own value`,
    );
  }
}

/** Settings that nothing uses. */
function checkUnusedSettings(
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
      `has no environment in the declaration, and the stack "${spec.stack}" owns the rest; add environments: { ${context.stack}: {} } (declared: ${stacks.join(", ") || "none"}), or remove slipway:repositories.${keyOf(spec)}`,
    );
    return;
  }
  for (const secret of context.settings!.secretNames.filter((name) => !used.includes(name))) {
    problems.setting(
      "secrets",
      secret,
      `is not used; add it to the declaration's secrets, or to environments.${context.stack}`,
    );
  }
}
