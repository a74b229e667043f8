/** What a Compose file names beside itself. */
import type { ComposeDocument, ComposeService } from "./document.ts";

/** Files of variables that a service names. */
function environmentFiles(service: ComposeService): { path: string; required?: boolean }[] {
  const files = [service.env_file ?? []].flat() as (string | { path: string; required?: boolean })[];
  return files.map((file) => (typeof file === "string" ? { path: file } : file));
}

/** The file of a release's variables is the only one that comes with it. */
const isReleased = (path: string): boolean => path.replace(/^\.\//, "") === ".env";

/** Whether a service gets all of a release's variables, as a file. */
export const readsAllVariables = (service: ComposeService): boolean =>
  environmentFiles(service).some(({ path }) => isReleased(path));

/** Files beside the Compose file that it needs, with the place that names each: a release does not carry them. */
export function filesBeside(document: ComposeDocument): { place: string; file: string }[] {
  const found = Object.entries(document.services).flatMap(([name, service]) => {
    const extended = (service.extends as { file?: string } | undefined)?.file;
    return [
      ...environmentFiles(service)
        .filter(({ required }) => required !== false)
        .map(({ path }) => ({ place: `services.${name}.env_file`, file: path })),
      ...(extended === undefined ? [] : [{ place: `services.${name}.extends`, file: extended }]),
    ];
  });
  for (const kind of ["secrets", "configs"]) {
    for (const [name, entry] of Object.entries((document[kind] ?? {}) as Record<string, { file?: string } | null>)) {
      if (entry?.file !== undefined) found.push({ place: `${kind}.${name}.file`, file: entry.file });
    }
  }
  const included = [document.include ?? []]
    .flat()
    .map((entry) => ({ place: "include", file: typeof entry === "string" ? entry : JSON.stringify(entry) }));
  return [...included, ...found].filter(({ file }) => !file.startsWith("/") && !isReleased(file));
}
