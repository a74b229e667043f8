import type { ComposeDocument, ComposeService } from "./document.ts";
import { interpolate } from "./interpolate.ts";

/** Names of the networks that a service is in, as the document calls them. */
export function networkNames(service: ComposeService | undefined): string[] {
  const networks = service?.networks;
  const names = Array.isArray(networks) ? networks.map(String) : Object.keys(networks ?? {});
  return names.length > 0 ? names : ["default"];
}

/** The Docker network on which the proxy reaches a service. */
export function proxyNetwork(
  application: string,
  document: ComposeDocument,
  service: string,
  variables: Record<string, string> = {},
): string {
  const names = networkNames(document.services[service]);
  const name = names.includes("default") ? "default" : names[0]!;
  const { external, name: given } = (document.networks?.[name] ?? {}) as {
    name?: string;
    external?: boolean | { name?: string };
  };
  const own = given ?? (typeof external === "object" ? external.name : undefined);
  return own === undefined ? (external ? name : `${application}_${name}`) : interpolate(own, variables);
}
