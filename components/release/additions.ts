/** What Slipway adds to a Compose document: only what its rollout needs, and safe defaults where the file is silent. */

import type { Service } from "../application/model.ts";
import type { ComposeDocument, ComposeService } from "../compose/document.ts";
import { LOGGING } from "../compose/logging.ts";
import { targetPort } from "../compose/ports.ts";
import { withHostFolders } from "./folders.ts";
import type { Stack } from "./model.ts";

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
