/** The manifest of a release: what the host's scripts need to know, in one readable JSON file. */
import type { ComposeDocument } from "../application/spec.ts";
import { hashOf } from "../host/install.ts";
import { networkNames, proxyNetwork } from "./compose.ts";
import { fingerprint, renderEnvironment } from "./environment.ts";
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
    ...(service.port === undefined ? {} : { port: service.port, upstream: upstreamName(application, service.name, service.port), network: proxyNetwork(application, document, service.name, stack.variables) }),
    health: { ...service.health, interval: seconds(service.health.interval), timeout: Math.ceil(seconds(service.health.timeout)) },
    drain: Math.ceil(seconds(service.drain)),
  };
}

/** The same value for the same content, whatever the order of its keys. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, ordered(entry)]));
};

const pick = <T>(record: Record<string, T> | undefined, names: string[]): Record<string, T> =>
  Object.fromEntries(names.filter((name) => record && Object.hasOwn(record, name)).map((name) => [name, record![name]!]));

const volumeName = (volume: unknown): string =>
  typeof volume === "string" ? volume.split(":")[0]! : String((volume as { source?: unknown }).source ?? "");

/** Changes exactly when an accessory's own definition changes, or a value it is given. */
function accessoriesHash(stack: Stack, document: ComposeDocument): string {
  const services = pick(document.services, stack.accessories);
  const volumes = Object.values(services).flatMap((service) => ((service["volumes"] as unknown[] | undefined) ?? []).map(volumeName));
  const networks = Object.values(services).flatMap(networkNames);
  const definition = ordered({ services, volumes: pick(document.volumes, volumes), networks: pick(document.networks, networks) });
  const mentioned = Array.from(JSON.stringify(definition).matchAll(/\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*))/g), (match) => match[1] ?? "");
  const names = [...new Set(mentioned)].sort();
  const values = fingerprint(renderEnvironment(pick({ ...stack.variables, ...stack.secrets }, names)), stack.application);
  return hashOf([definition, values]);
}

export function renderManifest(stack: Stack, document: ComposeDocument, release: string): string {
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
    accessoriesHash: accessoriesHash(stack, document),
    mounted: stack.services.map(({ name }) => name).filter((name) => ((stack.document.services[name]?.["volumes"] as unknown[] | undefined) ?? []).length > 0),
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
