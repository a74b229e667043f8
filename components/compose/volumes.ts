/** What a service mounts (https://docs.docker.com/reference/compose-file/services/#volumes). */
import { interpolate } from "./interpolate.ts";
import type { ComposeDocument } from "./schema.ts";
import type { ComposeService, Grant, Volume } from "./serviceSchema.ts";
import { shortParts } from "./shortNotation.ts";

export const volumesOf = (service: ComposeService | undefined): Volume[] => service?.volumes ?? [];

/** A mount that nobody writes to needs no preparation. */
export const isWritable = (volume: Volume): boolean => typeof volume === "string" || volume.read_only !== true;

/** The source of a short notation whose variables are replaced; a path alone is a target. */
export const shortSource = (mount: string): string => mount.split(":")[0]!;

/** What is mounted, or which config or secret it is; its variables are replaced. */
export const sourceOf = (mount: Volume | Grant, variables: Record<string, string>): string =>
  typeof mount === "string" ? shortSource(interpolate(mount, variables)) : interpolate(mount.source ?? "", variables);

/** A short notation with another source; one without a source stays. */
export function withSource(mount: string, change: (source: string) => string): string {
  const [source, ...rest] = mount.split(":");
  return rest.length > 0 ? [change(source!), ...rest].join(":") : mount;
}

/** A volume of Docker's that a service mounts. */
export interface MountedVolume {
  service: string;
  /** Path in the container. */
  target: string;
  /** Its name in Docker. */
  name: string;
}

export interface WantedVolume extends MountedVolume {
  /** Its name in the Compose file. */
  key: string;
}

const VOLUME = /^[A-Za-z0-9][\w.-]*$/;

/** The volumes that have a name, as Docker will name them for the project. */
export function mountedVolumes(
  { services, volumes = {} }: ComposeDocument,
  project: string,
  variables: Record<string, string>,
): WantedVolume[] {
  const nameOf = (key: string): string => {
    const { name, external } = volumes[key] ?? {};
    const given = typeof external === "object" ? (external.name ?? name) : name;
    return given === undefined ? (external ? key : `${project}_${key}`) : interpolate(given, variables);
  };
  return Object.entries(services).flatMap(([service, definition]) =>
    volumesOf(definition).flatMap((mount) => {
      const source = sourceOf(mount, variables);
      const target = typeof mount === "string" ? shortParts(interpolate(mount, variables))[1] : mount.target;
      return target !== undefined && VOLUME.test(source)
        ? [{ service, target, key: source, name: nameOf(source) }]
        : [];
    }),
  );
}
