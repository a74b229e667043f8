/** Where the data of a backup lies, and what shows that a restore of it is good. */
import { interpolate, isUnknown } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService } from "../compose/serviceSchema.ts";
import { shortParts } from "../compose/shortNotation.ts";
import { isWritable, sourceOf as mountSource, volumesOf } from "../compose/volumes.ts";
import type { Problems } from "../shared/problems.ts";
import { defined } from "../shared/records.ts";
import { shown } from "../shared/text.ts";
import type { BackupsSpec, PostgresBackupsSpec, SqliteBackupsSpec, VolumeBackupsSpec } from "./backupsSpec.ts";
import { isCarried } from "./cargo.ts";
import type { DataBackup } from "./model.ts";
import { checkWords } from "./oneOff.ts";

/** What data may be in. */
export interface Declared {
  /** Absent where it is not known. */
  document?: ComposeDocument;
  /** Names of the application's own services; undefined where they are not known. */
  own: string[] | undefined;
  /** Values of variables, with those that only a host knows. */
  variables: Record<string, string>;
}

type Source = Pick<DataBackup, "service" | "database" | "user" | "mount" | "file" | "live">;

/** As Postgres takes one without quotes, and with what is usual within. */
const POSTGRES_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/;
/** Whole, without what another program could read otherwise. */
const PATH = /^(?:\/[^/\s\p{Cc}"'`{}\\]{1,200}){1,20}$/u;

export function sourceOf(problems: Problems, path: string, spec: BackupsSpec, context: Declared): Source {
  const service = serviceOf(problems, path, spec, context);
  if (spec.what === "postgres") return { service, ...postgres(problems, path, spec) };
  const mounts = context.document && mountsOf(context.document.services[service], context.variables);
  if (spec.what === "sqlite") return { service, ...sqlite(problems, path, spec, service, mounts) };
  return { service, ...volume(problems, path, spec, service, mounts) };
}

function serviceOf(problems: Problems, path: string, spec: BackupsSpec, { own, document }: Declared): string {
  const all = document && Object.keys(document.services);
  if (spec.service !== undefined) {
    if (all !== undefined && !all.includes(spec.service))
      problems.add(`${path}.service`, spec.service, `is not one of its services: ${all.join(", ")}`);
    return spec.service;
  }
  if (spec.what === "postgres")
    problems.at(`${path}.service`, 'is missing; name the service that runs the server, like "db"');
  return own?.[0] ?? "";
}

function postgres(
  problems: Problems,
  path: string,
  { database, user }: PostgresBackupsSpec,
): Pick<Source, "database" | "user"> {
  for (const [key, name] of Object.entries(defined({ database, user })))
    if (!POSTGRES_NAME.test(name))
      problems.add(`${path}.${key}`, name, "is no name that Postgres takes; use letters, digits, '_', '.' and '-'");
  return defined({ database, user });
}

interface Mount {
  source: string;
  target: string;
}

/** What a service keeps: volumes with a name and folders of the host that it writes to. */
function mountsOf(service: ComposeService | undefined, variables: Record<string, string>): Mount[] {
  return volumesOf(service).flatMap((mount) => {
    if (!isWritable(mount) || isCarried(mount)) return [];
    if (typeof mount !== "string") {
      const { type, target } = mount;
      if ((type !== "volume" && type !== "bind") || target === undefined || mount.source === undefined) return [];
      return [{ source: mountSource(mount, variables), target: interpolate(target, variables) }];
    }
    const [source, target, options = ""] = shortParts(interpolate(mount, variables));
    return target === undefined || options.split(",").includes("ro") ? [] : [{ source: source!, target }];
  });
}

const listed = (service: string, mounts: Mount[]): string =>
  mounts.length === 0
    ? `${service} keeps nothing: it has no volume with a name, and no folder of the host, that it writes to`
    : `${service} writes to ${mounts.map(({ source, target }) => `${target} (${isUnknown(source) ? "a secret place" : source})`).join(", ")}`;

function sqlite(
  problems: Problems,
  path: string,
  { file }: SqliteBackupsSpec,
  service: string,
  mounts: Mount[] | undefined,
): Pick<Source, "mount" | "file"> {
  const place = `${path}.file`;
  if (file === undefined) problems.at(place, 'is missing; write its path in the container, like "/data/app.db"');
  else if (!PATH.test(file) || file.split("/").some((part) => part === "." || part === ".."))
    problems.add(place, file, 'is no whole path of a file; write one like "/data/app.db"');
  else {
    const within = mounts?.filter(({ target }) => file.startsWith(`${target.replace(/\/+$/, "")}/`)) ?? [];
    const [mount] = within.toSorted((a, b) => b.target.length - a.target.length);
    if (mount !== undefined) {
      const folder = mount.target.replace(/\/+$/, "");
      return { mount: folder, file: file.slice(folder.length + 1) };
    }
    if (mounts !== undefined)
      problems.add(
        place,
        file,
        `does not lie in anything that stays when the container goes; ${listed(service, mounts)}; mount a volume at its folder, like "data:${file.replace(/\/[^/]*$/, "") || "/data"}"`,
      );
  }
  return {};
}

function volume(
  problems: Problems,
  path: string,
  { volume: named, live }: VolumeBackupsSpec,
  service: string,
  mounts: Mount[] | undefined,
): Pick<Source, "mount" | "live"> {
  const place = `${path}.volume`;
  if (named === undefined)
    problems.at(place, 'is missing; name the volume, like "uploads", or where it is mounted, like "/data"');
  else if (mounts !== undefined) {
    const [mount, ...others] = mounts.filter(({ source, target }) => source === named || target === named);
    if (mount === undefined)
      problems.add(place, named, `is nothing that ${service} writes to; ${listed(service, mounts)}`);
    else if (others.length > 0)
      problems.add(
        place,
        named,
        `is mounted at several places; write one of ${[mount, ...others].map(({ target }) => shown(target)).join(", ")}`,
      );
    else return { mount: mount.target, ...(live === true ? { live } : {}) };
  }
  return {};
}

const QUERY = 'write a query whose first value is a number above 0, or true, like "select count(*) from orders"';

export function checkOf(problems: Problems, path: string, spec: BackupsSpec): DataBackup["check"] {
  const place = `${path}.check`;
  const nobody = "is missing, and nobody could tell whether a restore of this backup is good";
  if (spec.what === "volume") {
    if (spec.check === undefined)
      problems.at(place, `${nobody}; write a command that ends with 0 where it is, like ["test", "-s", "/data/index"]`);
    else checkWords(problems, place, spec.check);
    return { command: spec.check ?? [] };
  }
  if (spec.check === undefined) {
    problems.at(place, `${nobody}; ${QUERY}`);
    return {};
  }
  const { query, atLeast } = typeof spec.check === "string" ? { query: spec.check, atLeast: undefined } : spec.check;
  const at = typeof spec.check === "string" ? place : `${place}.query`;
  if (query.trim() === "" || query.includes("\0")) problems.add(at, query, `is no query; ${QUERY}`);
  if (atLeast !== undefined && !(atLeast >= 0 && atLeast <= 1e15))
    problems.add(`${place}.atLeast`, atLeast, "is no number from 0 on; write the least that the query may answer");
  return { query, ...defined({ atLeast }) };
}
