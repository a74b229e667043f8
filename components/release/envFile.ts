/** Environment files and the fingerprints of secrets. */
import { createHash, scryptSync } from "node:crypto";
import type { Stack } from "./model.ts";

/** All that a release's `.env` file holds. */
export const environmentOf = (stack: Stack): Record<string, string> => ({
  ...stack.variables,
  ...stack.secrets,
  VERSION: stack.version,
});

/**
 * One line of a `.env` file, in double quotes with escapes, as Docker Compose reads it
 * (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax).
 */
function line(name: string, value: string): string {
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("$", "\\$")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
  return `${name}="${escaped}"`;
}

/** A `.env` file, sorted by name. */
export function renderEnvironment(variables: Record<string, string>): string {
  const lines = Object.keys(variables)
    .sort()
    .map((name) => line(name, variables[name]!));
  return lines.map((text) => `${text}\n`).join("");
}

/** Made once each, as they are slow on purpose. */
const fingerprints = new Map<string, string>();

/**
 * Names a secret's content without giving it away: slow to guess (scrypt), different in every application.
 * It appears in paths and release names, which are not secret.
 */
export function fingerprint(content: string, application: string): string {
  const asked = JSON.stringify([content, application]);
  const known = fingerprints.get(asked);
  if (known !== undefined) return known;
  const key = scryptSync(content, `slipway ${application}`, 16, { N: 4096, r: 8, p: 1 });
  const name = createHash("sha256").update(key).digest("hex").slice(0, 16);
  fingerprints.set(asked, name);
  return name;
}
