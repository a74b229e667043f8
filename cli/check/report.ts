/** What `slipway check` found, as data: docs/check.schema.json is its schema. */
import { SEVERITIES } from "../../components/policies/rule.ts";
import { z } from "../../components/shared/zod.ts";

/** Raised when a key changes its meaning or goes; new keys may come at any time. */
export const REPORT_VERSION = 1;

const location = {
  file: z.string().describe("The file in which it is declared, from the project's folder"),
  line: z.int().min(1).describe("The line there, or that of what it is within"),
};

const finding = z.object({
  rule: z.string().describe("The rule's id, as docs/policies.md has it"),
  severity: z.enum(SEVERITIES),
  level: z.enum(["mandatory", "advisory"]).describe("Whether it stops an update of this stack"),
  place: z.string().describe('What it is about: "apps: shop.services.web"'),
  message: z.string().describe("What is wrong, and what to do; without values that could be secret"),
  ...location,
});

const exempted = finding.extend({
  reason: z.string().describe("The exemption's"),
  until: z.string().describe("Last day of the exemption, UTC"),
});

const problem = z.object({ message: z.string().describe("As a plan says it"), ...location });

const stack = z.object({
  stack: z.string(),
  file: z.string(),
  protected: z.boolean(),
  problems: z.array(problem).describe("Of settings and declarations; with one, the stack is not judged"),
  findings: z.array(finding),
  exempted: z.array(exempted),
  open: z
    .array(
      z.object({
        place: z.string(),
        what: z.string().describe("What is known only when it is deployed"),
        rules: z.array(z.string()).describe("What is not judged without it; empty: see `what`"),
      }),
    )
    .describe("What cannot be judged before a deployment"),
});

export const reportSchema = z.object({
  version: z.literal(REPORT_VERSION).describe("Of this format"),
  stacks: z.array(stack),
  notes: z.array(z.string()).describe("What was taken in place of what is not there"),
  unjudged: z
    .array(z.object({ rule: z.string(), needs: z.string().describe("What must be looked at to judge it") }))
    .describe("Rules that only a preview or an update can judge"),
  summary: z.object({ problems: z.int(), mandatory: z.int(), advisory: z.int(), exempted: z.int() }),
});

export type Report = z.output<typeof reportSchema>;
export type ReportedStack = Report["stacks"][number];
export type ReportedFinding = ReportedStack["findings"][number];

export const reportJsonSchema = (): object => ({
  title: "What slipway check --format json prints",
  ...z.toJSONSchema(reportSchema, { io: "input" }),
});

export const renderJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;

export function summarise(stacks: ReportedStack[]): Report["summary"] {
  const count = (of: (one: ReportedStack) => number): number => stacks.reduce((sum, one) => sum + of(one), 0);
  const leveled = (level: string) => count(({ findings }) => findings.filter((one) => one.level === level).length);
  return {
    problems: count(({ problems }) => problems.length),
    mandatory: leveled("mandatory"),
    advisory: leveled("advisory"),
    exempted: count((one) => one.exempted.length),
  };
}

/** What is wrong with settings or declarations comes before what rules find in them. */
export const exitCode = ({ summary: { problems, mandatory } }: Report): 0 | 1 | 2 =>
  problems > 0 ? 2 : mandatory > 0 ? 1 : 0;
