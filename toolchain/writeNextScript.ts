import { writeFileSync } from "node:fs";
import { bundledNextScript, NEXT_SCRIPT_FILE } from "./nextScript.ts";

/** Writes components/github/workflows/nextScript.ts: `node toolchain/writeNextScript.ts`. */
writeFileSync(NEXT_SCRIPT_FILE, await bundledNextScript());
