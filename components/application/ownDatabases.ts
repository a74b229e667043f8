/** A database among the application's own services: each deployment replaces it, and each host has its own. */
import type { ComposeDocument } from "../compose/schema.ts";
import { isWritable, volumesOf } from "../compose/volumes.ts";
import { isCarried } from "./cargo.ts";
import type { ApplicationSpec } from "./declaration.ts";
import { neededBy } from "./dependencies.ts";
import type { Migration, Service } from "./model.ts";

/** Own services without requests from outside that have data, and that what migrates needs. */
export function ownDatabases(
  { services }: ComposeDocument,
  own: Pick<Service, "name" | "ports">[],
  migration: Migration | undefined,
  variables: Record<string, string>,
): string[] {
  if (migration === undefined) return [];
  const needed = neededBy(migration.service, services, variables);
  const hasData = (name: string): boolean =>
    volumesOf(services[name]!).some((volume) => isWritable(volume) && !isCarried(volume));
  return own
    .filter(({ name, ports }) => ports.length === 0 && name !== migration.service && needed.includes(name))
    .map(({ name }) => name)
    .filter(hasData);
}

export const migratesTooEarly = ({ name: application }: ApplicationSpec, database: string): string =>
  `apps: ${application}.migration: runs before the application's own services are started, and ${database} is one of them: in a first deployment there is nothing to migrate yet; ` +
  `declare services.${database}.accessory: true, and it starts first and stays when a new version comes`;
