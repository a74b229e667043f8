/** What a Compose file names beside itself. */
import type { ComposeDocument } from "./schema.ts";
import type { ComposeService, EnvironmentFile } from "./serviceSchema.ts";

/** Files of variables that a service names. */
const environmentFiles = (service: ComposeService): EnvironmentFile[] => [service.env_file ?? []].flat();

const pathOf = (file: EnvironmentFile): string => (typeof file === "string" ? file : file.path);
const isOptional = (file: EnvironmentFile): boolean => typeof file === "object" && file.required === false;

/** The file of a release's variables is the only one that comes with it. */
const isReleased = (path: string): boolean => path.replace(/^\.\//, "") === ".env";

/** Whether a service gets all of a release's variables, as a file. */
export const readsAllVariables = (service: ComposeService): boolean =>
  environmentFiles(service).some((file) => isReleased(pathOf(file)));

/**
 * Files beside the Compose file that it needs, with the place that names each: a release does not carry them.
 * @param exists tells of an optional file whether it is there, and so is needed too
 */
export function filesBeside(
  document: ComposeDocument,
  exists: (file: string) => boolean = () => false,
): { place: string; file: string }[] {
  const included = (document.include ?? []).map((entry) => ({
    place: "include",
    file: typeof entry === "string" ? entry : JSON.stringify(entry),
  }));
  const ofServices = Object.entries(document.services).flatMap(([name, service]) => {
    const variables = environmentFiles(service).filter((file) => !isOptional(file) || exists(pathOf(file)));
    const extended = typeof service.extends === "object" ? service.extends.file : undefined;
    return [
      ...variables.map((file) => ({ place: `services.${name}.env_file`, file: pathOf(file) })),
      ...(extended === undefined ? [] : [{ place: `services.${name}.extends`, file: extended }]),
    ];
  });
  const definitions = (["secrets", "configs"] as const).flatMap((kind) =>
    Object.entries(document[kind] ?? {}).flatMap(([name, { file }]) =>
      file === undefined ? [] : [{ place: `${kind}.${name}.file`, file }],
    ),
  );
  return [...included, ...ofServices, ...definitions].filter(({ file }) => !file.startsWith("/") && !isReleased(file));
}
