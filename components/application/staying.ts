/** Folders that hold files here and are the application's own on the host: it begins there without them. */
import { hostPath } from "../compose/hostPath.ts";
import type { Carrying } from "./carrying.ts";

/**
 * Not of a folder that is empty or excluded, nor where the folders of an adopted project stay.
 * @param path within the project, of what the application writes to
 */
export function noteStaying(carrying: Carrying, place: string, source: string, path: string): void {
  const { staying, project, directory, context } = carrying;
  const { adopt } = context.settings;
  if (staying.has(path) || (adopt && adopt.folder !== undefined)) return;
  // What git ignores counts, too: a folder of data is often among it.
  if (project.mounted(path, false).kind !== "nothing")
    staying.set(path, { place, source, at: hostPath(directory, source) });
}
