/** The other files of a well-kept repository. */
import { renderYaml } from "./render.ts";

export interface CommunitySpec {
  dependabot?: DependabotSpec | true;
  /** Owners by pattern; the last match counts: `{ "*": ["@anna"], "/infra/": ["@acme/operations"] }`. */
  codeowners?: Record<string, string[]>;
  security?: SecurityPolicySpec;
  /** Questions for every pull request, one per line. `true`: what, why, tests, data, and how to roll back. */
  pullRequestTemplate?: string[] | true;
}

export interface DependabotSpec {
  /** Folders by ecosystem, in Dependabot's words: `{ pip: ["/"], npm: ["/frontend"] }`. `github-actions` is always included. */
  ecosystems?: Record<string, string[]>;
  /** @default "weekly" */
  interval?: "daily" | "weekly" | "monthly";
  /** Minimum age of a release in days: most malicious releases are found within it. @default 7 */
  cooldown?: number;
}

export interface SecurityPolicySpec {
  /** Where to report vulnerabilities: an email address, or "advisories" for GitHub's private reports. @default "advisories" */
  contact?: string;
  /** Days until the first answer. @default 7 */
  answerWithin?: number;
  /** Versions that get fixes, in words. @default "the latest release" */
  supported?: string;
}

const MARKDOWN_HEADER =
  "<!-- Written by Slipway from the repository's declaration; change that instead, or this file will be overwritten. -->\n";

/** Contents by path in the repository. */
export function communityFiles(spec: CommunitySpec): Record<string, string> {
  return {
    ...(spec.dependabot
      ? { ".github/dependabot.yml": dependabot(spec.dependabot === true ? {} : spec.dependabot) }
      : {}),
    ...(spec.codeowners ? { ".github/CODEOWNERS": codeowners(spec.codeowners) } : {}),
    ...(spec.security ? { "SECURITY.md": securityPolicy(spec.security) } : {}),
    ...(spec.pullRequestTemplate
      ? { ".github/pull_request_template.md": pullRequestTemplate(spec.pullRequestTemplate) }
      : {}),
  };
}

/** https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference */
function dependabot({ ecosystems = {}, interval = "weekly", cooldown = 7 }: DependabotSpec): string {
  const all = { "github-actions": ["/"], ...ecosystems };
  return renderYaml({
    version: 2,
    updates: Object.entries(all).map(([ecosystem, directories]) => ({
      "package-ecosystem": ecosystem,
      directories,
      schedule: { interval },
      ...(cooldown > 0 ? { cooldown: { "default-days": cooldown } } : {}),
      "open-pull-requests-limit": 5,
      // One pull request for all harmless updates; a major version gets its own.
      groups: { [ecosystem]: { patterns: ["*"], "update-types": ["minor", "patch"] } },
    })),
  });
}

function codeowners(owners: Record<string, string[]>): string {
  return `# Written by Slipway from the repository's declaration; change that instead, or this file will be overwritten.\n${Object.entries(
    owners,
  )
    .map(([pattern, names]) => `${[pattern, ...names].join(" ")}\n`)
    .join("")}`;
}

function securityPolicy({
  contact = "advisories",
  answerWithin = 7,
  supported = "the latest release",
}: SecurityPolicySpec): string {
  const where =
    contact === "advisories"
      ? "Report a vulnerability [privately](../../security/advisories/new), not as an issue."
      : `Report a vulnerability to <${contact}>, not as an issue.`;
  return `${MARKDOWN_HEADER}# Security\n\n${where} You will get an answer within ${answerWithin} days, and updates until it is resolved.\n\nFixes are released for ${supported}.\n`;
}

const QUESTIONS = [
  "What changes, and why?",
  "How was it tested?",
  "What happens to existing data and settings?",
  "How can it be rolled back?",
];

function pullRequestTemplate(questions: string[] | true): string {
  return `${MARKDOWN_HEADER}${(questions === true ? QUESTIONS : questions).map((question) => `## ${question}\n`).join("\n")}`;
}

/** Markdown badges with each workflow's status on the default branch. @param repository `owner/name` */
export function badges(workflows: string[], repository: string): string {
  return `${workflows.map((name) => `[![${name}](https://github.com/${repository}/actions/workflows/${name}.yml/badge.svg)](https://github.com/${repository}/actions/workflows/${name}.yml)`).join(" ")}\n`;
}
