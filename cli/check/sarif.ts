/** The report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), a run for each stack. */
import { createHash } from "node:crypto";
import { EXEMPTION_RULE } from "../../components/policies/judge.ts";
import type { Severity } from "../../components/policies/rule.ts";
import { RULES } from "../../components/policies/rules.ts";
import type { Report, ReportedFinding, ReportedStack } from "./report.ts";

export interface Tool {
  version: string;
  /** Absolute URI of docs/policies.md, where that is anywhere: a path of this machine means nothing elsewhere. */
  page?: string;
  /** A file's path as the repository has it. */
  fromRoot: (file: string) => string;
}

/** docs/policies.md of a repository on GitHub. @param homepage the package's */
export function pageAt(homepage: string | undefined): string | undefined {
  const [repository] = /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+/.exec(homepage ?? "") ?? [];
  return repository && `${repository}/blob/HEAD/docs/policies.md`;
}

/** As code scanning shows them: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning */
const SCORES: Record<Severity, string> = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0" };

type Level = "error" | "warning" | "note";

const levelOf = ({ level, severity }: Pick<ReportedFinding, "level" | "severity">): Level =>
  level === "mandatory" ? "error" : severity === "low" ? "note" : "warning";

interface Described {
  id: string;
  severity: Severity;
  title: string;
  reason: string;
  remedy: string;
}

const ALL: readonly Described[] = [...RULES, { ...EXEMPTION_RULE, remedy: "mend it, or take it out" }];

const ruleOf = ({ id, severity, title, reason, remedy }: Described, { page }: Tool) => ({
  id,
  shortDescription: { text: title },
  fullDescription: { text: reason },
  help: { text: `${reason} What to do: ${remedy}.`, markdown: `${reason}\n\n**What to do**: ${remedy}.` },
  ...(page === undefined ? {} : { helpUri: `${page}#${id}` }),
  defaultConfiguration: { level: levelOf({ severity, level: "advisory" }) },
  properties: { tags: ["security"], "security-severity": SCORES[severity] },
});

const locations = (file: string, line: number, place: string | undefined, { fromRoot }: Tool) => [
  {
    physicalLocation: {
      artifactLocation: { uri: fromRoot(file).split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" },
      region: { startLine: line },
    },
    ...(place === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: place }] }),
  },
];

/** Stays the same while lines move. */
const fingerprint = (...parts: string[]): string => createHash("sha256").update(parts.join("\n")).digest("hex");

const resultOf = (stack: string, one: ReportedFinding, tool: Tool) => ({
  ruleId: one.rule,
  ruleIndex: ALL.findIndex(({ id }) => id === one.rule),
  level: levelOf(one),
  message: { text: `${stack}: ${one.place}: ${one.message}` },
  locations: locations(one.file, one.line, one.place, tool),
  partialFingerprints: { "slipwayFinding/v1": fingerprint(stack, one.rule, one.place, one.message) },
});

function runOf({ stack, problems, findings, exempted, open }: ReportedStack, { unjudged }: Report, tool: Tool) {
  const notices = [
    ...open.map(({ place, what }) => `${place}: ${what}`),
    ...unjudged.map(({ rule, needs }) => `${rule} is not judged here: ${needs}`),
  ];
  return {
    tool: {
      driver: {
        name: "slipway check",
        semanticVersion: tool.version,
        ...(tool.page === undefined ? {} : { informationUri: tool.page }),
        rules: ALL.map((rule) => ruleOf(rule, tool)),
      },
    },
    automationDetails: { id: `slipway/${stack}/` },
    columnKind: "utf16CodeUnits",
    invocations: [
      {
        executionSuccessful: problems.length === 0,
        toolConfigurationNotifications: problems.map(({ message, file, line }) => ({
          level: "error",
          message: { text: message },
          locations: locations(file, line, undefined, tool),
        })),
        toolExecutionNotifications: notices.map((text) => ({ level: "note", message: { text } })),
      },
    ],
    results: [
      ...findings.map((one) => ({ ...resultOf(stack, one, tool), suppressions: [] })),
      ...exempted.map(({ reason, until, ...one }) => ({
        ...resultOf(stack, one, tool),
        suppressions: [{ kind: "external", status: "accepted", justification: `until ${until}: ${reason}` }],
      })),
    ],
  };
}

export const renderSarif = (report: Report, tool: Tool): string =>
  `${JSON.stringify(
    {
      $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      version: "2.1.0",
      runs: report.stacks.map((stack) => runOf(stack, report, tool)),
    },
    null,
    2,
  )}\n`;
