import type { ComposeService } from "./serviceSchema.ts";

/** Names of the networks that a service is in, as the document calls them. */
export function networkNames(service: ComposeService | undefined): string[] {
  const networks = service?.networks ?? [];
  const names = Array.isArray(networks) ? networks : Object.keys(networks);
  return names.length > 0 ? names : ["default"];
}
