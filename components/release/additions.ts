/** What Slipway adds to a Compose document: only what its rollout needs, and safe defaults where the file is silent. */

import type { Service } from "../application/model.ts";
import { withUnknown } from "../compose/interpolate.ts";
import { LOGGING } from "../compose/logging.ts";
import { portsOf, withoutTarget } from "../compose/ports.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import { volumesOf } from "../compose/volumes.ts";
import { withHostFolders } from "./folders.ts";
import type { Stack } from "./model.ts";

/** A secret that a service gets as a file, and where that lies on the host. */
export interface SecretMount {
  service: string;
  name: string;
  path: string;
}

function withSecretFiles(service: ComposeService, secrets: SecretMount[]): ComposeService {
  if (secrets.length === 0) return service;
  const mounts = secrets.map(({ name, path }) => ({
    type: "bind",
    source: path,
    target: `/run/secrets/${name}`,
    read_only: true,
  }));
  return { ...service, volumes: [...volumesOf(service), ...mounts] };
}

/** The proxy's port is not published, and several containers have no name of their own. */
function ownService(service: ComposeService, own: Service, variables: Record<string, string>): ComposeService {
  const { container_name: _, ports: __, ...rest } = service;
  const ports = portsOf(service);
  const kept = own.ports.reduce((left, port) => withoutTarget(left, port, variables), ports);
  return kept.length > 0 ? { ...rest, ports: kept } : rest;
}

export function applyDefaults(stack: Stack, secrets: SecretMount[]): ComposeDocument {
  const variables = withUnknown(stack.variables, Object.keys(stack.secrets));
  const services = Object.fromEntries(
    Object.entries(stack.document.services).map(([name, service]) => {
      const own = stack.services.find((candidate) => candidate.name === name);
      const mine = secrets.filter((secret) => secret.service === name);
      const ready = withSecretFiles(own ? ownService(service, own, variables) : service, mine);
      const restart = stack.once.some((one) => one.name === name) ? "no" : "always";
      return [name, { restart, logging: LOGGING, ...ready }];
    }),
  );
  const { name: _, services: __, version: ___, ...rest } = stack.document;
  return withHostFolders(stack, { name: stack.application, services, ...rest });
}
