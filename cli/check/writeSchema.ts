import { writeFileSync } from "node:fs";
import { reportJsonSchema } from "./report.ts";

/** Writes docs/check.schema.json: `node cli/check/writeSchema.ts`. */
const file = new URL("../../docs/check.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
