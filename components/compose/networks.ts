import { interpolate } from "./interpolate.ts";
import type { ComposeDocument } from "./schema.ts";
import type { ComposeService } from "./serviceSchema.ts";

/** Names of the networks that a service is in, as the document calls them. */
export function networkNames(service: ComposeService | undefined): string[] {
  const networks = service?.networks ?? [];
  const names = Array.isArray(networks) ? networks : Object.keys(networks);
  return names.length > 0 ? names : ["default"];
}

/** The Docker network on which the proxy reaches a service. */
export function proxyNetwork(
  application: string,
  document: Pick<ComposeDocument, "services" | "networks">,
  service: string,
  variables: Record<string, string> = {},
): string {
  const names = networkNames(document.services[service]);
  const name = names.includes("default") ? "default" : names[0]!;
  const { external, name: given } = document.networks?.[name] ?? {};
  const own = given ?? (typeof external === "object" ? external.name : undefined);
  if (own !== undefined) return interpolate(own, variables);
  return external ? name : `${application}_${name}`;
}
