import { writeFileSync } from "node:fs";
import { changelogJsonSchema } from "./report.ts";

/** Writes docs/changelog.schema.json: `node cli/changelog/writeSchema.ts`. */
writeFileSync(
  new URL("../../docs/changelog.schema.json", import.meta.url),
  `${JSON.stringify(changelogJsonSchema(), null, 2)}\n`,
);
