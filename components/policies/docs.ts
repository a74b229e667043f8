/** docs/policies.md, from the rules themselves. */
import { z } from "../shared/zod.ts";
import type { Subject } from "./facts.ts";
import { EXEMPTION_RULE } from "./judge.ts";
import type { Rule, Severity } from "./rule.ts";
import { RULES } from "./rules.ts";

/** In the order of the page. */
const PARTS: Record<Subject, string> = {
  application: "Applications",
  host: "Hosts",
  repository: "Repositories",
  environment: "GitHub environments",
};

const STOPS: Record<Severity, string> = {
  critical: "stops an update of a protected environment",
  high: "stops an update of a protected environment",
  medium: "is told",
  low: "is told",
};

type Documented = Omit<Pick<Rule, "id" | "severity" | "title" | "reason" | "known" | "settings">, "subject"> & {
  remedy?: string;
  needs?: string;
};

const row = (...cells: string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;

const table = (head: string[], rows: string[][]): string[] => [
  row(...head),
  row(...head.map(() => "---")),
  ...rows.map((cells) => row(...cells)),
];

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** A sentence, of words that follow a semicolon. */
const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;

function settingsOf(schema: z.ZodObject): string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const rows = Object.entries(properties).map(([name, property]) => {
    const { default: fallback, description = "" } = property as { default?: unknown; description?: string };
    return [code(name), fallback === undefined ? "none" : code(fallback), description];
  });
  return ["", ...table(["setting", "default", "what"], rows)];
}

function section({ id, severity, title, reason, remedy, known, needs, settings }: Documented): string[] {
  return [
    `### ${id}`,
    "",
    `**${title}.** Severity ${severity}: ${STOPS[severity]}.`,
    "",
    reason,
    ...(remedy === undefined ? [] : ["", `What to do: ${sentence(remedy)}`]),
    ...(needs === undefined
      ? []
      : ["", `Needs ${needs}: only a preview and an update judge it, not \`slipway check\`.`]),
    ...(known.length === 0 ? [] : ["", `Others that ask for it: ${known.join(", ")}.`]),
    ...(settings ? settingsOf(settings) : []),
    "",
  ];
}

const overview = (rules: readonly Documented[]): string[] =>
  table(
    ["rule", "severity", "what it asks for"],
    rules.map(({ id, severity, title }) => [`[${id}](#${id})`, severity, title]),
  );

const documentedExemption: Documented = {
  ...EXEMPTION_RULE,
  known: [],
  remedy: "mend what it is about and take it out; or, if it is still right, give it a new day and a reason",
};

