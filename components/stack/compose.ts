/** What Slipway adds to a Compose document: only what its rollout needs, and safe defaults where the file is silent. */
import type { ComposeDocument, ComposeService } from "../application/spec.ts";
import { interpolate } from "./composeFile.ts";
import { withHostFolders } from "./folders.ts";
import type { Service, Stack } from "./model.ts";

/** Logs of a container: rotated, at most 30 MB. */
export const LOGGING = { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } };

/** The container port of a published port, in any of Compose's notations. */
export function targetPort(port: unknown): number | undefined {
  if (typeof port === "number") return port;
  if (typeof port === "string") return Number.parseInt(port.split(":").at(-1)!, 10) || undefined;
  const target = (port as { target?: unknown }).target;
  return target === undefined ? undefined : Number(target);
}

/** The host port of a published port, if it is a fixed one; of a range the first. */
export function publishedPort(port: unknown): number | undefined {
  if (typeof port === "number") return undefined;
  const text =
    typeof port === "string"
      ? port.split(":").length > 1
        ? port.split(":").at(-2)
        : undefined
      : String((port as { published?: unknown }).published ?? "");
  return text !== undefined && /^\d+(-\d+)?$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

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

function withSecretFiles(name: string, service: ComposeService, paths: Record<string, string>): ComposeService {
  const mine = Object.keys(paths).filter((key) => key.startsWith(`${name} `));
  if (mine.length === 0) return service;
  const mounts = mine.map((key) => ({
    type: "bind",
    source: paths[key],
    target: `/run/secrets/${key.slice(name.length + 1)}`,
    read_only: true,
  }));
  return { ...service, volumes: [...((service.volumes as unknown[] | undefined) ?? []), ...mounts] };
}

function ownService(service: ComposeService, own: Service): ComposeService {
  const { container_name: _, ports, ...rest } = service;
  const kept = ((ports as unknown[] | undefined) ?? []).filter(
    (port) => own.port === undefined || targetPort(port) !== own.port,
  );
  return kept.length > 0 ? { ...rest, ports: kept } : rest;
}

/**
 * @param secretPaths host path by `"service NAME"` of the secrets that services get as files
 */
export function applyDefaults(stack: Stack, secretPaths: Record<string, string>): ComposeDocument {
  const services = Object.fromEntries(
    Object.entries(stack.document.services).map(([name, service]) => {
      const own = stack.services.find((candidate) => candidate.name === name);
      const ready = withSecretFiles(name, own ? ownService(service, own) : service, secretPaths);
      return [name, { restart: "always", logging: LOGGING, ...ready }];
    }),
  );
  const { name: _, services: __, version: ___, ...rest } = stack.document;
  return withHostFolders(stack, { name: stack.application, services, ...rest });
}
