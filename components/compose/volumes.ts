/** What a service mounts (https://docs.docker.com/reference/compose-file/services/#volumes). */
import { interpolate } from "./interpolate.ts";
import type { ComposeService, Grant, Volume } from "./serviceSchema.ts";

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
