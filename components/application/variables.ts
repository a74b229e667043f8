/** Environment variables of declared services. */
import { mapValues } from "../shared/records.ts";
import type { ApplicationSpec, ServiceSpec } from "./declaration.ts";
import { isAccessory } from "./ownership.ts";
import { loginSecrets } from "./proxyRules.ts";

/** `$` begins a variable in Compose files; a value that means a dollar has two. */
export const literal = (value: string): string => value.replaceAll("$", "$$$$");

const REFERENCE = /\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * A text of a declaration or of the settings in which `${NAME}` stands for a secret of that name, and `$${NAME}` for these
 * characters; every other `$` means itself.
 */
export function withSecrets(
  text: string,
  secrets: string[],
  { plain, secret }: { plain: (text: string) => string; secret: (name: string) => string },
): string {
  let [result, at] = ["", 0];
  for (const { 0: whole, 1: dollar, 2: name = "", index } of text.matchAll(REFERENCE)) {
    if (!secrets.includes(name)) continue;
    result += plain(text.slice(at, index)) + (dollar ? plain(whole.slice(1)) : secret(name));
    at = index + whole.length;
  }
  return result + plain(text.slice(at));
}

/** As a Compose file has it. */
const withReferences = (values: Record<string, string>, secrets: string[]): Record<string, string> =>
  mapValues(values, (value) => withSecrets(value, secrets, { plain: literal, secret: (name) => `\${${name}}` }));

const references = (names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `\${${name}}`]));

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Stands in `databaseUrl` for the password, as an address has it. */
export const PASSWORD = "{password}";

/** `postgresql`, as SQLAlchemy does not take `postgres`. */
const DATABASE_URL = `postgresql://app:${PASSWORD}@db:5432/app?sslmode=disable`;

/** Environment variables that the database and the cache give to the application's own services. */
export function connectionVariables(
  { database, databaseUrl = DATABASE_URL }: { database: boolean; databaseUrl?: string },
  password: string | undefined,
): Record<string, string> {
  if (!database || password === undefined) return {};
  return { DATABASE_URL: databaseUrl.replaceAll(PASSWORD, () => encodeURIComponent(password)) };
}

/** Names of the secrets that a service gets as environment variables. */
export const secretsOf = (spec: ApplicationSpec, service: ServiceSpec, secrets: string[]): string[] =>
  service.secrets ??
  (isAccessory(spec, service)
    ? []
    : secrets.filter((name) => ![...(service.secretFiles ?? []), ...loginSecrets(spec)].includes(name)));

/** An accessory gets what it names, nothing of the application: so that a deployment does not touch it. */
const accessoryEnvironment = (service: ServiceSpec, secrets: string[], known: string[]): Record<string, string> =>
  sorted({ ...references(secrets), ...withReferences(service.environment ?? {}, known) });

function ownEnvironment(
  spec: ApplicationSpec,
  service: ServiceSpec,
  variables: Record<string, string>,
  secrets: string[],
  known: string[],
): Record<string, string> {
  const derived = spec.database ? ["DATABASE_URL"] : [];
  return sorted({
    ...(spec.cache ? { REDIS_URL: "redis://cache:6379" } : {}),
    ...references([...derived, ...secrets]),
    ...withReferences({ ...variables, ...service.environment }, [...derived, ...known]),
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
    ? accessoryEnvironment(service, wanted, secrets)
    : ownEnvironment(spec, service, variables, wanted, secrets);
}
