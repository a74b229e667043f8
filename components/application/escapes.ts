/** Folders outside the application's own that a relative path names. */
import { posix } from "node:path";
import { hostPath } from "../compose/hostPath.ts";
import { interpolate, isUnknown } from "../compose/interpolate.ts";
import type { ComposeDocument } from "../compose/schema.ts";
import { sourceOf, volumesOf } from "../compose/volumes.ts";
import type { Problems } from "../shared/problems.ts";

/** A relative path is below the application's folder on the host, which nothing may leave unsaid. */
export function checkEscapes(
  problems: Problems,
  directory: string,
  { services, volumes = {} }: ComposeDocument,
  variables: Record<string, string>,
): void {
  const check = (place: string, source: string): void => {
    if (isUnknown(source) || !/^\.{1,2}(\/|$)/.test(source) || !posix.normalize(source).startsWith("..")) return;
    problems.add(
      place,
      source,
      `leads out of the application's folder on the host; write the full path there that is meant, like ${JSON.stringify(hostPath(directory, source))}`,
    );
  };
  for (const [name, service] of Object.entries(services)) {
    for (const volume of volumesOf(service)) {
      if (typeof volume === "object" && volume.type !== "bind") continue;
      check(`services.${name}.volumes`, sourceOf(volume, variables));
    }
  }
  for (const [name, volume] of Object.entries(volumes)) {
    const { o, device } = volume?.driver_opts ?? {};
    if (device !== undefined && String(o).split(",").includes("bind"))
      check(`volumes.${name}.driver_opts.device`, interpolate(String(device), variables));
  }
}
