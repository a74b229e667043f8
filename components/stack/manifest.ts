/** The manifest of a release: what the host's scripts need to know, in one readable JSON file. */
import { createHash } from "node:crypto";
import type { ComposeDocument } from "../application/spec.ts";
import { proxyNetwork } from "./compose.ts";
import type { OneOff, Service, Stack } from "./model.ts";
import { upstreamName } from "./route.ts";

const seconds = (ms: number): number => ms / 1000;
const oneOff = (value: OneOff | undefined) => value && { ...value, timeout: seconds(value.timeout) };

function serviceEntry(stack: Stack, document: ComposeDocument, service: Service) {
  const { application } = stack;
  return {
    name: service.name,
    strategy: service.strategy,
    replicas: service.replicas,
    ...(service.port === undefined ? {} : { port: service.port, upstream: upstreamName(application, service.name), network: proxyNetwork(application, document, service.name) }),
    health: { ...service.health, interval: seconds(service.health.interval), timeout: Math.ceil(seconds(service.health.timeout)) },
    drain: Math.ceil(seconds(service.drain)),
  };
}

/** Changes exactly when an accessory's own definition changes, or a value it is given. */
function accessoriesHash(stack: Stack, document: ComposeDocument, secrets: string): string {
  const services = stack.accessories.map((name) => [name, document.services[name]]);
  const text = JSON.stringify([services, document.volumes, document.networks]);
  const names = [...new Set(Array.from(text.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g), (match) => match[1]!))].sort();
  const values = names.map((name) => [name, stack.variables[name], name in stack.secrets ? secrets : ""]);
  return createHash("sha256").update(JSON.stringify([text, values])).digest("hex").slice(0, 16);
}

export function renderManifest(stack: Stack, document: ComposeDocument, release: string, accessorySecrets: string): string {
  const images = Object.entries(document.services)
    .filter(([name]) => stack.accessories.includes(name) || stack.services.some((service) => service.name === name))
    .map(([, service]) => service.image!);
  const domain = stack.domains[0];
  const manifest = {
    application: stack.application,
    environment: stack.environment,
    release,
    version: stack.version,
    images: [...new Set(images)].sort(),
    accessories: stack.accessories,
    pins: Object.fromEntries(Object.entries(stack.tags).map(([name, tag]) => [tag, document.services[name]!.image])),
    accessoriesHash: accessoriesHash(stack, document, accessorySecrets),
    services: stack.services.map((service) => serviceEntry(stack, document, service)),
    secrets: Object.keys(stack.secrets).sort(),
    backup: oneOff(stack.backup),
    migration: oneOff(stack.migration),
    verification: domain && { host: domain.host, scheme: domain.scheme, ...stack.verification },
    observe: stack.observe,
    preflight: stack.preflight,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
