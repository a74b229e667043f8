/** Exemptions are judged themselves: they end, give a reason, and match something. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { EXEMPTION_RULE, judge, judgeExemptions } from "../components/policies/judge.ts";
import { givenOf, levelOf } from "../components/policies/levels.ts";
import { RULES } from "../components/policies/rules.ts";
import { about, configSchemaOf, configured, teller } from "./level.ts";
import { factsOfAny } from "./subject.ts";

export const exemptionPolicy: ResourceValidationPolicy = {
  ...about(EXEMPTION_RULE),
  configSchema: configSchemaOf(),
  validateResource: (args, report) => {
    const facts = factsOfAny(args);
    if (facts === undefined) return args.notApplicable("it has no exemptions");
    const tell = teller(EXEMPTION_RULE, facts, report, configured(args).level);
    if (tell === undefined) return;
    const judged = RULES.filter((rule) => rule.subject === facts.subject && levelOf(rule, facts) !== "disabled");
    const verdicts = judged.map((rule) => [rule.id, judge(rule, facts, givenOf(rule.id, facts.settings))] as const);
    for (const { place, message } of judgeExemptions(facts, Object.fromEntries(verdicts))) tell(`${place}: ${message}`);
  },
};
