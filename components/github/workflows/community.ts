/** Files beside the workflows that a well-kept repository has. */
import { renderYaml } from "./render.ts";

export interface CommunitySpec {
  dependabot?: DependabotSpec | true;
  /** Owners by pattern, the last match counts: `{ "*": ["@anna"], "/infra/": ["@acme/operations"] }`. */
  codeowners?: Record<string, string[]>;
  security?: SecurityPolicySpec;
  /** What a pull request is asked for, a line each. `true`: what, why, tests, and the way back. */
  pullRequestTemplate?: string[] | true;
}

export interface DependabotSpec {
  /** Folders by ecosystem, in Dependabot's words: `{ pip: ["/"], npm: ["/frontend"] }`. `github-actions` is always among them. */
  ecosystems?: Record<string, string[]>;
  /** @default "weekly" */
  interval?: "daily" | "weekly" | "monthly";
  /** Days that a release must be old: what is malicious is mostly found in them. @default 7 */
  cooldown?: number;
}

export interface SecurityPolicySpec {
  /** Where weaknesses are told: a mail address, or "advisories" for GitHub's private reports. @default "advisories" */
  contact?: string;
  /** Days until the first answer. @default 7 */
  answerWithin?: number;
  /** Versions that get corrections, in words. @default "the newest release" */
  supported?: string;
}

const MARKDOWN_HEADER =
  "<!-- Written by Slipway from the repository's declaration; change that, as this file is put back. -->\n";

/** Paths in the repository, with content. */
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
      // One pull request for what is harmless; a major version gets its own.
      groups: { [ecosystem]: { patterns: ["*"], "update-types": ["minor", "patch"] } },
    })),
  });
}

function codeowners(owners: Record<string, string[]>): string {
  return `# Written by Slipway from the repository's declaration; change that, as this file is put back.\n${Object.entries(
    owners,
  )
    .map(([pattern, names]) => `${[pattern, ...names].join(" ")}\n`)
    .join("")}`;
}

function securityPolicy({
  contact = "advisories",
  answerWithin = 7,
  supported = "the newest release",
}: SecurityPolicySpec): string {
  const where =
    contact === "advisories"
      ? "Report a weakness [in private](../../security/advisories/new), not as an issue."
      : `Report a weakness to <${contact}>, not as an issue.`;
  return `${MARKDOWN_HEADER}# Security\n\n${where} You get an answer within ${answerWithin} days, and are told what becomes of it.\n\nCorrections are made for ${supported}.\n`;
}

const QUESTIONS = [
  "What changes, and why?",
  "How was it tested?",
  "What happens to data and settings that exist?",
  "How does one go back?",
];

function pullRequestTemplate(questions: string[] | true): string {
  return `${MARKDOWN_HEADER}${(questions === true ? QUESTIONS : questions).map((question) => `## ${question}\n`).join("\n")}`;
}

/** Badges for the README, by workflow: the state of the default branch. @param repository `owner/name` */
export function badges(workflows: string[], repository: string): string {
  return `${workflows.map((name) => `[![${name}](https://github.com/${repository}/actions/workflows/${name}.yml/badge.svg)](https://github.com/${repository}/actions/workflows/${name}.yml)`).join(" ")}\n`;
}
