import { writeFileSync } from "node:fs";
import { backupSchemas } from "./report.ts";

/** Writes docs/{backups,points,restore}.schema.json: `node cli/backups/writeSchema.ts`. */
for (const [name, schema] of Object.entries(backupSchemas()))
  writeFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
