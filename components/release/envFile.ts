/** Environment files. */
import { withSecrets } from "../application/variables.ts";
import { mapValues } from "../shared/records.ts";
import type { Stack } from "./model.ts";

/** All that a release's `.env` file holds. */
export const environmentOf = (stack: Stack): Record<string, string> => ({
  ...mapValues(stack.variables, (text) =>
    withSecrets(text, Object.keys(stack.secrets), { plain: (part) => part, secret: (name) => stack.secrets[name]! }),
  ),
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
