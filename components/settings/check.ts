import { fromIssues, type Path } from "../shared/issues.ts";
import { Problems } from "../shared/problems.ts";
import { contentsOf, type Sources as Files } from "./contents.ts";
import { display, place, wording } from "./problems.ts";
import { resolveSettings } from "./resolve.ts";
import { checkRules } from "./rules.ts";
import { knownKeys, settingsSchema, type Written } from "./schema.ts";
import type { Settings } from "./types.ts";

export interface Sources extends Files {
  /** Places whose values commands told: none of them is written in the file. @default none */
  told?: Path[];
  /** Names of settings (like "secrets") of which a part is encrypted. */
  encrypted?: readonly string[];
  /** Whether an SSH agent runs. Default: true. */
  hasAgent?: boolean;
}

export interface Checked {
  /** Present if there is no problem. Secrets are plain text in it. */
  settings?: Settings;
  /** One line each: place, value, way out. */
  problems: string[];
  warnings: string[];
}

const MISPLACED =
  "holds an encrypted value, which would reach the host's readable files; move it to slipway:secrets.<application>.<NAME>";

/**
 * Checks the settings of a stack and brings them into their one shape.
 * @param entries what stands below `slipway:`, by name, as Pulumi hands it over: objects as JSON text.
 */
export function check(entries: Record<string, string>, sources: Sources): Checked {
  const problems = Problems.ofSettings();
  const raw = decode(problems, entries);
  const parsed = settingsSchema.safeParse(raw);
  for (const { path, message } of fromIssues(parsed.error?.issues ?? [], raw, wording(knownKeys)))
    problems.at(path, message);
  checkRules(problems, raw);
  const contents = contentsOf(problems, raw, sources);
  if (sources.encrypted?.includes("applications")) problems.at(["applications"], MISPLACED);
  if (problems.found.length > 0 || !parsed.success) {
    // In an order of their own, so that the same settings give the same text.
    return { problems: [...new Set(problems.found)].sort(), warnings: [] };
  }
  const settings = resolveSettings(parsed.data, contents);
  return {
    settings,
    problems: [],
    warnings: [...plainSecrets(parsed.data, sources), ...missingAgent(settings, sources)],
  };
}

/** Objects and booleans arrive as text. */
function decode(problems: Problems, entries: Record<string, string>): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(entries)) {
    try {
      raw[key] = JSON.parse(text);
    } catch {
      if (knownKeys([]).includes(key)) {
        const expected = key === "protected" ? "true or false" : "a map";
        problems.at([key], `${display([key], text)} is text; write ${expected}`);
      } else raw[key] = text;
    }
  }
  return raw;
}

const KEYS = ["privateKey", "privateKeyPassword"] as const;

function plainSecrets(written: Written, { encrypted = [], told = [] }: Sources): string[] {
  const isTold = told.map(place);
  const places = [
    ...Object.entries(written.hosts).flatMap(([name, host]) =>
      KEYS.flatMap((key) => [
        ...(host[key] === undefined ? [] : [["hosts", `${name}.${key}`]]),
        ...(host.bastion?.[key] === undefined ? [] : [["hosts", `${name}.bastion.${key}`]]),
      ]),
    ),
    ...Object.entries(written.hosts).flatMap(
      ([
        name,
        {
          proxy: { dns },
        },
      ]) => [
        ...(dns?.token === undefined ? [] : [["hosts", `${name}.proxy.dns.token`]]),
        ...Object.keys(dns?.secretOptions ?? {}).map((option) => [
          "hosts",
          `${name}.proxy.dns.secretOptions.${option}`,
        ]),
      ],
    ),
    ...Object.entries(written.registries)
      .filter(([, r]) => r.password)
      .map(([name]) => ["registries", `["${name}"].password`]),
    ...(written.github.token ? [["github", "token"]] : []),
    ...(written.github.keySeed ? [["github", "keySeed"]] : []),
    ...Object.entries(written.repositories).flatMap(([repository, { secrets }]) =>
      Object.keys(secrets).map((name) => ["repositories", `${repository}.secrets.${name}`]),
    ),
    ...Object.keys(written.notifications).map((name) => ["notifications", `${name}.url`]),
    ...Object.entries(written.backups).flatMap(([name, { environment }]) => [
      ["backups", `${name}.password`],
      ...Object.keys(environment).map((variable) => ["backups", `${name}.environment.${variable}`]),
    ]),
    ...Object.entries(written.secrets).flatMap(([application, all]) =>
      Object.keys(all).map((name) => ["secrets", `${application}.${name}`]),
    ),
  ] as [string, string][];
  return places
    .filter(([key]) => !encrypted.includes(key))
    .flatMap(([key, rest]) => {
      const path = `slipway:${key}${rest.startsWith("[") ? "" : "."}${rest}`;
      return isTold.includes(path)
        ? []
        : `${path} is in plain text in the stack's file; encrypt it: pulumi config set --secret --path '${path}'`;
    });
}

function missingAgent(settings: Settings, { hasAgent = true }: Sources): string[] {
  return Object.entries(settings.hosts)
    .filter(([, host]) => !hasAgent && (host.agent || host.bastion?.agent))
    .map(
      ([name]) =>
        `slipway:hosts.${name} is reached with the SSH agent, and none runs (SSH_AUTH_SOCK is not set); start one, or name a privateKeyFile`,
    );
}
