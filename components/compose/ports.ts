/** Ports that a service publishes (https://docs.docker.com/reference/compose-file/services/#ports). */
import { interpolate } from "./interpolate.ts";
import type { ComposeService, Port } from "./serviceSchema.ts";
import { shortParts } from "./shortNotation.ts";

export const portsOf = (service: ComposeService): Port[] => service.ports ?? [];

/** The container port of a published port, in any of Compose's notations. */
export function targetPort(port: Port): number | undefined {
  if (typeof port === "number") return port;
  return typeof port === "string" ? Number.parseInt(shortParts(port).at(-1)!, 10) || undefined : Number(port.target);
}

/** The host port of a published port, if it is a fixed one; of a range the first. */
export function publishedPort(port: Port): number | undefined {
  if (typeof port === "number") return undefined;
  const published = typeof port === "string" ? shortParts(port).at(-2) : String(port.published ?? "");
  return published !== undefined && /^\d+(-\d+)?$/.test(published) ? Number.parseInt(published, 10) : undefined;
}

/** The service with its ports as they can be read: variables of the short notation are replaced. */
export function withReadablePorts(service: ComposeService, variables: Record<string, string>): ComposeService {
  if (service.ports === undefined) return service;
  return {
    ...service,
    ports: service.ports.map((port) => (typeof port === "string" ? interpolate(port, variables) : port)),
  };
}
