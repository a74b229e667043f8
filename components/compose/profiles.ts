import type { ComposeDocument } from "./schema.ts";

/** Names of the services that run with these profiles active. */
export function activeServices(document: Pick<ComposeDocument, "services">, profiles: string[]): string[] {
  return Object.entries(document.services)
    .filter(
      ([, { profiles: own = [] }]) =>
        own.length === 0 || profiles.includes("*") || own.some((profile) => profiles.includes(profile)),
    )
    .map(([name]) => name);
}
