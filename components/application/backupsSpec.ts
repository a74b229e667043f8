/** What a declaration says of data that is backed up: what, when, where to, and what shows that a restore is good. */
import type { Duration } from "../shared/duration.ts";

/** How many backups are kept: the last ones, and the last of each of so many days, weeks and months. */
export interface KeepSpec {
  last?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
}

interface Common {
  /** When it is taken, as cron has it. @default once in the night, at a minute between 3:00 and 3:59 that its name decides */
  schedule?: string;
  /** When the newest is restored aside and checked. @default Sundays, at a minute between 5:00 and 5:59 */
  drill?: string;
  /** Whose clock counts, like `"Europe/Berlin"`. @default "UTC" */
  timeZone?: string;
  /** @default { daily: 7, weekly: 4, monthly: 6 } */
  keep?: KeepSpec;
  /** Name of a destination of `slipway:backups`. @default the only one */
  to?: string;
  /** How long a backup, a drill or a restore may take. @default "1h" */
  timeout?: Duration;
}

/** A query whose first value must be true, or a number above 0; with `atLeast`, a number that is not smaller. */
export type QueryCheck = string | { query: string; atLeast?: number };

export interface PostgresBackupsSpec extends Common {
  what: "postgres";
  /** The service that runs the server, like `"db"`. */
  service: string;
  /** @default the one that the image makes: POSTGRES_DB, or that of the user's name */
  database?: string;
  /** @default the one that the image makes: POSTGRES_USER, or "postgres" */
  user?: string;
  /** What a restored database must answer: `"select count(*) from orders"`. */
  check: QueryCheck;
}

export interface SqliteBackupsSpec extends Common {
  what: "sqlite";
  /** The service that has it mounted. @default the first of the application's own services */
  service?: string;
  /** Its path in the container, like `"/data/app.db"`. */
  file: string;
  /** What a restored database must answer: `"select count(*) from notes"`. */
  check: QueryCheck;
}

export interface VolumeBackupsSpec extends Common {
  what: "volume";
  /** The service that has it mounted. @default the first of the application's own services */
  service?: string;
  /** A volume by its name, like `"uploads"`, or where it is mounted, like `"/data"`. */
  volume: string;
  /** Services go on writing while it is copied. @default false: they are paused for the time of a local copy */
  live?: boolean;
  /** Runs in a fresh container of the service, with the restored volume in place of its own; ends with 0 where it is good. */
  check: string[];
}

export type BackupsSpec = PostgresBackupsSpec | SqliteBackupsSpec | VolumeBackupsSpec;
