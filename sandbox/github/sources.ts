import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A hash of what the sandbox's GitHub is made of, as it lies on the disk now. */
export function sourcesHash(): string {
  const hash = createHash("sha256");
  for (const path of globSync("**/*.ts", { cwd: import.meta.dirname }).sort()) hash.update(path).update(readFileSync(join(import.meta.dirname, path)));
  return hash.digest("hex");
}
