/** What a stack and a declaration may say of rules. */
import { defined } from "../shared/records.ts";
import { didYouMean, shown } from "../shared/text.ts";
import { z } from "../shared/zod.ts";
import type { Exemptions } from "./exemptions.ts";
import type { Circumstances, RuleSettings } from "./facts.ts";
import { EXEMPTION_RULE } from "./judge.ts";
import { LEVELS } from "./levels.ts";
import type { Rule } from "./rule.ts";
import { RULES, subjectOf } from "./rules.ts";

const level = z.enum(LEVELS);

const TARGETS = ["application", "host", "repository"] as const;
type Target = (typeof TARGETS)[number];
const NAMES: Record<Target, string> = {
  application: "applications",
  host: "hosts",
  repository: "repositories and environments",
};

const IDS = RULES.map(({ id }) => id);

function ruleProblem(id: string): string | undefined {
  if (IDS.includes(id)) return undefined;
  const meant = didYouMean(id, IDS);
  return `is no rule; ${meant ? `did you mean ${shown(meant)}?` : "docs/policies.md has all of them"}`;
}

const rule = z.string().superRefine((id, context) => {
  const message = ruleProblem(id);
  if (message !== undefined) context.addIssue({ code: "custom", message, input: id });
});

/** Whether a rule is about such a target; one that does not exist is said to be none elsewhere. */
const isAbout =
  (target: Target) =>
  (id: string): boolean => {
    const subject = subjectOf(id);
    return subject === undefined || (subject === "environment" ? "repository" : subject) === target;
  };

/** A date without quotes is a time for the engine's YAML, and comes as Go prints it. */
const written = (text: string): string => text.replace(/^(\d{4}-\d{2}-\d{2}) 00:00:00 \+0000 UTC$/, "$1");

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

/** That its day is over, or its reason empty, is for the rule about exemptions to say. */
const anyExemption = z.strictObject({
  rule: rule.describe("The rule's id"),
  service: z.string().optional().describe("The service that is meant; left out: the whole"),
  reason: z.string().describe("Why it is right here"),
  until: z
    .string()
    .overwrite(written)
    .refine(isDay, 'is not a day; write one like "2027-01-31"')
    .describe("Last day on which it holds, UTC"),
});

/** An exemption in an application's declaration. */
export const exemptionSchema = anyExemption.extend({
  rule: anyExemption.shape.rule.refine(
    isAbout("application"),
    "is no rule about applications; docs/policies.md has them",
  ),
});

const file = z.string().optional().describe("The workflow that is meant; left out: all files");
const environment = z
  .string()
  .optional()
  .describe("The GitHub environment that is meant, by its name there; needed by rules about environments");

/** A declaration has several environments, and an exemption for all of them would match nothing in most stacks. */
function checkEnvironment(
  { rule: id, environment: name }: { rule: string; environment?: string | undefined },
  context: z.RefinementCtx,
): void {
  const isNeeded = subjectOf(id) === "environment";
  if (isNeeded === (name !== undefined)) return;
  const message = isNeeded
    ? `is missing; name the environment that need not keep to ${shown(id)}, like "prod"`
    : `is for rules about environments, and ${shown(id)} is not; leave it out`;
  context.addIssue({ code: "custom", message, path: ["environment"], input: name });
}

/** An exemption in a repository's declaration. */
export const repositoryExemptionSchema = anyExemption
  .omit({ service: true })
  .extend({
    rule: anyExemption.shape.rule.refine(
      isAbout("repository"),
      "is no rule about repositories and environments; docs/policies.md has them",
    ),
    file,
    environment,
  })
  .superRefine(checkEnvironment);

const ruleSchema = ({ id, title, settings }: Pick<Rule, "id" | "title" | "settings">) =>
  z
    .union([level, z.strictObject({ level: level.optional(), ...settings?.shape })])
    .optional()
    .describe(`${title}. What is found is ${LEVELS.join(", ")}; docs/policies.md, "${id}"`);

const target = z.string().optional();

/** Another target than its rule's: it would match nothing, and nothing would say so. */
function checkTarget(one: { rule: string } & { [T in Target]?: string | undefined }, context: z.RefinementCtx): void {
  const [named, ...more] = TARGETS.filter((key) => one[key] !== undefined);
  if (named === undefined || more.length > 0 || isAbout(named)(one.rule)) return;
  const meant = TARGETS.find((key) => isAbout(key)(one.rule))!;
  const message = `is for rules about ${NAMES[named]}, and ${shown(one.rule)} is not; write ${meant}`;
  context.addIssue({ code: "custom", message, path: [named], input: one[named] });
}

/** `slipway:policies`. */
export const policiesSchema = z.strictObject({
  all: level.optional().describe("The level of all rules that are not named below; left out: by their severity"),
  rules: z
    .strictObject(Object.fromEntries([...RULES, EXEMPTION_RULE].map((one) => [one.id, ruleSchema(one)])))
    .default({})
    .describe("Levels and settings of rules, by their ids"),
  after: z
    .string()
    .min(1, "is empty; name a stack, or leave it out")
    .optional()
    .describe(
      "The stack of this program that must have confirmed an image of an application's own before this one does",
    ),
  exemptions: z
    .array(
      anyExemption
        .extend({
          application: target.describe("The application that is meant"),
          host: target.describe("The host that is meant"),
          repository: target.describe("The repository that is meant"),
          file,
          environment,
        })
        .refine(
          (one) => TARGETS.filter((key) => one[key] !== undefined).length === 1,
          `names no target, or several; write one of ${TARGETS.join(", ")}`,
        )
        .superRefine(checkTarget)
        .superRefine(checkEnvironment),
    )
    .default([])
    .describe("Exceptions that this environment makes"),
});

/** What rules are told of one target, from a stack's settings. */
export function circumstancesOf(
  { protected: isProtected, policies }: { protected: boolean; policies: PolicySettings },
  target: Target,
  name: string,
): Circumstances {
  const { all, rules } = policies;
  const said = rules as NonNullable<RuleSettings["rules"]>;
  const settings: RuleSettings = { ...defined({ all }), ...(Object.keys(said).length > 0 ? { rules: said } : {}) };
  return {
    protected: isProtected,
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    exemptions: exemptionsIn(policies, target, name),
  };
}

/** Those of one target, by their places. */
const exemptionsIn = ({ exemptions }: PolicySettings, target: Target, name: string): Exemptions =>
  Object.fromEntries(
    exemptions.flatMap(({ application, host, repository, ...one }, index) =>
      ({ application, host, repository })[target] === name
        ? [[`slipway:policies.exemptions[${index}]`, defined(one)]]
        : [],
    ),
  );

export type PolicySettings = z.output<typeof policiesSchema>;
