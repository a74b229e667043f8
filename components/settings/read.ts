import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { Path } from "../shared/issues.ts";
import { defined, mapValues } from "../shared/records.ts";
import { check } from "./check.ts";
import { commandsIn, parsedEntries, toldEntries } from "./commands.ts";
import { place } from "./problems.ts";
import { tellAll } from "./runCommands.ts";
import type { Connection, GitHubSettings, ProxySettings, Settings } from "./types.ts";

const PREFIX = "slipway:";

/** All problems of a stack's settings in one message, which the engine shows without a stack trace. */
export class SettingsError extends pulumi.RunError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], stack: string) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${count} in the settings (Pulumi.${stack}.yaml):\n${problems.map((line) => `  ${line}`).join("\n")}`);
    this.name = "SettingsError";
    this.problems = problems;
  }
}

/**
 * Reads and checks what stands below `slipway:` in the stack's configuration. Every secret comes out as a secret
 * Output, whether or not it was encrypted in the file; plain-text ones cause a warning.
 * @param folder the project folder, for relative paths; default: the working directory.
 * @throws SettingsError with all problems at once.
 */
export async function readSettings(folder: string = process.cwd()): Promise<Settings<pulumi.Output<string>>> {
  const { entries, told } = await tellSecrets(slipwayEntries(pulumi.runtime.allConfig()));
  const readFile = (path: string) => readFileSync(path, "utf8");
  const { settings, problems, warnings } = check(entries, {
    folder,
    readFile,
    encrypted: encryptedKeys(Object.keys(entries)),
    told,
    hasAgent: Boolean(process.env.SSH_AUTH_SOCK),
    gitHubIsOff: process.env.SLIPWAY_GITHUB === "off",
  });
  if (!settings) throw new SettingsError(problems, pulumi.getStack());
  for (const warning of warnings) pulumi.log.warn(warning);
  return sealedSettings(settings);
}

/** What commands tell, in their places. @throws SettingsError with every command that did not */
async function tellSecrets(
  entries: Record<string, string>,
): Promise<{ entries: Record<string, string>; told: Path[] }> {
  const raw = parsedEntries(entries);
  const commands = commandsIn(raw);
  if (commands.length === 0) return { entries, told: [] };
  const { values, problems } = await tellAll(commands);
  if (problems.length > 0) throw new SettingsError(problems, pulumi.getStack());
  const byPlace = Object.fromEntries(commands.map(({ path }, index) => [place(path), values[index]!]));
  return { entries: toldEntries(entries, (path) => byPlace[place(path)]!), told: commands.map(({ path }) => path) };
}

function slipwayEntries(config: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
}

/** The SDK's declarations leave `isConfigSecret` out; `pulumi.Config` has no other way to ask. */
function encryptedKeys(keys: string[]): string[] {
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret ? keys.filter((key) => isConfigSecret(PREFIX + key)) : keys;
}

function sealedSettings(settings: Settings): Settings<pulumi.Output<string>> {
  return {
    ...settings,
    hosts: mapValues(settings.hosts, ({ bastion, ...host }) => ({
      ...sealedConnection(host),
      proxy: sealedProxy(host.proxy),
      ...defined({ bastion: bastion && sealedConnection(bastion) }),
    })),
    registries: mapValues(settings.registries, (registry) => ({
      ...registry,
      password: pulumi.secret(registry.password),
    })),
    github: sealedGitHub(settings.github),
    repositories: mapValues(settings.repositories, (repository) => ({
      ...repository,
      secrets: mapValues(repository.secrets, (value) => pulumi.secret(value)),
    })),
    notifications: mapValues(settings.notifications, ({ url, ...open }) => ({ ...open, url: pulumi.secret(url) })),
    backups: mapValues(settings.backups, ({ password, environment, ...open }) => ({
      ...open,
      password: pulumi.secret(password),
      environment: mapValues(environment, (value) => pulumi.secret(value)),
    })),
    secrets: mapValues(settings.secrets, (all) => mapValues(all, (value) => pulumi.secret(value))),
  };
}

const sealedValue = (value: string | undefined) => (value === undefined ? undefined : pulumi.secret(value));

function sealedConnection<C extends Connection>({ privateKey, privateKeyPassword, ...open }: C) {
  const sealed = { privateKey: sealedValue(privateKey), privateKeyPassword: sealedValue(privateKeyPassword) };
  return { ...open, ...defined(sealed) };
}

function sealedProxy({ dns, ...open }: ProxySettings): ProxySettings<pulumi.Output<string>> {
  if (dns === undefined) return open;
  const { token, secretOptions, ...shown } = dns;
  const secretValues = mapValues(secretOptions, (value) => pulumi.secret(value));
  return { ...open, dns: { ...shown, secretOptions: secretValues, ...defined({ token: sealedValue(token) }) } };
}

function sealedGitHub({ token, keySeed, ...open }: GitHubSettings): GitHubSettings<pulumi.Output<string>> {
  return { ...open, ...defined({ token: sealedValue(token), keySeed: sealedValue(keySeed) }) };
}
