/** Migration and backup: what changes the data of an application, and the ways back. */
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import type { BackupSpec, MigrationSpec, OneOffSpec } from "./declaration.ts";
import type { Backup, Migration } from "./model.ts";
import { checkWords, oneOff } from "./oneOff.ts";

/** Stands in words of `down` for the revision of the older version's schema. */
const REVISION = "{revision}";

/** @param own names of the application's own services; undefined where they are not known */
export function migration(
  problems: Problems,
  value: MigrationSpec | OneOffSpec | string[] | undefined,
  own: string[] | undefined,
): Migration | undefined {
  if (value === undefined || Array.isArray(value)) return oneOff(problems, "migration", value, own);
  const { up, command, down, revision, compatible, service, timeout } = value as Partial<MigrationSpec & OneOffSpec>;
  if (up !== undefined && command !== undefined)
    problems.add("migration.command", command, "is there beside up, which is the same; remove one of them");
  if (up === undefined && command === undefined)
    problems.at("migration.up", 'is missing; write the command that migrates, like ["alembic", "upgrade", "head"]');
  if (up !== undefined) checkWords(problems, "migration.up", up);
  checkWays(problems, down, revision);
  // What is wrong with `up` has been said under its own name.
  const words = up === undefined && command !== undefined ? command : ["up"];
  const once = oneOff(problems, "migration", { command: words, ...defined({ service, timeout }) }, own)!;
  const incompatible = compatible === false ? compatible : undefined;
  return { ...once, command: up ?? once.command, ...defined({ down, revision, compatible: incompatible }) };
}

/** Only the first of several hosts migrates a database that they share, so it alone would be stopped for it. */
export function checkHosts(
  problems: Problems,
  value: Migration | undefined,
  hosts: string[],
  accessories: string[],
): void {
  const [first, ...others] = hosts;
  if (value?.compatible !== false || others.length === 0 || accessories.length > 0) return;
  problems.add(
    "migration.compatible",
    false,
    `would stop the version before on ${first} alone, and ${others.join(", ")} would serve it on the new schema. ` +
      `Change the schema in steps that the version before works with; or let ${first} be the only one of its hosts in the settings, ` +
      "run pulumi up, deploy the new version, and then take this out and name all hosts again",
  );
}

function checkWays(problems: Problems, down: string[] | undefined, revision: string[] | undefined): void {
  if (down !== undefined) checkWords(problems, "migration.down", down);
  if (revision !== undefined) checkWords(problems, "migration.revision", revision);
  if (revision === undefined && down?.some((word) => word.includes(REVISION)))
    problems.add(
      "migration.down",
      down,
      `asks for ${REVISION}, which nothing tells; declare migration.revision, a command that prints it, like ["alembic", "heads"]`,
    );
}

/** @param own names of the application's own services; undefined where they are not known */
export function backup(
  problems: Problems,
  value: BackupSpec | undefined,
  own: string[] | undefined,
): Backup | undefined {
  if (value === undefined) return undefined;
  const { restore, ...rest } = value;
  if (restore !== undefined) checkWords(problems, "backup.restore", restore);
  return { ...oneOff(problems, "backup", rest, own)!, ...defined({ restore }) };
}
