/** Environment variables of declared services. */
import { mapValues } from "../shared/records.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import { isAccessory } from "./ownership.ts";
import { loginSecrets } from "./proxyRules.ts";

/** `$` begins a variable in Compose files; a value that means a dollar has two. */
export const literal = (value: string): string => value.replaceAll("$", "$$$$");

const references = (names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `\${${name}}`]));

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * Environment variables that the database and the cache give to the application's own services. `postgresql`, as SQLAlchemy
 * does not take `postgres`.
 */
export function connectionVariables(hasDatabase: boolean, password: string | undefined): Record<string, string> {
  return hasDatabase && password !== undefined
    ? { DATABASE_URL: `postgresql://app:${encodeURIComponent(password)}@db:5432/app?sslmode=disable` }
    : {};
}

/** Names of the secrets that a service gets as environment variables. */
export const secretsOf = (spec: ApplicationSpec, service: ServiceSpec, secrets: string[]): string[] =>
  service.secrets ??
  (isAccessory(spec, service)
    ? []
    : secrets.filter((name) => ![...(service.secretFiles ?? []), ...loginSecrets(spec)].includes(name)));

/** An accessory gets what it names, nothing of the application: so that a deployment does not touch it. */
const accessoryEnvironment = (service: ServiceSpec, secrets: string[]): Record<string, string> =>
  sorted({ ...references(secrets), ...mapValues(service.environment ?? {}, literal) });

function ownEnvironment(
  spec: ApplicationSpec,
  service: ServiceSpec,
  variables: Record<string, string>,
  secrets: string[],
): Record<string, string> {
  const derived = spec.database ? ["DATABASE_URL"] : [];
  return sorted({
    ...(spec.cache ? { REDIS_URL: "redis://cache:6379" } : {}),
    ...references([...derived, ...secrets]),
    ...mapValues({ ...variables, ...service.environment }, literal),
  });
}

/**
 * @param variables of the application
 * @param secrets names of the application's
 */
export function environmentOf(
  spec: ApplicationSpec,
  service: ServiceSpec,
  variables: Record<string, string>,
  secrets: string[],
): Record<string, string> {
  const wanted = secretsOf(spec, service, secrets);
  return isAccessory(spec, service)
    ? accessoryEnvironment(service, wanted)
    : ownEnvironment(spec, service, variables, wanted);
}
