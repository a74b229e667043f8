import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Hash over the names and contents of all files below a folder, as 12 hex digits. */
export async function folderHash(folder: string, extra = ""): Promise<string> {
  const hash = createHash("sha256").update(extra);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort())
    hash
      .update(`${file.slice(folder.length)}\0`)
      .update(await readFile(file))
      .update("\0");
  return hash.digest("hex").slice(0, 12);
}
