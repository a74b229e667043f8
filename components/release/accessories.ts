/** What accessories, or a service that runs once, are made of, as one short name: only when that changes, they start again. */

import { readsAllVariables } from "../compose/files.ts";
import { mentionedVariables } from "../compose/interpolate.ts";
import { networkNames } from "../compose/networks.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import { sourceOf } from "../compose/volumes.ts";
import { fingerprint } from "../shared/fingerprint.ts";
import { hashOf } from "../shared/hash.ts";
import { environmentOf, renderEnvironment } from "./envFile.ts";
import type { Stack } from "./model.ts";

/** The same value for the same content, whatever the order of its keys. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, ordered(entry)]),
  );
}

const pick = <T>(record: Record<string, T> | undefined, names: string[]): Record<string, T> =>
  Object.fromEntries(
    names.filter((name) => record && Object.hasOwn(record, name)).map((name) => [name, record![name]!]),
  );

/** Services with everything of the document that they use. */
function definition(stack: Stack, document: ComposeDocument, names: string[]) {
  const services = pick(document.services, names);
  const used = (part: "volumes" | "configs" | "secrets"): string[] =>
    Object.values(services).flatMap((service) =>
      (service[part] ?? []).map((mount) => sourceOf(mount, stack.variables)),
    );
  return {
    services,
    networks: pick(document.networks, Object.values(services).flatMap(networkNames)),
    volumes: pick(document.volumes, used("volumes")),
    configs: pick(document.configs, used("configs")),
    secrets: pick(document.secrets, used("secrets")),
  };
}

type Definition = ReturnType<typeof definition>;

/** Variables that go by their name alone: `environment: [KEY]` of a service, `environment: KEY` of a config or secret. */
function handedOn({ services, configs, secrets }: Definition): string[] {
  return [
    ...Object.values(services).flatMap(namesAlone),
    ...[configs, secrets].flatMap((all) => Object.values(all)).flatMap(({ environment }) => environment ?? []),
  ];
}

function namesAlone({ environment = {} }: ComposeService): string[] {
  if (Array.isArray(environment)) return environment.filter((entry) => !entry.includes("="));
  return Object.keys(environment).filter((name) => environment[name] === null);
}

/** Changes exactly when the own definition of one of these services changes, or a value it is given. */
export function definitionHash(stack: Stack, document: ComposeDocument, services: string[]): string {
  const used = definition(stack, document, services);
  const environment = environmentOf(stack);
  // The version is in the file too, but no reason to restart a database.
  const inFile = Object.values(used.services).some(readsAllVariables)
    ? Object.keys(environment).filter((name) => name !== "VERSION")
    : [];
  const names = [...new Set([...mentionedVariables(used), ...handedOn(used), ...inFile])];
  return hashOf([ordered(used), fingerprint(renderEnvironment(pick(environment, names)), stack.application)]);
}
