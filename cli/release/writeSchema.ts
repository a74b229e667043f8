import { writeFileSync } from "node:fs";
import { releaseJsonSchema } from "./report.ts";

/** Writes docs/release.schema.json: `node cli/release/writeSchema.ts`. */
writeFileSync(
  new URL("../../docs/release.schema.json", import.meta.url),
  `${JSON.stringify(releaseJsonSchema(), null, 2)}\n`,
);
