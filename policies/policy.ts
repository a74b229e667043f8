/** A rule as the engine's policy. */
import { type ResourceValidationPolicy, UnknownValueError, validateResourceOfType } from "@pulumi/policy";
import { LATER, type Subject } from "../components/policies/facts.ts";
import { judge } from "../components/policies/judge.ts";
import { givenOf } from "../components/policies/levels.ts";
import type { Rule } from "../components/policies/rule.ts";
import { RULES } from "../components/policies/rules.ts";
import { about, configSchemaOf, configured, teller } from "./level.ts";
import { classOf, factsOf } from "./subject.ts";

export const policiesFor = (subject: Subject): ResourceValidationPolicy[] =>
  RULES.filter((rule) => rule.subject === subject).map(policyOf);

function policyOf(rule: Rule): ResourceValidationPolicy {
  return {
    ...about(rule),
    configSchema: configSchemaOf(rule.settingsOfProgram ? undefined : rule.settings),
    validateResource: validateResourceOfType(classOf(rule.subject), (_, args, report) => {
      const facts = factsOf(rule.subject, args);
      if (facts === undefined) return args.notApplicable("it says nothing that rules judge");
      const { level, own } = configured(args);
      refuseLate(rule, Object.keys(own));
      const tell = teller(rule, facts, report, level);
      if (tell === undefined) return;
      const { findings, later } = judge(rule, facts, { ...givenOf(rule.id, facts.settings), ...own });
      for (const { place, message } of findings) tell(`${place}: ${message}`);
      tellLater(later);
    }),
  };
}

/** The engine hands on what no schema has. */
function refuseLate({ id, settingsOfProgram }: Rule, keys: string[]): void {
  if (settingsOfProgram && keys.length > 0)
    throw new Error(
      `${keys.join(", ")} of "${id}" would have no effect in the pack's configuration, as the program asks before; write slipway:policies.rules.${id} in the stack's settings`,
    );
}

/** What is known after an update is judged then, and stops it then; the SDK tells of this error, and goes on. */
function tellLater(later: { place: string; path: string }[]): void {
  if (later.length > 0)
    throw new UnknownValueError(LATER, [later.map(({ place, path }) => `${place}.${path}`).join(", .")]);
}
