/** Files and folders of the project that services mount. */
import { readablePath } from "../compose/files.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService, Volume } from "../compose/serviceSchema.ts";
import { volumesOf, withSource } from "../compose/volumes.ts";
import { FILES, SECRETS } from "./cargo.ts";
import { type Carrying, leadsOut } from "./carrying.ts";
import { type FoundFile, IGNORE_FILE, insideOf } from "./project.ts";
import { noteStaying } from "./staying.ts";

/** What a checkout has here is a developer's own; the host's is another. */
const HOSTS_OWN = /^(data|backups|logs)(\/|$)/;

/** Folders of an application that are Slipway's. */
const RESERVED = [FILES, SECRETS, "releases", "run", "current"];

const SQLITE = "SQLite format 3\0";

interface Mount {
  /** Its source, with variables replaced. */
  source: string;
  isWritable: boolean;
}

/** The mount of a relative path; undefined for all others, and for what only a secret names. */
function mountOf({ context, variables }: Pick<Carrying, "context" | "variables">, volume: Volume): Mount | undefined {
  const written = typeof volume === "string" ? volume : volume.type === "bind" ? volume.source : undefined;
  const meant = written === undefined ? undefined : readablePath(written, variables, context.secretNames);
  if (meant === undefined || meant === "") return undefined;
  if (typeof volume !== "string")
    return /^[/~]/.test(meant)
      ? undefined
      : { source: meant, isWritable: String(volume.read_only ?? false) !== "true" };
  const [source, target, options = ""] = meant.split(":");
  if (!source!.startsWith(".") || target === undefined) return undefined;
  return { source: source!, isWritable: !options.split(",").includes("ro") };
}

/** Paths that some service may write to. */
export const writtenPaths = (
  carrying: Pick<Carrying, "context" | "variables">,
  { services }: ComposeDocument,
): string[] =>
  Object.values(services)
    .flatMap(volumesOf)
    .flatMap((volume) => {
      const mount = mountOf(carrying, volume);
      return mount?.isWritable ? (insideOf(mount.source) ?? []) : [];
    });

/** Whether a service writes there, above or below: all that mount it must find the same. */
const isWritten = ({ written }: Carrying, path: string): boolean =>
  written.some(
    (one) => one === path || one === "." || path === "." || path.startsWith(`${one}/`) || one.startsWith(`${path}/`),
  );

/** Where a mount's source lies on the host; undefined where nothing goes along. */
function placeOf(carrying: Carrying, place: string, { source }: Mount): string | undefined {
  const { problems, spec, project, loading } = carrying;
  const refuse = (remedy: string): undefined => problems.add(place, source, remedy) as undefined;
  const path = insideOf(source);
  // Of those with a point in front it is said elsewhere (escapes.ts).
  if (path === undefined) return source.startsWith(".") ? undefined : refuse(leadsOut(carrying));
  const isData = isWritten(carrying, path);
  const found = project.mounted(path, isData);
  const isHosts = isData && (spec.compose === undefined || HOSTS_OWN.test(path));
  if (found.kind === "nothing" || (found.kind !== "file" && isHosts && isFolder(carrying, path))) {
    if (RESERVED.includes(path.split("/")[0]!))
      refuse("is a folder on the host that Slipway itself uses; choose another name");
    if (isData) noteStaying(carrying, place, source, path);
    return undefined;
  }
  if (found.kind === "problem") return refuse(found.remedy);
  const database = isData && found.files.find(isDatabase);
  if (database)
    return refuse(
      `${found.kind === "file" ? "is a database" : `has a database within (${database.path})`}, which the application writes to, while a release would bring it again and again; ` +
        `name it in ${IGNORE_FILE}, so that it is data on the host`,
    );
  return loading.addFiles(source, found.kind, found.files);
}

/** One that only its container may read is a folder, too. */
function isFolder({ project }: Carrying, path: string): boolean {
  const kind = project.entry(path)?.kind;
  return kind === "folder" || (kind === "other" && HOSTS_OWN.test(path));
}

const isDatabase = ({ size, content }: FoundFile): boolean =>
  size >= SQLITE.length && Buffer.from(content().subarray(0, SQLITE.length)).toString("latin1") === SQLITE;

export function carryMounts(carrying: Carrying, name: string, service: ComposeService): ComposeService {
  if (service.volumes === undefined) return service;
  const volumes = service.volumes.map((volume) => {
    const mount = mountOf(carrying, volume);
    const place = mount && placeOf(carrying, `services.${name}.volumes`, mount);
    if (place === undefined) return volume;
    if (typeof volume !== "string") return { ...volume, source: place };
    const meant = readablePath(volume, carrying.variables, carrying.context.secretNames)!;
    return withSource(meant, () => place).replaceAll("$", "$$$$");
  });
  return { ...service, volumes };
}

/** A volume that is a folder of the host keeps that folder for good: it cannot be another one for each release. */
export function checkDevices(carrying: Carrying, { volumes = {} }: ComposeDocument): void {
  for (const [name, volume] of Object.entries(volumes)) {
    const { o, device } = volume?.driver_opts ?? {};
    if (device === undefined || !String(o).split(",").includes("bind")) continue;
    const meant = readablePath(String(device), carrying.variables, carrying.context.secretNames);
    if (meant === undefined || meant === "" || /^[/~]/.test(meant)) continue;
    const place = `volumes.${name}.driver_opts.device`;
    const path = insideOf(meant);
    if (path === undefined) continue;
    if (HOSTS_OWN.test(path) || carrying.project.mounted(path, true).kind === "nothing")
      noteStaying(carrying, place, meant, path);
    else
      carrying.problems.add(
        place,
        meant,
        `is a folder with files, which would be empty on the host; mount it in the services that need it, like "${meant}:/path", or name it in ${IGNORE_FILE}`,
      );
  }
}