/** @param library the package's name */
export function policiesPage(library: string, rules: readonly Rule[] = RULES): string {
  const parts = Object.entries(PARTS).map(([subject, heading]) => ({
    heading,
    rules: rules.filter((rule) => rule.subject === subject) as Documented[],
  }));
  const lines = [
    ...introduction(library),
    ...parts
      .filter((part) => part.rules.length > 0)
      .flatMap((part) => [`## ${part.heading}`, "", ...overview(part.rules), "", ...part.rules.flatMap(section)]),
    "## Exemptions themselves",
    "",
    ...section(documentedExemption),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

const introduction = (library: string): string[] => [
  "<!-- Written by `node components/policies/writeDocs.ts` from the rules; a test compares them. -->",
  "",
  "# Policies",
  "",
  "Rules judge what will run, its data, the act of deploying and the repository, by what the plan shows: the `review` of each release, the settings, the declared repositories. They come as a policy pack for Pulumi, which judges in a preview and again in an update, and as a command that needs no engine.",
  "",
  "| | where | judges |",
  "| --- | --- | --- |",
  "| `npx pulumi preview --policy-pack policies` | in a clone | everything; mandatory findings stop it |",
  `| \`npx pulumi up --policy-pack node_modules/${library}/dist/policies\` | in a project that depends on the package | the same |`,
  "| `npm exec --no -- slipway check` | in the project's folder | declarations and settings alone |",
  "| the workflows [`preview` and `deploy`](repositories.md#workflows) | on GitHub | pull requests and deployments |",
  "",
  "Findings name a place, what is wrong and what to do; they name keys, never the value of a secret. What is known only in the update, like the digest of an image that is built in it, is judged then: the preview says so, and the update stops all the same. The pack works beside others: `--policy-pack` may be given several times.",
  "",
  "## Levels",
  "",
  "A finding is `mandatory` and stops the update, `advisory` and is told, or its rule is `disabled`.",
  "",
  ...table(
    ["severity", "`slipway:protected: true`", "otherwise"],
    [
      ["critical, high", "mandatory", "advisory"],
      ["medium, low", "advisory", "advisory"],
    ],
  ),
  "",
  "`slipway:policies` of a stack says otherwise, and gives rules their own settings:",
  "",
  "```yaml",
  "slipway:policies:",
  "  all: advisory # of all rules that are not named",
  "  rules:",
  "    privileged: mandatory",
  "```",
  "",
  'A rule\'s own settings stand beside its level, `{ level: mandatory, … }`. The same by a file, for one run, before what the settings say: `--policy-pack-config levels.json` with `{ "privileged": { "level": "advisory" } }`. Pulumi\'s own `enforcementLevel` and `all` there count where the settings leave a rule at its usual level.',
  "",
  "## Exemptions",
  "",
  "What must be so is excepted from one rule, for one service or the whole, with a reason and a last day; the plan shows it. In the declaration:",
  "",
  "```ts",
  'exemptions: [{ rule: "privileged", service: "printer", reason: "drives the label printer", until: "2027-01-31" }],',
  "```",
  "",
  "Or in the settings, for one environment, with what is meant: `application`, `host` or `repository`:",
  "",
  "```yaml",
  "slipway:policies:",
  "  exemptions:",
  '    - { rule: privileged, application: shop, reason: "drives the label printer", until: "2027-01-31" }',
  "```",
  "",
  "One that is over, says no reason or matches nothing is [a finding itself](#exemption); one of what the stack does not have, or from a rule about something else, is refused.",
  "",
  "## On pull requests",
  "",
  'A mandatory finding makes the jobs `preview <stack>` and `check <stack>` fail. That alone keeps nobody from merging: name the check in the repository\'s declaration, like `checks: ["quality gate", "check prod"]`, which replaces the list that it has otherwise. The jobs do not run in a merge queue, so leave it out there. After the merge the finding stops `deploy` all the same.',
  "",
  "A pull request brings its own declarations, settings, levels, exemptions and workflows, and is judged by them: whoever writes it can switch a rule off in it. Rules are for mistakes; against a writer stands the review, which sees it: `slipway:policies` in the settings, `exemptions` and `policyPacks` in declarations, `--policy-pack` in `.github/workflows/deploy.yml`, another version of this package. Let `CODEOWNERS` say who approves these files.",
  "",
  "## slipway check",
  "",
  "`slipway check` finds the same from `Pulumi.<stack>.yaml`, `apps/` and `repositories/`, for an editor or a hook before a commit: it asks no host, no registry and for no passphrase, and reads no file that the settings name. What it cannot judge, it names: rules that need a look at hosts or at the state, a version that is not in the settings, what an encrypted value is part of.",
  "",
  ...table(
    ["option", "what"],
    [
      ["`--stack STACK`", "the stack to judge; without it all that have a file"],
      ["`--format text`", "for people; with `GITHUB_ACTIONS=true` annotations too"],
      ["`--format json`", "by [its schema](check.schema.json), with a version"],
      ["`--format sarif`", "SARIF 2.1.0, a run for each stack, exemptions as suppressions"],
      ["`--output FILE`", "writes there"],
      ["`--verbose`", "also shows what exemptions let through"],
    ],
  ),
  "",
  ...table(
    ["exit code", "what"],
    [
      ["0", "nothing mandatory"],
      ["1", "at least one mandatory finding"],
      [
        "2",
        "settings, declarations or the command line are wrong, which is said; a stack with such a problem is not judged",
      ],
    ],
  ),
  "",
  "The applications are those that `apps/index.ts` exports as `applications`, the repositories those of `repositories/index.ts`; where a folder has no `index.ts`, what each of its files exports by default.",
  "",
];
