/** Judges facts by rules: pure, the same in a policy pack, in the command and in tests. */

import { type Exemption, exemptionProblem, isAbout, type Part } from "./exemptions.ts";
import { type Facts, type FactsOf, Later, type Subject } from "./facts.ts";
import type { Given, Offence, Rule, Severity, WholeRule } from "./rule.ts";
import { servicesOf } from "./services.ts";

export interface Finding {
  rule: string;
  severity: Severity;
  /** Where: "apps: shop.services.web". */
  place: string;
  /** What is wrong and what to do, without the place. */
  message: string;
}

/** What one rule finds. */
export interface Verdict {
  findings: Finding[];
  exempted: (Finding & { exemption: Exemption })[];
  /** Places that cannot be judged before an update, and by what value. */
  later: { place: string; path: string }[];
  /** What it finds is over once it is deployed, or is not seen where nobody looks. */
  isPassing?: true;
}

const PLACES: Record<Subject, string> = {
  application: "apps: ",
  host: "slipway:hosts.",
  repository: "repositories: ",
  environment: "repositories: ",
};

export const placeOf = ({ subject, name }: Facts, { service, file }: Part = {}): string =>
  `${PLACES[subject]}${name}${service === undefined ? "" : `.services.${service}`}${file === undefined ? "" : `: ${file}`}`;

const holds = (exemption: Exemption, rule: string, part: Part, now: Date): boolean =>
  exemption.rule === rule && isAbout(exemption, part) && exemptionProblem(exemption, now) === undefined;

/** What a rule says of what it judges. */
export function judge(rule: Rule, facts: Facts, given: Given = {}, now = new Date()): Verdict {
  const verdict: Verdict = { findings: [], exempted: [], later: [] };
  if (rule.subject !== facts.subject) return verdict;
  if ("needs" in rule && rule.needs !== undefined) verdict.isPassing = true;
  const settings = rule.settings ? (rule.settings.parse(given) as Given) : given;
  const take = (offences: () => Iterable<Offence>, of: Part = {}): void => {
    try {
      for (const offence of offences()) {
        const { what, ...part } = typeof offence === "string" ? { ...of, what: offence } : offence;
        const finding = {
          rule: rule.id,
          severity: rule.severity,
          place: placeOf(facts, part),
          message: `${what}; ${rule.remedy}`,
        };
        const exemption = Object.values(facts.exemptions).find((one) => holds(one, rule.id, part, now));
        if (exemption) verdict.exempted.push({ ...finding, exemption });
        else verdict.findings.push(finding);
      }
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      verdict.later.push({ place: placeOf(facts, of), path: error.message });
    }
  };
  if ("whole" in rule) take(() => (rule as WholeRule<Subject>).whole(facts as FactsOf<Subject>, settings, now));
  else {
    const application = facts as FactsOf<"application">;
    take(() => rule.beside?.(application) ?? []);
    take(() => {
      for (const service of servicesOf(application))
        take(() => rule.service(service, settings), { service: service.name });
      return [];
    });
  }
  return verdict;
}

/** Whether what is known later may still match. */
const isOpen = ({ later, isPassing }: Verdict, facts: Facts, { service }: Exemption): boolean =>
  isPassing ||
  later.some(({ place }) => service === undefined || place === placeOf(facts) || place === placeOf(facts, { service }));

/** The rule about exemptions themselves. */
export const EXEMPTION_RULE = {
  id: "exemption",
  severity: "high",
  title: "Exemptions end on a day, say why, and match something",
  reason: "An exemption that nobody looks at again is a rule that nobody has.",
} as const;

/**
 * What is wrong with the exemptions of one subject.
 * @param verdicts of all rules that were judged, by rule; an exemption from one that was not, of which a part is known
 * later, or that needs a look, may still match
 */
export function judgeExemptions(facts: Facts, verdicts: Record<string, Verdict>, now = new Date()): Finding[] {
  return Object.entries(facts.exemptions).flatMap(([place, exemption]): Finding[] => {
    const said = (message: string): Finding[] => [
      { rule: EXEMPTION_RULE.id, severity: EXEMPTION_RULE.severity, place, message },
    ];
    const problem = exemptionProblem(exemption, now);
    if (problem !== undefined) return said(problem);
    const verdict = verdicts[exemption.rule];
    if (verdict === undefined || isOpen(verdict, facts, exemption)) return [];
    if (verdict.exempted.some((one) => one.exemption === exemption)) return [];
    const whole = exemption.service === undefined && exemption.file === undefined;
    const other = verdict.exempted.find((one) => whole || one.place === placeOf(facts, exemption))?.exemption;
    const [first] = Object.entries(facts.exemptions).find(([, one]) => one === other) ?? [];
    if (first !== undefined) return said(`says what ${first} says already; take one of them out`);
    const of = exemption.service === undefined ? "" : ` of the service ${exemption.service}`;
    const within = exemption.file === undefined ? "here" : `in ${exemption.file}`;
    return said(`matches nothing: "${exemption.rule}" finds nothing${of} ${within}; take the exemption out`);
  });
}
