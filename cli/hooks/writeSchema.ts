import { writeFileSync } from "node:fs";
import { hooksConfigJsonSchema } from "./config.ts";
import { hooksReportJsonSchema } from "./report.ts";

/** Writes docs/hooks.schema.json and docs/hooks-config.schema.json: `node cli/hooks/writeSchema.ts`. */
const write = (name: string, schema: object): void =>
  writeFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
write("hooks", hooksReportJsonSchema());
write("hooks-config", hooksConfigJsonSchema());
