/** The plan of a deployment, with what rules find: by settings beside the real ones, which stay as they are. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Begun } from "./begun.ts";
import type { Interrupts } from "./interrupts.ts";
import { common, type Ran, runPulumi } from "./pulumi.ts";

export async function preview({ wanted, next, packs }: Begun, interrupts: Interrupts): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-deploy-"));
  const file = join(folder, basename(wanted.file));
  try {
    writeFileSync(file, next, { mode: 0o600 });
    return await runPulumi(["preview", ...common(wanted.env, packs), "--config-file", file], interrupts);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
