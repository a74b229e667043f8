/** The manifest of a release: what the host's scripts need to know, in one readable JSON file. */

import type { OneOff, Service } from "../application/model.ts";
import type { ComposeDocument, ComposeService } from "../compose/document.ts";
import { readsAllVariables } from "../compose/files.ts";
import { interpolate } from "../compose/interpolate.ts";
import { networkNames, proxyNetwork } from "../compose/networks.ts";
import type { Manifest } from "../protocol/manifest.ts";
import { hashOf } from "../shared/hash.ts";
import { environmentOf, fingerprint, renderEnvironment } from "./envFile.ts";
import type { Stack } from "./model.ts";
import { upstreamName } from "./route.ts";

const seconds = (ms: number): number => ms / 1000;
const oneOff = (value: OneOff | undefined) => value && { ...value, timeout: seconds(value.timeout) };

function serviceEntry(stack: Stack, document: ComposeDocument, service: Service) {
  const { application } = stack;
  return {
    name: service.name,
    strategy: service.strategy,
    replicas: service.replicas,
    ...(service.port === undefined
      ? {}
      : {
          port: service.port,
          upstream: upstreamName(application, service.name, service.port),
          network: proxyNetwork(application, document, service.name, stack.variables),
        }),
    health: {
      ...service.health,
      interval: seconds(service.health.interval),
      timeout: Math.ceil(seconds(service.health.timeout)),
    },
    drain: Math.ceil(seconds(service.drain)),
  };
}

/** The same value for the same content, whatever the order of its keys. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, ordered(entry)]),
  );
};

const pick = <T>(record: Record<string, T> | undefined, names: string[]): Record<string, T> =>
  Object.fromEntries(
    names.filter((name) => record && Object.hasOwn(record, name)).map((name) => [name, record![name]!]),
  );

type Part = "services" | "volumes" | "networks" | "configs" | "secrets";
type Definition = Record<Part, Record<string, ComposeService>>;

/** What a service names of the document's volumes, configs or secrets. */
const used = (service: ComposeService, part: Part, variables: Record<string, string>): string[] =>
  ((service[part] as (string | { source?: string })[] | undefined) ?? []).map((entry) =>
    typeof entry === "string"
      ? interpolate(entry, variables).split(":")[0]!
      : interpolate(entry.source ?? "", variables),
  );

/** The accessories with everything of the document that they use. */
function accessories(stack: Stack, document: ComposeDocument): Definition {
  const services = pick(document.services, stack.accessories);
  const parts = (["volumes", "configs", "secrets"] as const).map((part) => [
    part,
    pick(
      document[part] as Definition[Part] | undefined,
      Object.values(services).flatMap((service) => used(service, part, stack.variables)),
    ),
  ]);
  const networks = pick(document.networks, Object.values(services).flatMap(networkNames));
  return ordered({ services, networks, ...Object.fromEntries(parts) }) as Definition;
}

/** Variables that go by their name alone: `environment: [KEY]` of a service, `environment: KEY` of a config or secret. */
function handedOn({ services, configs, secrets }: Definition): string[] {
  const own = Object.values(services).flatMap(({ environment }) =>
    Array.isArray(environment)
      ? environment.filter((entry) => !String(entry).includes("="))
      : Object.entries(environment ?? {})
          .filter(([, value]) => value === null)
          .map(([name]) => name),
  );
  return [...own, ...[configs, secrets].flatMap(Object.values).flatMap((entry) => entry?.environment ?? [])].map(
    String,
  );
}

/** Changes exactly when an accessory's own definition changes, or a value it is given. */
function accessoriesHash(stack: Stack, document: ComposeDocument): string {
  const definition = accessories(stack, document);
  const environment = environmentOf(stack);
  const mentioned = Array.from(
    JSON.stringify(definition).matchAll(/\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*))/g),
    (match) => match[1] ?? "",
  );
  // The version is in the file too, but no reason to restart a database.
  const inFile = Object.values(definition.services).some(readsAllVariables)
    ? Object.keys(environment).filter((name) => name !== "VERSION")
    : [];
  const names = [...new Set([...mentioned, ...handedOn(definition), ...inFile])];
  return hashOf([definition, fingerprint(renderEnvironment(pick(environment, names)), stack.application)]);
}

/** A mount that nobody writes to needs no preparation. */
const isWritable = (volume: unknown): boolean => (volume as { read_only?: boolean }).read_only !== true;

export function renderManifest(stack: Stack, document: ComposeDocument, release: string): string {
  const images = Object.entries(document.services)
    .filter(([name]) => stack.accessories.includes(name) || stack.services.some((service) => service.name === name))
    .map(([, service]) => service.image!);
  const domain = stack.domains[0];
  const manifest: Manifest = {
    application: stack.application,
    environment: stack.environment,
    release,
    version: stack.version,
    images: [...new Set(images)].sort(),
    accessories: stack.accessories,
    pins: Object.fromEntries(Object.entries(stack.tags).map(([name, tag]) => [tag, document.services[name]!.image!])),
    accessoriesHash: accessoriesHash(stack, document),
    mounted: stack.services
      .map(({ name }) => name)
      .filter((name) => ((document.services[name]?.volumes as unknown[] | undefined) ?? []).some(isWritable)),
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
