/** What a Compose file names beside itself. */
import { interpolate, mentionedVariables } from "./interpolate.ts";
import type { ComposeService, EnvironmentFile } from "./serviceSchema.ts";

/** Files of variables that a service names. */
export const environmentFiles = (service: ComposeService): EnvironmentFile[] => [service.env_file ?? []].flat();

export const pathOf = (file: EnvironmentFile): string => (typeof file === "string" ? file : file.path);
export const isOptional = (file: EnvironmentFile): boolean =>
  typeof file === "object" && String(file.required) === "false";

/** The file of a release's variables: they come from the settings. */
export const isReleased = (path: string): boolean => path.replace(/^\.\//, "") === ".env";

/** Whether a service gets all of a release's variables, as a file. */
export const readsAllVariables = (service: ComposeService): boolean =>
  environmentFiles(service).some((file) => isReleased(pathOf(file)));

/** A path with its variables replaced; undefined where a secret names it, which only a host knows. */
export const readablePath = (
  written: string,
  variables: Record<string, string>,
  secrets: string[],
): string | undefined =>
  mentionedVariables(written).some((name) => secrets.includes(name)) ? undefined : interpolate(written, variables);
