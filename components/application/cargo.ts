/** Where files that go with a release come to lie on a host: each place is named by what is there. */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Volume } from "../compose/serviceSchema.ts";
import { fingerprint } from "../shared/fingerprint.ts";
import type { CarriedFiles, CarriedSecret } from "./model.ts";

/** Below an application's folder. */
export const FILES = "release-files";
export const SECRETS = "secrets";

/** At most so many bytes go with a release. */
export const MOST_BYTES = 4 * 1024 * 1024;

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** A name that needs no quotes anywhere, and hides nothing. */
const plainName = (path: string): string =>
  posix
    .basename(path)
    .replaceAll(/[^A-Za-z0-9._-]/g, "_")
    .replace(/^[.-]/, "_")
    .slice(-100) || "_";

/**
 * @param name as the document names it
 * @param files of a folder by their paths there; of a file only itself, whatever its path
 */
export function placedFiles(name: string, kind: "file" | "folder", files: CarriedFiles["files"]): CarriedFiles {
  const own = plainName(name);
  const placed = files.map((file) => ({ ...file, path: kind === "file" ? own : `${own}/${file.path}` }));
  const content = placed.map((file) => [file.path, file.executable, sha256(file.content)]);
  return { name, at: `${sha256(JSON.stringify(content)).slice(0, 16)}/${own}`, files: placed };
}

export function placedSecret(application: string, { name, content, reader }: Omit<CarriedSecret, "at">): CarriedSecret {
  const own = plainName(name).replaceAll(/[^A-Za-z0-9_]/g, "_");
  const text = Buffer.from(content).toString("latin1");
  return { name, at: `${fingerprint(`${own}\n${reader}\n${text}`, application)}/${own}`, content, reader };
}

/** Whether a mount is of files that go with the release. */
export const isCarried = (volume: Volume): boolean =>
  new RegExp(`/${FILES}/[0-9a-f]{16}/`).test((typeof volume === "string" ? volume : volume.source) ?? "");
