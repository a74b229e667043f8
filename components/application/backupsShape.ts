/** The shape of `backups` in a declaration: one alone, or several by their names. */
import { fromIssues, isMap, type Problem } from "../shared/issues.ts";
import { flag, number, object, text } from "../shared/shapes.ts";
import { didYouMean, shown } from "../shared/text.ts";
import { z } from "../shared/zod.ts";
import type {
  BackupsSpec,
  KeepSpec,
  PostgresBackupsSpec,
  SqliteBackupsSpec,
  VolumeBackupsSpec,
} from "./backupsSpec.ts";

/** The name of one that stands alone. */
export const ALONE = "data";

const keep = object<KeepSpec>({ last: number, daily: number, weekly: number, monthly: number });
const query = z.union([z.string(), z.strictObject({ query: z.string(), atLeast: number })]).optional();
const common = { schedule: text, drill: text, timeZone: text, keep: keep.optional(), to: text, timeout: text };
/** What is missing is said with its remedy, in backups.ts. */
const SHAPES = {
  postgres: object<PostgresBackupsSpec>({
    ...common,
    what: z.string(),
    service: text,
    database: text,
    user: text,
    check: query,
  }),
  sqlite: object<SqliteBackupsSpec>({ ...common, what: z.string(), service: text, file: text, check: query }),
  volume: object<VolumeBackupsSpec>({
    ...common,
    what: z.string(),
    service: text,
    volume: text,
    live: flag,
    check: z.array(z.string()).optional(),
  }),
};

/** What is declared, by name, with the place where each stands. */
export function backupsByName<T>(value: T | Record<string, T> | undefined): { name: string; path: string; spec: T }[] {
  if (!isMap(value)) return [];
  if (isAlone(value)) return [{ name: ALONE, path: "backups", spec: value as T }];
  return Object.entries(value).map(([name, spec]) => ({ name, path: `backups.${name}`, spec: spec as T }));
}

const isAlone = (value: Record<string, unknown>): boolean => "what" in value && !isMap(value.what);

/** What is wrong with it; nothing where it is not there. */
export function backupsProblems(value: unknown): Problem[] {
  if (value === undefined) return [];
  if (!isMap(value)) return [{ path: ["backups"], message: `${shown(value)} is no map; ${LIKE}` }];
  return backupsByName<unknown>(value).flatMap(({ name, spec }) => {
    const path = isAlone(value) ? ["backups"] : ["backups", name];
    if (!isMap(spec)) return [{ path, message: `${shown(spec)} is no map; ${LIKE}` }];
    const shape = shapeOf(spec.what);
    if (shape === undefined) {
      const what = spec.what === undefined ? "is missing" : `${shown(spec.what)} is nothing that can be backed up`;
      return [{ path: [...path, "what"], message: `${what}; write "postgres", "sqlite" or "volume"` }];
    }
    const { error } = shape.safeParse(spec);
    return fromIssues(error?.issues ?? [], spec, { unknownKey: unknownKey(shape) }).map((problem) => ({
      path: [...path, ...problem.path],
      message: problem.message,
    }));
  });
}

const LIKE = 'write one like { what: "postgres", service: "db", check: "select count(*) from orders" }';

const shapeOf = (what: unknown): z.ZodObject | undefined =>
  Object.hasOwn(SHAPES, String(what)) ? SHAPES[what as BackupsSpec["what"]] : undefined;

const unknownKey =
  (shape: z.ZodObject) =>
  (path: readonly PropertyKey[], key: string): string => {
    const known =
      path[0] === "keep"
        ? Object.keys(keep.shape)
        : path[0] === "check"
          ? ["query", "atLeast"]
          : Object.keys(shape.shape);
    const meant = didYouMean(key, known);
    return `is nothing that can be declared here; ${meant ? `did you mean ${JSON.stringify(meant)}?` : `known: ${known.join(", ")}`}`;
  };
