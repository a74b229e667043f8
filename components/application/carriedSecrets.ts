/** Files of variables, secrets and configs of a Compose document. */
import { environmentFiles, isOptional, isReleased, pathOf, readablePath } from "../compose/files.ts";
import { interpolate } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import type { ComposeService, EnvironmentFile } from "../compose/serviceSchema.ts";
import { sourceOf } from "../compose/volumes.ts";
import { type Carrying, leadsOut } from "./carrying.ts";
import type { CarriedSecret } from "./model.ts";
import { type FoundFile, insideOf } from "./project.ts";

type Kind = "secrets" | "configs";

/** A file that is named by itself: it has to be there. Undefined where it is not, which is then said. */
function fileAt(carrying: Carrying, place: string, written: string, path: string): FoundFile | undefined {
  const { problems, project, beside } = carrying;
  const refuse = (remedy: string): undefined => problems.add(place, written, remedy) as undefined;
  const inside = insideOf(path);
  if (inside === undefined) return refuse(leadsOut(carrying));
  const entry = project.entry(inside);
  if (entry === undefined)
    return refuse(`is not there; put the file beside ${beside}, or name its full path on the host`);
  if (entry.kind === "file") return { ...entry, path: inside };
  if (entry.kind === "folder") return refuse("is a folder, not a file; name a file in it");
  return refuse(
    entry.kind === "outside"
      ? "is a link to a place outside of the project, and nothing from there goes along; copy the file"
      : `cannot be sent: ${entry.why}`,
  );
}

const withPath = (file: EnvironmentFile, path: string): EnvironmentFile =>
  typeof file === "string" ? path : { ...file, path };

/** Compose reads them on the host when it makes a container: nobody else has to. */
export function carryVariables(carrying: Carrying, name: string, service: ComposeService): ComposeService {
  if (service.env_file === undefined) return service;
  const { variables, context, project, loading } = carrying;
  const place = `services.${name}.env_file`;
  const files = environmentFiles(service).map((file) => {
    const path = readablePath(pathOf(file), variables, context.secretNames);
    if (path === undefined || path === "" || /^[/~]/.test(path)) return file;
    if (isReleased(path)) return path === pathOf(file) ? file : withPath(file, path);
    const inside = insideOf(path);
    if (isOptional(file) && (inside === undefined || project.entry(inside) === undefined)) return file;
    const found = fileAt(carrying, place, pathOf(file), path);
    return found === undefined ? file : withPath(file, loading.addSecret(path, found, "compose"));
  });
  return { ...service, env_file: typeof service.env_file === "string" ? (files[0] as string) : files };
}

/** Services that are given a config or secret. */
export const readersOf = (
  { services }: Pick<ComposeDocument, "services">,
  kind: Kind,
  name: string,
  variables: Record<string, string>,
): string[] =>
  Object.keys(services).filter((service) =>
    (services[service]![kind] ?? []).some((grant) => sourceOf(grant, variables) === name),
  );

/** The one user, by number, that all of these services run as; what an image says of its user is not known here. */
export function readerOf(
  { services }: Pick<ComposeDocument, "services">,
  readers: string[],
  variables: Record<string, string>,
): CarriedSecret["reader"] {
  const users = new Set(
    readers.map((reader) => /^\d{1,9}(?=:|$)/.exec(interpolate(services[reader]!.user ?? "", variables))?.[0]),
  );
  const [user] = users;
  return users.size === 1 && user !== undefined ? Number(user) : "container";
}

/** One that no active service is given is left out: its file need not be there. */
export function carryDefinitions(carrying: Carrying, document: ComposeDocument): ComposeDocument {
  const definitions = (kind: Kind) =>
    Object.entries(document[kind] ?? {}).flatMap(([name, definition]) => {
      const path =
        definition?.file === undefined
          ? undefined
          : readablePath(definition.file, carrying.variables, carrying.context.secretNames);
      if (path === undefined || /^[/~]/.test(path)) return [[name, definition] as const];
      const readers = readersOf(document, kind, name, carrying.variables);
      if (readers.length === 0) return [];
      const found = fileAt(carrying, `${kind}.${name}.file`, definition.file!, path);
      if (found === undefined) return [[name, definition] as const];
      const file =
        kind === "secrets"
          ? carrying.loading.addSecret(path, found, readerOf(document, readers, carrying.variables))
          : carrying.loading.addFiles(path, "file", [found]);
      return [[name, { ...definition, file }] as const];
    });
  return {
    ...document,
    ...(document.secrets && { secrets: Object.fromEntries(definitions("secrets")) }),
    ...(document.configs && { configs: Object.fromEntries(definitions("configs")) }),
  };
}
