/** Reads an existing Compose file: anchors, merge keys, profiles and extension fields as Compose itself understands them. */
import { parse } from "yaml";
import type { ComposeDocument } from "../application/spec.ts";

/** @throws Error naming the file and the place */
export function parseComposeFile(path: string, text: string): ComposeDocument {
  let document: unknown;
  try {
    document = parse(text, { merge: true });
  } catch (error) {
    throw new Error(`${path} is not valid YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const services = (document as ComposeDocument | null)?.services;
  if (typeof services !== "object" || services === null || Object.keys(services).length === 0) {
    throw new Error(`${path} declares no services; a Compose file needs a "services:" with at least one entry`);
  }
  return document as ComposeDocument;
}

const VARIABLE = /\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Replaces variables as Compose does
 * (https://docs.docker.com/reference/compose-file/interpolation/): `$NAME`, `${NAME}`, `${NAME:-default}`, `$$`.
 */
export function interpolate(text: string, variables: Record<string, string>): string {
  return text.replace(VARIABLE, (_, dollar, braced, operator, operand, bare) => {
    if (dollar) return "$";
    const value = variables[(braced ?? bare) as string];
    const missing = value === undefined || (String(operator ?? "").startsWith(":") && value === "");
    if (operator?.endsWith("-")) return missing ? operand : value;
    if (operator?.endsWith("+")) return missing ? "" : operand;
    return value ?? "";
  });
}

/** Variables that a document needs: used somewhere without a default. Sorted. */
export function neededVariables(document: unknown): string[] {
  const names = new Set<string>();
  for (const match of JSON.stringify(document).matchAll(VARIABLE)) {
    const [, dollar, braced, operator, , bare] = match;
    if (!dollar && !operator?.endsWith("-") && !operator?.endsWith("+")) names.add((braced ?? bare)!);
  }
  return [...names].sort();
}

/** Names of the services that run with these profiles active. */
export function activeServices(document: ComposeDocument, profiles: string[]): string[] {
  return Object.keys(document.services).filter((name) => {
    const own = document.services[name]!["profiles"] as string[] | undefined;
    return own === undefined || own.length === 0 || own.some((profile) => profiles.includes(profile));
  });
}
