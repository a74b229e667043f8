/** Migration and backup: what changes the data of an application, and the ways back. */
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import type { BackupSpec, MigrationSpec, OneOffSpec } from "./declaration.ts";
import type { Backup, Migration } from "./model.ts";
import { checkWords, oneOff } from "./oneOff.ts";

/** Stands in words of `down` for the revision of the older version's schema. */
const REVISION = "{revision}";

const PLAIN = ["command", "service", "timeout"];
const WHOLE = ["up", "down", "revision", "compatible", "service", "timeout"];

/** @param own names of the application's own services; undefined where they are not known */
export function migration(
  problems: Problems,
  value: MigrationSpec | OneOffSpec | string[] | undefined,
  own: string[] | undefined,
): Migration | undefined {
  if (value === undefined || Array.isArray(value)) return oneOff(problems, "migration", value, own);
  if (!isMap(problems, "migration", value, WHOLE)) return undefined;
  if (!("up" in value)) {
    checkKeys(problems, "migration", value, "command" in value ? PLAIN : WHOLE);
    if ("command" in value) return oneOff(problems, "migration", value, own);
    problems.at("migration.up", 'is missing; write the command that migrates, like ["alembic", "upgrade", "head"]');
    return undefined;
  }
  checkKeys(problems, "migration", value, WHOLE);
  const { up, down, revision, compatible = true, service, timeout } = value;
  checkWords(problems, "migration.up", up);
  checkWays(problems, down, revision);
  if (typeof compatible !== "boolean")
    problems.add("migration.compatible", compatible, "is neither true nor false; write one of them");
  const once = oneOff(problems, "migration", { command: ["checked above"], ...defined({ service, timeout }) }, own)!;
  return {
    ...once,
    command: up,
    ...defined({ down, revision, compatible: compatible === false ? compatible : undefined }),
  };
}

function checkWays(problems: Problems, down: unknown, revision: unknown): void {
  if (down !== undefined) checkWords(problems, "migration.down", down);
  if (revision !== undefined) checkWords(problems, "migration.revision", revision);
  const asks = Array.isArray(down) && down.some((word) => typeof word === "string" && word.includes(REVISION));
  if (asks && revision === undefined)
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
  const keys = [...PLAIN, "restore"];
  if (value === undefined || !isMap(problems, "backup", value, keys)) return undefined;
  checkKeys(problems, "backup", value, keys);
  const { restore, ...rest } = value;
  if (restore !== undefined) checkWords(problems, "backup.restore", restore);
  return { ...oneOff(problems, "backup", rest, own)!, ...defined({ restore }) };
}

function isMap(problems: Problems, path: string, value: unknown, keys: string[]): boolean {
  const good = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!good) problems.add(path, value, `is not a map; write one with ${keys.join(", ")}`);
  return good;
}

function checkKeys(problems: Problems, path: string, value: object, known: string[]): void {
  for (const [name, given] of Object.entries(value).filter(([key]) => !known.includes(key)))
    problems.add([path, name], given, `is unknown here; known are ${known.join(", ")}`);
}
