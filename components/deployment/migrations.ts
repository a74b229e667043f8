/**
 * What a plan says of data that newer migrations have changed, before an older version is deployed. On a host,
 * `rollout/migrate.sh` decides the same.
 */
import type { PlannedStack } from "../application/model.ts";
import type { InspectedApplication, Migrations } from "../protocol/inspect.ts";
import type { Decision } from "./drift.ts";

type Planned = Pick<PlannedStack, "application" | "version" | "migration" | "accessories" | "databases">;

/** The note belongs to the token's; a refusal ends the plan. */
export interface WayBack {
  refusal?: string;
  note?: Decision["notes"][number];
}

/** Whether hosts share the data, as it is outside them all: then only the first of them migrates. */
export const migratesOnce = ({ migration, accessories, databases = [] }: Planned): boolean =>
  migration !== undefined && accessories.length === 0 && databases.length === 0;

const inWords = ({ release, version }: Migrations["applied"][number]): string => `release ${release} (${version})`;

/**
 * @param hosts the names of all
 * @param running what the host runs, and says of its migrations
 */
export function wayBack(
  stack: Planned,
  hosts: string[],
  host: string,
  { version: running, migrations }: Pick<InspectedApplication, "version" | "migrations">,
): WayBack {
  const others = migratesOnce(stack) ? hosts.filter((name) => name !== host) : [];
  if (!migrations || (others.length > 0 && host !== hosts[0])) return {};
  const { applied, back } = migrations;
  const placeOf = (wanted: string): number => applied.findLastIndex(({ version }) => version === wanted);
  const [top, place] = [applied.findLastIndex(({ none }) => !none), placeOf(stack.version)];
  if (place === -1 || place >= top) return {};
  const newest = applied[top]!;
  if (back === undefined || (newest.doubt !== undefined && back !== "revision")) {
    const newer = applied.slice(place + 1).filter(({ none }) => !none);
    const text = `what newer migrations changed stays, as nothing takes it back (migration.down): ${newer.map(inWords).join(", ")}`;
    return { note: { kind: "drift", text } };
  }
  if (back === "revision" && stack.migration?.revision === undefined) {
    const from = `${inWords(newest)} on ${host} takes its schema back to the revision that ${stack.version} tells`;
    return {
      refusal: `apps: ${stack.application}.migration.revision: is missing; ${from}. Declare the command that prints it, like ["alembic", "heads"]`,
    };
  }
  const before = placeOf(running);
  const stops =
    before === -1 || before > place ? "; what runs is stopped for it, and its requests are held meanwhile" : "";
  const text = `${inWords(newest)} takes its schema back first (migration.down)${stops}`;
  if (others.length === 0) return { note: { kind: "change", text } };
  return {
    note: { kind: "drift", text: `${text}; ${others.join(", ")} run ${running} on the older schema until then` },
  };
}
