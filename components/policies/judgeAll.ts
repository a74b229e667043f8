/** Judges facts of declarations and settings alone, where nothing was looked at. */
import type { Exemption } from "./exemptions.ts";
import type { Facts } from "./facts.ts";
import { EXEMPTION_RULE, type Finding, judge, judgeExemptions, type Verdict } from "./judge.ts";
import { givenOf, type Level, levelOf } from "./levels.ts";
import type { Rule } from "./rule.ts";
import { RULES } from "./rules.ts";

export interface Levelled extends Finding {
  level: Level;
}

export interface Judgement {
  findings: Levelled[];
  exempted: (Levelled & { exemption: Exemption })[];
  /** What cannot be judged before an update, with the rule. */
  later: { rule: string; place: string; path: string }[];
}

/** Rules for which something must be looked at, by what that is. */
export const unjudged = (rules: readonly Rule[] = RULES): { rule: string; needs: string }[] =>
  rules.flatMap((rule) => ("needs" in rule && rule.needs !== undefined ? [{ rule: rule.id, needs: rule.needs }] : []));

/** Judges by all rules that need no look, and have a level here. */
export function judgeAll(all: readonly Facts[], rules: readonly Rule[] = RULES, now = new Date()): Judgement {
  const looking = new Set(unjudged(rules).map(({ rule }) => rule));
  const judgement: Judgement = { findings: [], exempted: [], later: [] };
  for (const facts of all) {
    const verdicts: Record<string, Verdict> = {};
    for (const rule of rules.filter(({ id, subject }) => subject === facts.subject && !looking.has(id))) {
      const level = levelOf(rule, facts);
      if (level === "disabled") continue;
      const verdict = judge(rule, facts, givenOf(rule.id, facts.settings), now);
      verdicts[rule.id] = verdict;
      judgement.findings.push(...verdict.findings.map((one) => ({ ...one, level })));
      judgement.exempted.push(...verdict.exempted.map((one) => ({ ...one, level })));
      judgement.later.push(...verdict.later.map((one) => ({ rule: rule.id, ...one })));
    }
    const level = levelOf(EXEMPTION_RULE, facts);
    if (level !== "disabled")
      judgement.findings.push(...judgeExemptions(facts, verdicts, now).map((one) => ({ ...one, level })));
  }
  return judgement;
}
