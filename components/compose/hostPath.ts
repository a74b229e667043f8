import { posix } from "node:path";

/** Compose itself would look beside its file, in the folder of one release. */
export function hostPath(directory: string, path: string): string {
  return path === "" || /^[/~]/.test(path) ? path : posix.resolve(directory, path);
}
