import { writeFileSync } from "node:fs";
import { releaseSchemaScript } from "./releaseSchema.ts";

/** Writes what a host takes as a release: `node components/protocol/writeSchema.ts`. */
writeFileSync(new URL("../host/scripts/lib/releaseSchema.sh", import.meta.url), releaseSchemaScript());
